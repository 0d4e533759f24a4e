import type { Logger } from '@kubelab/telemetry';
import { DiskError, type ProcessReference, type World } from '@kubelab/world';
import type {
  ContainerConfig,
  ContainerRuntime,
  ContainerStatus,
  ExecSyncResponse,
  PodSandbox,
  PodSandboxConfig,
} from '../cri.js';
import { freeAddress, type PodNetwork } from './addresses.js';
import { ImageCatalogue } from './images.js';

const stopPollMs = 50;
const execOutputBytesMax = 64 * 1024;

/**
 * Starts a container's command, passes SIGTERM on to it, and writes its exit code where a kubelet finds it, also one that was started later. $0 is the container's folder.
 */
const shim = `
trap 'kill -TERM "$child" 2>/dev/null' TERM
"$@" &
child=$!
while :; do
  wait "$child"
  code=$?
  kill -0 "$child" 2>/dev/null || break
done
echo "$code" > "$0/exit.tmp" && mv "$0/exit.tmp" "$0/exit"
`;

interface SandboxState {
  readonly id: string;
  readonly config: PodSandboxConfig;
  readonly ip: string;
}

interface ContainerState {
  readonly id: string;
  readonly podSandboxId: string;
  readonly config: ContainerConfig;
  readonly createdAtMs: number;
  readonly startedAtMs: number;
  /** The shim, from its start on. */
  readonly process?: ProcessReference;
}

export interface ProcessRuntimeOptions {
  readonly dataDirectory: string;
  readonly imageDirectory: string;
  /** This Node.js executable. */
  readonly node: string;
  /** The preload that gives a server its pod's address. */
  readonly preload: string;
  readonly podCidr: string;
  readonly network: PodNetwork;
  readonly path: string;
  readonly log: Logger;
}

/** Containers as child processes of this machine: no privileges, no isolation. All state is on disk, so that a new kubelet takes up what the last one left. */
export class ProcessRuntime implements ContainerRuntime {
  readonly name = 'process';
  readonly #world: World;
  readonly #options: ProcessRuntimeOptions;
  readonly #images: ImageCatalogue;
  readonly #sandboxes = new Map<string, SandboxState>();
  readonly #containers = new Map<string, ContainerState>();
  readonly #ended = new Map<string, { readonly exitCode: number; readonly finishedAtMs: number }>();

  private constructor(world: World, options: ProcessRuntimeOptions) {
    this.#world = world;
    this.#options = options;
    this.#images = new ImageCatalogue(world, { directory: options.imageDirectory, node: options.node });
  }

  static async open(world: World, options: ProcessRuntimeOptions): Promise<ProcessRuntime> {
    const runtime = new ProcessRuntime(world, options);
    await runtime.#load();
    return runtime;
  }

  version(): string {
    return 'kubelab-process://1.0';
  }

  async runPodSandbox(config: PodSandboxConfig): Promise<string> {
    const taken = new Set([...this.#sandboxes.values()].map((sandbox) => sandbox.ip));
    const ip = freeAddress(this.#options.podCidr, taken);
    if (ip === undefined) throw new Error(`no address is left in ${this.#options.podCidr}`);
    const id = this.#world.random.uuid();
    this.#sandboxes.set(id, { id, config, ip });
    await this.#options.network.add(ip);
    await this.#world.disk.makeDirectory(config.logDirectory);
    await this.#save('sandboxes', id, { id, config, ip });
    return id;
  }

  async stopPodSandbox(id: string): Promise<void> {
    const inside = [...this.#containers.values()].filter((container) => container.podSandboxId === id);
    await Promise.all(inside.map((container) => this.stopContainer(container.id, 0)));
    const sandbox = this.#sandboxes.get(id);
    if (sandbox !== undefined) await this.#options.network.remove(sandbox.ip);
  }

  async removePodSandbox(id: string): Promise<void> {
    await this.stopPodSandbox(id);
    for (const container of [...this.#containers.values()])
      if (container.podSandboxId === id) await this.removeContainer(container.id);
    await this.#world.disk.remove(`${this.#options.dataDirectory}/sandboxes/${id}`);
    const sandbox = this.#sandboxes.get(id);
    if (sandbox !== undefined) await this.#world.disk.remove(sandbox.config.logDirectory);
    this.#sandboxes.delete(id);
  }

  async listPodSandbox(): Promise<PodSandbox[]> {
    return [...this.#sandboxes.values()].map(({ id, config, ip }) => ({
      id,
      metadata: config.metadata,
      state: 'ready',
      ip,
    }));
  }

  async createContainer(podSandboxId: string, config: ContainerConfig): Promise<string> {
    const id = this.#world.random.uuid();
    const state: ContainerState = {
      id,
      podSandboxId,
      config,
      createdAtMs: this.#world.clock.nowMs(),
      startedAtMs: 0,
    };
    this.#containers.set(id, state);
    await this.#save('containers', id, state);
    return id;
  }

  async startContainer(id: string): Promise<void> {
    const container = this.#container(id);
    const sandbox = this.#sandboxes.get(container.podSandboxId);
    const image = await this.#images.find(container.config.image);
    if (sandbox === undefined || image === undefined)
      throw new Error(`image ${container.config.image} or its pod is gone`);
    const folder = this.#folder('containers', id);
    const { config } = container;
    const command =
      config.command.length > 0 ? [...config.command, ...config.args] : [...image.entrypoint, ...config.args];
    const [program] = command;
    if (program === undefined) throw new Error('no command specified');
    const root = await this.#mountRoot(folder, config);
    const env = {
      PATH: this.#options.path,
      HOME: folder,
      HOSTNAME: sandbox.config.hostname,
      POD_IP: sandbox.ip,
      NODE_OPTIONS: `--require ${this.#options.preload}`,
      KUBELAB_ROOT: root,
      ...image.env,
      ...Object.fromEntries(config.envs.map(({ key, value }) => [key, value])),
    };
    const outputPath = `${sandbox.config.logDirectory}/${config.logPath}`;
    await this.#world.disk.makeDirectory(outputPath.slice(0, outputPath.lastIndexOf('/')));
    const workingDirectory = config.workingDir || image.workingDir || folder;
    if (!(await this.#exists(program, workingDirectory))) {
      throw new Error(`exec: "${program}": executable file not found in $PATH`);
    }
    const child = await this.#world.processes.spawn({
      command: '/bin/sh',
      args: ['-c', shim, folder, ...command],
      env,
      workingDirectory,
      outputPath,
      detached: true,
    });
    const process = await this.#world.processes.reference(child.pid);
    const startedAtMs = this.#world.clock.nowMs();
    const state = { ...container, startedAtMs, ...(process === undefined ? {} : { process }) };
    this.#containers.set(id, state);
    await this.#save('containers', id, state);
  }

  async stopContainer(id: string, timeoutSeconds: number): Promise<void> {
    const container = this.#containers.get(id);
    if (container?.process === undefined || (await this.#exit(container)) !== undefined) return;
    const { processes, clock, timers } = this.#world;
    if (timeoutSeconds > 0) await processes.signal(container.process, 'SIGTERM');
    const untilMs = clock.monotonicMs() + timeoutSeconds * 1000;
    while (clock.monotonicMs() < untilMs && (await this.#exit(container)) === undefined)
      await timers.sleep(stopPollMs);
    if ((await this.#exit(container)) === undefined) await this.#kill(container, container.process);
    // What a container's command left behind in its group goes with it.
    await processes.signal(container.process, 'SIGKILL', { group: true });
  }

  async removeContainer(id: string): Promise<void> {
    await this.stopContainer(id, 0);
    await this.#world.disk.remove(this.#folder('containers', id));
    this.#containers.delete(id);
    this.#ended.delete(id);
  }

  async listContainers(): Promise<ContainerStatus[]> {
    return Promise.all([...this.#containers.values()].map((container) => this.#status(container)));
  }

  async execSync(id: string, command: readonly string[], timeoutSeconds: number): Promise<ExecSyncResponse> {
    const container = this.#container(id);
    const sandbox = this.#sandboxes.get(container.podSandboxId);
    const image = await this.#images.find(container.config.image);
    const [program = '', ...args] = command;
    const folder = this.#folder('containers', id);
    const env = {
      PATH: this.#options.path,
      POD_IP: sandbox?.ip ?? '',
      KUBELAB_ROOT: `${folder}/root`,
      ...image?.env,
      ...Object.fromEntries(container.config.envs.map(({ key, value }) => [key, value])),
    };
    const workingDirectory = container.config.workingDir || folder;
    const { stdout, stderr, exitCode, timedOut } = await this.#world.processes.run({
      command: program,
      args,
      env,
      workingDirectory,
      timeoutMs: timeoutSeconds * 1000,
      outputBytesMax: execOutputBytesMax,
    });
    if (timedOut) throw new Error(`command ${JSON.stringify(command.join(' '))} timed out`);
    return { stdout, stderr, exitCode: exitCode ?? 137 };
  }

  async imageStatus(image: string): Promise<{ readonly id: string } | undefined> {
    return (await this.#images.find(image)) === undefined ? undefined : { id: image };
  }

  async pullImage(image: string): Promise<string> {
    if ((await this.#images.find(image)) !== undefined) return image;
    throw new Error(
      `failed to pull and unpack image "${image}": not found in the image catalogue ${this.#options.imageDirectory}`,
    );
  }

  /* ------------------------------------------------------------ state */

  #container(id: string): ContainerState {
    const container = this.#containers.get(id);
    if (container === undefined) throw new Error(`no container ${id}`);
    return container;
  }

  #folder(kind: 'sandboxes' | 'containers', id: string): string {
    return `${this.#options.dataDirectory}/${kind}/${id}`;
  }

  async #save(kind: 'sandboxes' | 'containers', id: string, state: object): Promise<void> {
    const folder = this.#folder(kind, id);
    await this.#world.disk.makeDirectory(folder);
    await this.#world.disk.writeFileAtomic(`${folder}/state.json`, JSON.stringify(state), { mode: 0o600 });
  }

  async #load(): Promise<void> {
    for (const state of await readStates<SandboxState>(
      this.#world,
      `${this.#options.dataDirectory}/sandboxes`,
    )) {
      this.#sandboxes.set(state.id, state);
      await this.#options.network.add(state.ip);
    }
    for (const state of await readStates<ContainerState>(
      this.#world,
      `${this.#options.dataDirectory}/containers`,
    ))
      this.#containers.set(state.id, state);
    if (this.#containers.size > 0)
      this.#options.log.info(
        { containers: this.#containers.size, pods: this.#sandboxes.size },
        'taking up what was left running',
      );
  }

  /** mountPath leads to its volume below a folder of the container's own: there is no mount namespace to put it at the real place. */
  async #mountRoot(folder: string, config: ContainerConfig): Promise<string> {
    const root = `${folder}/root`;
    for (const { containerPath, hostPath } of config.mounts) {
      const link = `${root}/${containerPath.replace(/^\/+/, '')}`;
      const parent = link.slice(0, link.lastIndexOf('/'));
      const env = { PATH: '/usr/bin:/bin' };
      const args = ['-c', 'mkdir -p "$1" && ln -sfn "$2" "$3"', 'sh', parent, hostPath, link];
      await this.#world.processes.run({
        command: '/bin/sh',
        args,
        env,
        workingDirectory: '/',
        timeoutMs: 5_000,
        outputBytesMax: 1_000,
      });
    }
    return root;
  }

  async #exists(program: string, workingDirectory: string): Promise<boolean> {
    if (program.startsWith('/')) return this.#world.disk.exists(program);
    if (program.includes('/')) return this.#world.disk.exists(`${workingDirectory}/${program}`);
    for (const folder of this.#options.path.split(':'))
      if (await this.#world.disk.exists(`${folder}/${program}`)) return true;
    return false;
  }

  async #kill(container: ContainerState, process: ProcessReference): Promise<void> {
    await this.#world.processes.signal(process, 'SIGKILL', { group: true });
    // The shim went too, and cannot say so itself.
    await this.#world.disk.writeFileAtomic(`${this.#folder('containers', container.id)}/exit`, '137\n');
  }

  /** Undefined while it runs. */
  async #exit(
    container: ContainerState,
  ): Promise<{ readonly exitCode: number; readonly finishedAtMs: number } | undefined> {
    const known = this.#ended.get(container.id);
    if (known !== undefined || container.process === undefined) return known;
    const path = `${this.#folder('containers', container.id)}/exit`;
    const code = await this.#readCode(path);
    const gone = code === undefined && !(await this.#world.processes.isAlive(container.process));
    // A shim that vanished without a word was killed, or the machine went down; the word may have come just now.
    const exitCode = code ?? (gone ? ((await this.#readCode(path)) ?? 137) : undefined);
    if (exitCode === undefined) return undefined;
    const ended = { exitCode, finishedAtMs: this.#world.clock.nowMs() };
    this.#ended.set(container.id, ended);
    await this.#world.processes.signal(container.process, 'SIGKILL', { group: true });
    return ended;
  }

  async #readCode(path: string): Promise<number | undefined> {
    try {
      return Number.parseInt(new TextDecoder().decode(await this.#world.disk.readFile(path)), 10);
    } catch (error) {
      if (error instanceof DiskError && error.code === 'notFound') return undefined;
      throw error;
    }
  }

  async #status(container: ContainerState): Promise<ContainerStatus> {
    const { id, podSandboxId, config, createdAtMs, startedAtMs } = container;
    const ended = await this.#exit(container);
    const logDirectory = this.#sandboxes.get(podSandboxId)?.config.logDirectory ?? '';
    return {
      id,
      podSandboxId,
      metadata: config.metadata,
      image: config.image,
      imageRef: config.image,
      state: ended !== undefined ? 'exited' : startedAtMs > 0 ? 'running' : 'created',
      createdAtMs,
      startedAtMs,
      finishedAtMs: ended?.finishedAtMs ?? 0,
      exitCode: ended?.exitCode ?? 0,
      reason: ended === undefined ? '' : ended.exitCode === 0 ? 'Completed' : 'Error',
      message: '',
      logPath: `${logDirectory}/${config.logPath}`,
    };
  }
}

/** The state files below a folder; what cannot be read is passed over by nobody: it rejects. */
export async function readStates<T>(world: World, directory: string): Promise<T[]> {
  await world.disk.makeDirectory(directory);
  const states: T[] = [];
  for (const id of await world.disk.list(directory)) {
    const path = `${directory}/${id}/state.json`;
    // A crash between making the folder and writing the file leaves the folder alone: nothing was started in it.
    if (await world.disk.exists(path))
      states.push(JSON.parse(new TextDecoder().decode(await world.disk.readFile(path))));
  }
  return states;
}
