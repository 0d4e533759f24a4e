import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRealWorld } from '@kubelab/world';
import t from 'tap';
import { testCluster } from '../src/cluster.js';
import { curl } from '../src/http.js';
import { findKubectls, type Kubectl } from '../src/kubectl.js';
import { until } from '../src/run.js';

/**
 * exec, attach, cp, port-forward and proxy with every kubectl found: up to 1.29 all of them over SPDY, from
 * 1.30 (commands) and 1.31 (ports) on over WebSocket.
 */
const cluster = testCluster({ port: 17_443, nodes: 1 });
const folder = mkdtempSync(join(tmpdir(), 'kubelab-streams-'));
const world = createRealWorld({ host: 'e2e' });
const patienceMs = 60_000;

t.teardown(async () => {
  await cluster.remove();
  rmSync(folder, { recursive: true, force: true });
});

const box = `
apiVersion: v1
kind: Pod
metadata: { name: box, labels: { app: box } }
spec:
  terminationGracePeriodSeconds: 1
  volumes: [{ name: data, emptyDir: {} }]
  containers:
    - name: main
      image: kubelab/echo
      env: [{ name: COLOUR, value: green }]
      ports: [{ containerPort: 8080 }]
      volumeMounts: [{ name: data, mountPath: /data }]
    - name: side
      image: busybox
      args: ['-c', 'while :; do echo tick; sleep 0.2; done']
---
apiVersion: v1
kind: Service
metadata: { name: box }
spec:
  selector: { app: box }
  ports: [{ name: http, port: 80, targetPort: 8080 }]
`;

const versions = () =>
  findKubectls().map((path) => ({ name: path.split('/').at(-1) ?? path, kubectl: cluster.kubectl(path) }));
const main = ['box', '-c', 'main'];

/** kubectl as a person has it: at a terminal. What it printed, and its exit code. */
async function atTerminal(kubectl: Kubectl, args: readonly string[], when: RegExp, input: string) {
  const child = await world.processes.interactive({
    command: kubectl.path,
    args: ['--cache-dir', join(folder, 'cache'), ...args],
    env: { PATH: process.env.PATH ?? '', KUBECONFIG: cluster.kubeconfig, HOME: folder, TERM: 'xterm' },
    workingDirectory: folder,
    terminal: true,
  });
  await child.resize({ columns: 87, rows: 29 });
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  let text = '';
  let told = false;
  for await (const chunk of child.stdout) {
    text += Buffer.from(chunk).toString();
    if (told || !when.test(text)) continue;
    told = true;
    await child.write(Buffer.from(input));
  }
  clearTimeout(timer);
  return { text, code: (await child.exited).exitCode };
}

t.test('a cluster with a pod of two containers', async (t) => {
  await cluster.up();
  const kubectl = cluster.kubectl();
  t.equal((await kubectl.result(['apply', '-f', '-'], box)).code, 0);
  await kubectl('wait', '--for=condition=Ready', 'pod/box', '--timeout=60s');
});

t.test('exec: output, errors, input, exit code', async (t) => {
  const megabyte = randomBytes(2 ** 20).toString('base64');
  const sum = createHash('sha256').update(megabyte).digest('hex');
  for (const { name, kubectl } of versions()) {
    const script = 'echo "$COLOUR"; echo bad >&2; exit 7';
    const ended = await kubectl.result(['exec', ...main, '--', 'sh', '-c', script]);
    t.equal(ended.code, 7, `${name}: exit code`);
    t.equal(ended.stdout, 'green\n');
    t.equal(ended.stderr, 'bad\ncommand terminated with exit code 7\n');
    const told = await kubectl.result(['exec', '-i', ...main, '--', 'sha256sum'], megabyte);
    t.match(told.stdout, sum, `${name}: all of the input, and its end`);
    const echoed = await kubectl.result(['exec', '-i', ...main, '--', 'cat'], megabyte);
    t.equal(echoed.stdout, megabyte, `${name}: all of the output`);
    const named = await kubectl.result(
      ['exec', '-i', ...main, '--', 'sh', '-c', 'cat /dev/stdin >/dev/stderr'],
      'x',
    );
    t.equal(named.stderr, 'x', `${name}: streams by their names`);
    const nobody = await kubectl.result(['exec', 'box', '-c', 'nobody', '--', 'true']);
    t.equal(nobody.code, 1);
    t.match(nobody.stderr, /container nobody is not valid for pod box/, name);
    const nothing = await kubectl.result(['exec', ...main, '--', 'no-such-command']);
    t.equal(nothing.code, 1);
    t.match(nothing.stderr, /executable file not found in \$PATH/, name);
  }
});

t.test('exec -it: a terminal of the size of one’s own', async (t) => {
  for (const { name, kubectl } of versions()) {
    const args = ['exec', '-it', ...main, '--', 'sh', '-c', 'echo ready; read line; stty size; exit 5'];
    const { text, code } = await atTerminal(kubectl, args, /ready/, 'go\n');
    t.match(text, /29 87/, `${name}: size`);
    t.equal(code, 5, `${name}: exit code`);
  }
});

t.test('attach: what a container says from now on', async (t) => {
  for (const { name, kubectl } of versions()) {
    const attached = kubectl.background('attach', 'box', '-c', 'side');
    await until(
      `${name} hears three`,
      async () => (attached.output().stdout.match(/tick/g) ?? []).length >= 3,
      { timeoutMs: patienceMs },
    );
    await attached.stop();
    t.notMatch(attached.output().stderr, /error/i, name);
  }
});

t.test('run -i and run -it: a container that is talked to, and how it ended', async (t) => {
  for (const { name, kubectl } of versions()) {
    const run = ['run', 'asked', '--rm', '--restart=Never', '--image=busybox'];
    const told = await kubectl.result([...run, '-i', '--', '-c', 'read a; echo "got $a"; exit 4'], 'this\n');
    t.match(told.stdout, /got this/, name);
    t.equal(told.code, 4, name);
    const script = 'read line; echo "line: $line"; stty size; exit 6';
    const { text, code } = await atTerminal(
      kubectl,
      [...run, '-it', '--', '-c', script],
      /try pressing enter/,
      'typed\n',
    );
    t.match(text, /line: typed/, name);
    t.equal(code, 6, name);
  }
});

t.test('cp: to and from a mounted directory', async (t) => {
  for (const { name, kubectl } of versions()) {
    const [from, back] = [join(folder, `${name}.from`), join(folder, `${name}.back`)];
    const data = randomBytes(300_000);
    writeFileSync(from, data);
    await kubectl('cp', from, `box:/data/${name}`, '-c', 'main');
    await kubectl('cp', `box:/data/${name}`, back, '-c', 'main');
    t.ok(readFileSync(back).equals(data), name);
  }
});

t.test('port-forward: connections side by side, and one that nobody takes', async (t) => {
  for (const { name, kubectl } of versions()) {
    const forward = kubectl.background('port-forward', 'pod/box', ':8080', ':9');
    const ports = await until(
      `${name} listens`,
      async () => {
        const found = [...forward.output().stdout.matchAll(/127\.0\.0\.1:(\d+) -> (\d+)/g)];
        return found.length === 2 && new Map(found.map(([, local, remote]) => [remote, local]));
      },
      { timeoutMs: patienceMs },
    );
    const url = `http://127.0.0.1:${ports.get('8080')}/`;
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => curl(`${url}${index}`)));
    t.ok(
      answers.every(({ code }) => code === 200),
      name,
    );
    await curl(`http://127.0.0.1:${ports.get('9')}/`).catch(() => undefined);
    await until(`${name} says why`, async () => /connection refused/.test(forward.output().stderr), {
      timeoutMs: patienceMs,
    });
    await forward.stop();
  }
});

t.test('proxy: pods, Services and nodes over the API', async (t) => {
  const kubectl = cluster.kubectl();
  const at = '/api/v1/namespaces/default';
  for (const path of [`${at}/pods/box/proxy/a?b=c`, `${at}/pods/http:box:8080/proxy/a?b=c`])
    t.equal(JSON.parse(await kubectl('get', '--raw', path)).path, '/a?b=c');
  for (const service of ['box', 'box:80', 'box:http', 'http:box:http']) {
    const path = `${at}/services/${service}/proxy/x/`;
    const answer = await until(path, async () => kubectl('get', '--raw', path), { timeoutMs: patienceMs });
    t.equal(JSON.parse(answer).path, '/x/');
  }
  t.equal(await kubectl('get', '--raw', '/api/v1/nodes/node-1/proxy/healthz'), 'ok');
  const pods = JSON.parse(await kubectl('get', '--raw', '/api/v1/nodes/node-1/proxy/pods'));
  t.equal(pods.items[0].metadata.name, 'box');
  const refused = await kubectl.result(['get', '--raw', `${at}/pods/box:9/proxy/`]);
  t.match(refused.stderr, /error trying to reach service: .*connection refused/);
});

t.test('who may only read pods runs nothing in them', async (t) => {
  const kubectl = cluster.kubectl();
  const rule = ['--verb=get', '--resource=pods', '--resource=pods/exec'];
  await kubectl('create', 'role', 'reader', ...rule);
  await kubectl('create', 'rolebinding', 'reader', '--role=reader', '--user=reader');
  for (const { name, kubectl: one } of versions()) {
    const refused = await one.result(['exec', ...main, '--as=reader', '--', 'id']);
    t.equal(refused.code, 1, name);
    t.match(refused.stderr, /cannot create resource "pods\/exec"/, name);
  }
});
