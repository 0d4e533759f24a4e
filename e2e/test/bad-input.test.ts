import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { testCluster } from '../src/cluster.js';

const port = 14_443;
const cluster = testCluster({ port, nodes: 1 });

t.teardown(() => cluster.remove());

t.test('an occupied port is named, and nothing is started', async (t) => {
  const occupant = createServer().listen(port + 21, '127.0.0.1');
  await new Promise((done) => occupant.once('listening', done));
  const { code, stderr } = await cluster.kubelabResult('up', '--detach', '--port', String(port));
  occupant.close();
  t.equal(code, 1);
  t.match(stderr, /port 14464 on 127\.0\.0\.1, wanted by etcd-raft-0, is in use/);
  t.match(stderr, /--port/);
});

t.test('a data directory that cannot be one is refused in one line', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kubelab-bad-'));
  writeFileSync(join(folder, 'file'), '');
  const { code, stderr } = await cluster.kubelabResult(
    'up',
    '--detach',
    '--data',
    join(folder, 'file/inside'),
  );
  t.equal(code, 1);
  t.match(stderr, /the data directory .* cannot be written/);
  t.equal(stderr.trim().split('\n').length, 1);
  rmSync(folder, { recursive: true });
});

t.test('wrong flags, unknown components and an absent cluster are answered clearly', async (t) => {
  t.match((await cluster.kubelabResult('up', '--port', 'many')).stderr, /whole number/);
  t.match(
    (await cluster.kubelabResult('up', '--nodes', '0')).stderr,
    /--nodes must be a whole number from 1/,
  );
  t.match((await cluster.kubelabResult('status')).stderr, /there is no cluster in .*npm start/);
  t.match((await cluster.kubelabResult('explode')).stderr, /unknown command/);
});

t.test('what is wrong with a manifest is said as Kubernetes says it, and nothing is stored', async (t) => {
  await cluster.up();
  const kubectl = cluster.kubectl();
  const create = (text: string) => kubectl.result(['create', '-f', '-'], text);
  const configMap = (rest: string) =>
    `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"bad"},${rest}}`;
  const cases: readonly (readonly [string, RegExp])[] = [
    ['{"apiVersion": "v1", "kind": ', /error (parsing|converting)|unexpected/],
    ['apiVersion: v1\nkind: ConfigMap\n  metadata: [', /error (parsing|converting)/],
    ['{"apiVersion":"v1","kind":"Unicorn","metadata":{"name":"bad"}}', /no matches for kind "Unicorn"/],
    [configMap('"data":{"a":1}'), /cannot be handled as a ConfigMap|unmarshal number/],
    [configMap('"dota":{"a":"b"}'), /unknown field "dota"/],
    [configMap(`"data":{"a":"${'x'.repeat(1_100_000)}"}`), /Too long: may not be more than 1048576 bytes/],
    [configMap(`"data":{"a":"${'x'.repeat(3_300_000)}"}`), /Request entity too large|too large/],
    [
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"Not A Name"}}',
      /a lowercase RFC 1123 subdomain must consist of/,
    ],
  ];
  for (const [text, expected] of cases) {
    const { code, stderr } = await create(text);
    t.not(code, 0, String(expected));
    t.match(stderr, expected);
  }
  t.match((await kubectl.result(['get', 'configmap', 'bad'])).stderr, /NotFound/);
  t.match(
    (await kubectl.result(['get', 'unicorns'])).stderr,
    /the server doesn't have a resource type "unicorns"/,
  );
  await kubectl('create', 'configmap', 'kept', '--from-literal=a=b');
  t.match(
    (await cluster.kubelabResult('kill', 'unicorn-0')).stderr,
    /no component is called 'unicorn-0'; there are: etcd-raft-0/,
  );
});

const segmentOf = (member: string) => {
  const folder = join(cluster.dataDirectory, member, 'wal');
  return join(folder, readdirSync(folder).sort().at(-1) ?? '');
};

t.test(
  'a log whose tail a crash cut short is recovered; one that is damaged in its middle is refused, and the cluster goes on',
  async (t) => {
    await cluster.down();
    const torn = segmentOf('etcd-raft-0');
    truncateSync(torn, readFileSync(torn).byteLength - 5);
    const damaged = segmentOf('etcd-raft-1');
    const bytes = readFileSync(damaged);
    bytes.fill(0xff, 200, 260);
    writeFileSync(damaged, bytes);
    const { code, stderr } = await cluster.kubelabResult('up', '--detach');
    t.equal(code, 1);
    t.match(
      stderr,
      /etcd-raft-1 cannot start: .*is damaged at byte \d+.*Stop this member, move its data directory away/s,
    );
    // What it says to do.
    rmSync(join(cluster.dataDirectory, 'etcd-raft-1'), { recursive: true });
    await cluster.up();
    const kubectl = cluster.kubectl();
    t.equal((await kubectl.json('get', 'configmap', 'kept')).at('data.a'), 'b');
  },
);
