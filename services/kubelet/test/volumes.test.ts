import { mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http2';
import { tmpdir } from 'node:os';
import type { Container, Pod, Volume } from '@kubelab/api';
import { createRealWorld } from '@kubelab/world';
import t from 'tap';
import type { EnvSources } from '../src/pod/env.js';
import { mountsOf } from '../src/pod/spec.js';
import { setUpVolumes } from '../src/pod/volumes.js';
import { grpcProbe } from '../src/probes/grpc.adapter.js';
import { eventually, freshDirectory, main, PodApi, shellPod, startKubelet } from './cluster.js';

const world = createRealWorld({ host: 'volumes-test' });
const bytes = (text: string) => new TextEncoder().encode(text);

/** A pod's sources as a test changes them. */
class Sources implements EnvSources {
  readonly objects = new Map<string, Record<string, Uint8Array>>();
  readonly claims = new Map<string, object>();
  readonly volumes = new Map<string, object>();
  readonly services = [];
  readonly podIp = '10.0.0.9';
  readonly hostIp = '10.0.0.1';
  readonly allocatable = { cpu: '4', memory: '8Gi' };
  files = async (kind: string, name: string) => this.objects.get(`${kind}/${name}`);
  configMap = async () => undefined;
  secret = async () => undefined;
  claim = async (name: string) => this.#object(this.claims.get(name), name);
  persistentVolume = async (name: string) => this.#object(this.volumes.get(name), name);
  serviceAccountToken = async ({ audience }: { audience?: string | undefined }) => `token for ${audience}`;

  #object(found: object | undefined, name: string) {
    return found === undefined ? undefined : { apiVersion: 'v1', kind: 'X', metadata: { name }, ...found };
  }
}

async function setUp(t: { teardown(run: () => unknown): void }) {
  const directory = await mkdtemp(`${tmpdir()}/kubelab-volumes-`);
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const sources = new Sources();
  const sandbox = {
    id: 'u',
    uid: 'u',
    name: 'web',
    namespace: 'default',
    hostNetwork: false,
    annotations: {},
    ip: '10.0.0.9',
    directory,
    createdAtMs: 0,
  };
  const mount = async (volume: Volume, labels: Record<string, string> = {}) => {
    const limits = { resources: { limits: { cpu: '500m' } } };
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'default', uid: 'u', labels },
      spec: { containers: [{ name: 'main', ...limits }], volumes: [volume] },
    };
    return (await setUpVolumes(world, pod, sandbox, sources)).get(volume.name) ?? '';
  };
  return { directory, sources, mount };
}

t.test('a ConfigMap: its keys as links to one version, swapped as a whole', async (t) => {
  const { sources, mount } = await setUp(t);
  const volume = { name: 'config', configMap: { name: 'app' } };
  sources.objects.set('configmap/app', {
    color: bytes('red'),
    size: bytes('1'),
    raw: new Uint8Array([0, 255]),
  });
  const at = await mount(volume);
  t.same(
    (await readdir(at)).filter((name) => !name.startsWith('..')),
    ['color', 'raw', 'size'],
  );
  t.equal(await readlink(`${at}/color`), '..data/color');
  t.same([...(await readFile(`${at}/raw`))], [0, 255]);
  const first = await readlink(`${at}/..data`);
  await mount(volume);
  t.equal(await readlink(`${at}/..data`), first, 'nothing changed, nothing is touched');
  sources.objects.set('configmap/app', { color: bytes('blue') });
  await mount(volume);
  t.equal(await readFile(`${at}/color`, 'utf8'), 'blue');
  t.not(await readlink(`${at}/..data`), first);
  t.same(
    (await readdir(at)).length,
    3,
    `the version before and what is no more are gone: ${await readdir(at)}`,
  );
});

t.test('items, modes, what is absent', async (t) => {
  const { sources, mount } = await setUp(t);
  sources.objects.set('secret/db', { user: bytes('u'), password: bytes('p') });
  const items = [
    { key: 'user', path: 'a/name' },
    { key: 'password', path: 'a/word', mode: 0o400 },
  ];
  const at = await mount({ name: 'v', secret: { secretName: 'db', items, defaultMode: 0o640 } });
  const mode = async (path: string) => (await stat(`${at}/${path}`)).mode & 0o777;
  t.same([await mode('a/name'), await mode('a/word')], [0o640, 0o400]);
  t.same(await readdir(`${at}/a`), ['name', 'word']);
  const wrong = [
    [{ configMap: { name: 'none' } }, 'configmap "none" not found'],
    [
      { secret: { secretName: 'db', items: [{ key: 'x', path: 'x' }] } },
      'references non-existent secret key: x',
    ],
    [{ secret: { secretName: 'db', items: [{ key: 'user', path: '../x' }] } }, 'invalid path: "../x"'],
    [{ iscsi: { iqn: 'i', lun: 0, targetPortal: 'p' } }, 'this kind of volume is not supported'],
  ] as const;
  for (const [volume, why] of wrong)
    await t.rejects(mount({ name: 'w', ...structuredClone(volume) } as Volume), {
      name: 'ConfigError',
      message: new RegExp(`^MountVolume.SetUp failed for volume "w" : ${why}`),
    });
  const optional = await mount({ name: 'o', configMap: { name: 'none', optional: true } });
  t.same(
    (await readdir(optional)).filter((name) => !name.startsWith('..')),
    [],
  );
});

t.test('projected: several sources in one; what a pod says of itself follows it', async (t) => {
  const { sources, mount } = await setUp(t);
  sources.objects.set('configmap/ca', { 'ca.crt': bytes('CA') });
  const limit = { containerName: 'main', resource: 'limits.cpu', divisor: '1m' };
  const memory = { containerName: 'main', resource: 'limits.memory', divisor: '1Gi' };
  const projected = {
    sources: [
      { configMap: { name: 'ca' } },
      { serviceAccountToken: { audience: 'vault', path: 'token' } },
      {
        downwardAPI: {
          items: [
            { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
            { path: 'cpu', resourceFieldRef: limit },
            { path: 'memory', resourceFieldRef: memory },
          ],
        },
      },
    ],
  };
  const at = await mount({ name: 'p', projected }, { app: 'web' });
  const read = (name: string) => readFile(`${at}/${name}`, 'utf8');
  t.same(await Promise.all(['ca.crt', 'token', 'labels', 'cpu', 'memory'].map(read)), [
    'CA',
    'token for vault',
    'app="web"',
    '500',
    '8',
  ]);
  t.equal((await stat(`${at}/token`)).mode & 0o777, 0o600);
  await mount({ name: 'p', projected }, { app: 'other' });
  t.equal(await read('labels'), 'app="other"');
});

t.test('hostPath types', async (t) => {
  const { directory, mount } = await setUp(t);
  await writeFile(`${directory}/file`, '');
  const at = (path: string, type?: string) =>
    mount({ name: 'h', hostPath: { path: `${directory}/${path}`, ...(type === undefined ? {} : { type }) } });
  t.equal(await at('absent'), `${directory}/absent`, 'without a type nothing is looked at');
  const refused = [
    ['absent', 'Directory', 'is not a directory'],
    ['file', 'Directory', 'is not a directory'],
    ['file', 'DirectoryOrCreate', 'is not a directory'],
    ['', 'File', 'is not a file'],
    ['file', 'Socket', 'is not a socket file'],
    ['file', 'Nonsense', 'is not of a known type'],
  ] as const;
  for (const [path, type, why] of refused)
    await t.rejects(at(path, type), { message: new RegExp(`hostPath type check failed: .*${why}`) }, type);
  await at('made/deep', 'DirectoryOrCreate');
  t.ok((await stat(`${directory}/made/deep`)).isDirectory());
  await at('touched', 'FileOrCreate');
  t.ok((await stat(`${directory}/touched`)).isFile());
});

t.test('claims: bound to a volume of this machine, or said why not', async (t) => {
  const { directory, sources, mount } = await setUp(t);
  const volume = { name: 'data', persistentVolumeClaim: { claimName: 'disk' } };
  await t.rejects(mount(volume), { message: /persistentvolumeclaim "disk" not found/ });
  sources.claims.set('disk', { spec: {}, status: { phase: 'Pending' } });
  await t.rejects(mount(volume), { message: 'error processing PVC default/disk: PVC is not bound' });
  sources.claims.set('disk', { spec: { volumeName: 'pv-1' }, status: { phase: 'Bound' } });
  sources.volumes.set('pv-1', { spec: { local: { path: `${directory}/none` } } });
  await t.rejects(mount(volume), { message: /is not a directory/ });
  sources.volumes.set('pv-1', { spec: { hostPath: { path: `${directory}/pv`, type: 'DirectoryOrCreate' } } });
  t.equal(await mount(volume), `${directory}/pv`);
  sources.claims.set('web-scratch', { spec: { volumeName: 'pv-1' }, status: { phase: 'Bound' } });
  t.equal(
    await mount({ name: 'scratch', ephemeral: {} }),
    `${directory}/pv`,
    'of the pod and volume by name',
  );
});

t.test('subPath and subPathExpr stay in their volume', async (t) => {
  const mount = (more: object): Container => ({
    name: 'c',
    volumeMounts: [{ name: 'v', mountPath: '/m', ...more }],
  });
  const of = (more: object) => mountsOf(mount(more), new Map([['v', '/host']]), { POD: 'web' });
  t.same(of({}), [{ containerPath: '/m', hostPath: '/host' }]);
  t.same(of({ subPath: 'a/b' }), [{ containerPath: '/m', hostPath: '/host/a/b' }]);
  t.same(of({ subPathExpr: '$(POD)/x' }), [{ containerPath: '/m', hostPath: '/host/web/x' }]);
  for (const subPath of ['../x', 'a/../../x', '/etc'])
    t.throws(() => of({ subPath }), { name: 'ConfigError' });
});

t.test('what a container leaves as its message', async (t) => {
  const api = new PodApi();
  const kubelet = await startKubelet(freshDirectory(), api);
  t.teardown(() => kubelet.destroy());
  const never = { restartPolicy: 'Never' };
  const falls = { terminationMessagePolicy: 'FallbackToLogsOnError' };
  api.put(shellPod('writes', 'echo bye > /dev/termination-log; echo log; exit 3', never, falls));
  api.put(shellPod('logs', 'echo one; echo two; exit 4', never, falls));
  api.put(shellPod('fine', 'echo one', never, falls));
  api.put(shellPod('own', 'echo mine > /tmp/why', never, { terminationMessagePath: '/tmp/why' }));
  const ended = (name: string) => eventually(`${name} ended`, () => main(api.pod(name))?.state?.terminated);
  t.match(await ended('writes'), { exitCode: 3, message: 'bye\n' });
  t.match(await ended('logs'), { exitCode: 4, message: 'one\ntwo\n' });
  t.equal((await ended('fine')).message, undefined);
  t.match(await ended('own'), { exitCode: 0, message: 'mine\n' });
});

t.test('a gRPC probe asks the health service', async (t) => {
  const answers: Readonly<Record<string, number>> = { '': 1, db: 2 };
  const server = createServer();
  server.on('stream', (stream) => {
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('end', () => {
      const service = Buffer.concat(parts).subarray(7).toString();
      const status = answers[service];
      const grpcStatus = status === undefined ? '5' : '0';
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': grpcStatus }));
      stream.end(status === undefined ? undefined : Buffer.from([0, 0, 0, 0, 2, 8, status]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const probe = (service: string, at = port) => grpcProbe({ host: '127.0.0.1', port: at, service }, 5_000);
  t.same(await probe(''), { ok: true, output: '' });
  t.same(await probe('db'), { ok: false, output: 'service unhealthy (responded with "NOT_SERVING")' });
  t.match(await probe('none'), { ok: false, output: /grpc status 5/ });
  t.match(await probe('', 1), { ok: false, output: /ECONNREFUSED/ });
});
