import { rm } from 'node:fs/promises';
import { silentTelemetry } from '@kubelab/telemetry';
import t from 'tap';
import { ProcessRuntime } from '../src/runtime/process/runtime.js';
import { catalogue, freshDirectory, world } from './cluster.js';

t.test('a command that is over before anybody looks at its process has run', async (t) => {
  const directory = freshDirectory();
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  await catalogue(world, `${directory}/images`);
  const { spawn, interactive, isAlive, signal, run } = world.processes;
  const reference = async (pid: number) => {
    const process = await world.processes.reference(pid);
    while (process !== undefined && (await isAlive(process))) await world.timers.sleep(5);
    return undefined;
  };
  const runtime = await ProcessRuntime.open({
    world: { ...world, processes: { spawn, interactive, reference, isAlive, signal, run } },
    log: silentTelemetry(world, 'kubelet', 'test').log,
    dataDirectory: `${directory}/node`,
    imageDirectory: `${directory}/images`,
    podCidr: '127.64.78.0/24',
    nodeIp: '127.0.0.1',
    network: 'loopback',
    path: '/usr/local/bin:/usr/bin:/bin',
    nodePath: '/nonexistent/node',
    preloadPath: '/nonexistent/preload.cjs',
  });
  const pod = { name: 'p', namespace: 'default', uid: 'u', hostNetwork: false, annotations: {} };
  const sandbox = await runtime.RunPodSandbox(pod);
  const id = await runtime.CreateContainer(sandbox.id, {
    name: 'main',
    attempt: 0,
    image: 'busybox',
    command: ['sh', '-c', 'exit 3'],
    args: [],
    workingDir: undefined,
    envs: {},
    mounts: [],
    annotations: {},
    stdin: false,
    stdinOnce: false,
    tty: false,
  });
  t.equal((await runtime.ContainerStatus(id))?.state, 'CONTAINER_CREATED');
  await runtime.StartContainer(id);
  t.match(await runtime.ContainerStatus(id), { state: 'CONTAINER_EXITED', exitCode: 3 });
});
