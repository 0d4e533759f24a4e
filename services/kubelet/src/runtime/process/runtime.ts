import type { Logger } from '@kubelab/telemetry';
import { type ProcessReference, terminalCommand, terminalReport, type World } from '@kubelab/world';
import {
  type CommandStreams,
  type ContainerConfig,
  type ContainerRuntime,
  type ContainerStats,
  type ContainerStatus,
  type ExecResult,
  type PodSandbox,
  type PodSandboxConfig,
  RuntimeError,
  type TcpStreams,
} from '../cri.js';
import { attachTo, makeInput } from './attach.js';
import { endExecs, execArgv, startExec } from './exec.js';
import { readJson, readText } from './files.js';
import { type Image, ImageCatalogue } from './images.js';
import { addPodAddress, addressAt, type NetworkMode, nextAddress, removePodAddress } from './network.js';
import { hostPathOf, terminationLogIn } from './paths.js';
import { processTable } from './proc.adapter.js';
import { shimScript } from './shim.js';
import { useOf } from './stats.js';
import { connectTcp } from './tcp.adapter.js';

const stopPollMs = 50;
const execOutputBytesMax = 16 * 1024;

export interface ProcessRuntimeOptions {
  readonly world: World;
  readonly log: Logger;
  /** Absolute, as imageDirectory and preloadPath. */
  readonly dataDirectory: string;
  readonly imageDirectory: string;
  readonly podCidr: string;
  readonly nodeIp: string;
  readonly network: NetworkMode;
  readonly path: string;
  readonly nodePath: string;
  readonly preloadPath: string;
}

interface ContainerFile {
  readonly config: ContainerConfig;
  readonly podSandboxId: string;
  readonly createdAtMs: number;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly exitCode: number | undefined;
  readonly process: ProcessReference | undefined;
}

/**
 * Containers as processes of this machine. All that is known of them is on disk (`pods/UID/sandbox.json`,
 * `pods/UID/containers/NAME_ATTEMPT/container.json`, `exit`,
 * `log`): a kubelet that starts anew finds them as they are.
 */
export class ProcessRuntime implements ContainerRuntime {
  readonly #options: ProcessRuntimeOptions;
  readonly #images: ImageCatalogue;
  readonly #sandboxes = new Map<string, PodSandbox>();
  readonly #containers = new Map<string, ContainerFile>();
  #lastAddress = 1;

  private constructor(options: ProcessRuntimeOptions) {
    this.#options = options;
    this.#images = new ImageCatalogue(options.world, {
      directory: options.imageDirectory,
      node: options.nodePath,
    });
  }

  /** Takes up what the data directory tells of. */
  static async open(options: ProcessRuntimeOptions): Promise<ProcessRuntime> {
    const runtime = new ProcessRuntime(options);
    const { disk } = options.world;
    await disk.makeDirectory(runtime.#pods);
    for (const uid of await disk.list(runtime.#pods)) {
      const sandbox = await readJson<PodSandbox>(options.world, `${runtime.#pods}/${uid}/sandbox.json`);
      if (sandbox === undefined) continue;
      runtime.#sandboxes.set(uid, sandbox);
      if (!sandbox.hostNetwork) await addPodAddress(options.world, options.network, sandbox.ip);
      for (const name of await disk.list(`${sandbox.directory}/containers`)) {
        const path = `${sandbox.directory}/containers/${name}`;
        const file = await readJson<ContainerFile>(options.world, `${path}/container.json`);
        if (file === undefined) continue;
        runtime.#containers.set(`${uid}_${name}`, file);
        // Whoever talked to these did so through the kubelet that is gone.
        await endExecs(options.world, path);
      }
    }
    return runtime;
  }

  get #pods(): string {
    return `${this.#options.dataDirectory}/pods`;
  }

  async RunPodSandbox(config: PodSandboxConfig): Promise<PodSandbox> {
    const known = this.#sandboxes.get(config.uid);
    if (known !== undefined) return known;
    const { world, network, nodeIp } = this.#options;
    const directory = `${this.#pods}/${config.uid}`;
    const ip = config.hostNetwork ? nodeIp : this.#takeAddress();
    const sandbox: PodSandbox = {
      ...config,
      id: config.uid,
      ip,
      directory,
      createdAtMs: world.clock.nowMs(),
    };
    this.#sandboxes.set(config.uid, sandbox); // Before the first await: the address is taken.
    try {
      await world.disk.makeDirectory(`${directory}/containers`);
      await world.disk.writeFileAtomic(`${directory}/sandbox.json`, JSON.stringify(sandbox));
      if (!config.hostNetwork) await addPodAddress(world, network, ip);
    } catch (error) {
      this.#sandboxes.delete(config.uid);
      throw error;
    }
    return sandbox;
  }

  #takeAddress(): string {
    const { podCidr } = this.#options;
    const used = new Set([...this.#sandboxes.values()].map(({ ip }) => ip));
    const index = nextAddress(podCidr, used, this.#lastAddress);
    const address = index === undefined ? undefined : addressAt(podCidr, index);
    if (index === undefined || address === undefined)
      throw new RuntimeError(`no IP addresses available in range set: ${podCidr}`);
    this.#lastAddress = index;
    return address;
  }

  async StopPodSandbox(podSandboxId: string): Promise<void> {
    const containers = await this.ListContainers(podSandboxId);
    await Promise.all(containers.map(({ id }) => this.StopContainer(id, 0)));
  }

  async RemovePodSandbox(podSandboxId: string): Promise<void> {
    const sandbox = this.#sandboxes.get(podSandboxId);
    if (sandbox === undefined) return;
    await this.StopPodSandbox(podSandboxId);
    const { world, network, log } = this.#options;
    if (!sandbox.hostNetwork) await removePodAddress(world, network, sandbox.ip, log);
    await world.disk.remove(sandbox.directory);
    for (const [id, { podSandboxId: of }] of this.#containers)
      if (of === podSandboxId) this.#containers.delete(id);
    this.#sandboxes.delete(podSandboxId);
  }

  async ListPodSandbox(): Promise<PodSandbox[]> {
    return [...this.#sandboxes.values()];
  }

  async CreateContainer(podSandboxId: string, config: ContainerConfig): Promise<string> {
    const id = `${podSandboxId}_${config.name}_${config.attempt}`;
    const file: ContainerFile = {
      config,
      podSandboxId,
      createdAtMs: this.#options.world.clock.nowMs(),
      startedAtMs: 0,
      finishedAtMs: 0,
      exitCode: undefined,
      process: undefined,
    };
    await this.#options.world.disk.makeDirectory(this.#directory(id));
    await this.#save(id, file);
    return id;
  }

  async StartContainer(containerId: string): Promise<void> {
    const file = this.#file(containerId);
    const { world } = this.#options;
    const directory = this.#directory(containerId);
    const { argv, env, workingDirectory } = await this.#commandOf(file);
    const { tty, stdin } = file.config;
    // At a terminal without anybody to type, nothing comes; an input that ends would be taken for ^D.
    const input = stdin === true || tty === true ? `${directory}/stdin` : '';
    // Before anybody can attach: who writes to a name that is not there would make a file of it.
    if (input !== '') await makeInput(world, input);
    const shell = env.SHELL;
    const command = tty === true ? terminalCommand(argv, { report: `${directory}/tty`, shell }) : argv;
    const child = await world.processes.spawn({
      command: '/bin/sh',
      args: ['-c', shimScript, 'kubelab-shim', `${directory}/exit`, input, ...command],
      env,
      workingDirectory,
      outputPath: `${directory}/log`,
      detached: true,
    });
    const reference = await world.processes.reference(child.pid);
    await this.#save(containerId, { ...file, startedAtMs: world.clock.nowMs(), process: reference });
  }

  async #commandOf(
    file: ContainerFile,
  ): Promise<{ argv: string[]; env: Record<string, string>; workingDirectory: string }> {
    const { config, podSandboxId } = file;
    const { path, preloadPath } = this.#options;
    const sandbox = this.#sandboxes.get(podSandboxId);
    const image = await this.#images.find(config.image);
    if (sandbox === undefined || image === undefined)
      throw new RuntimeError(`image "${config.image}" or its sandbox is gone`);
    const inDirectory = (text: string) => terminationLogIn(hostPathOf(text, config.mounts), config);
    const argv =
      config.command.length > 0 ? [...config.command, ...config.args] : [...image.entrypoint, ...config.args];
    const [program] = argv;
    if (program === undefined) throw new RuntimeError('no command specified');
    const env: Record<string, string> = {
      PATH: path,
      HOME: sandbox.directory,
      ...(config.tty === true ? { TERM: 'xterm' } : {}),
      ...image.env,
      ...config.envs,
      HOSTNAME: sandbox.name.slice(0, 63),
      POD_IP: sandbox.ip,
      KUBELAB_MOUNTS: JSON.stringify(
        Object.fromEntries(config.mounts.map((mount) => [mount.containerPath, mount.hostPath])),
      ),
    };
    const preload = `--require ${JSON.stringify(preloadPath)}`;
    env.NODE_OPTIONS = env.NODE_OPTIONS === undefined ? preload : `${preload} ${env.NODE_OPTIONS}`;
    const workingDirectory = inDirectory(config.workingDir ?? (image.workingDir || sandbox.directory));
    await this.#assertExecutable(inDirectory(program), env.PATH ?? path);
    if (!(await this.#options.world.disk.exists(workingDirectory)))
      throw new RuntimeError(
        `working directory ${workingDirectory} does not exist (no mount namespace: see README)`,
      );
    return { argv: argv.map(inDirectory), env, workingDirectory };
  }

  async #assertExecutable(program: string, path: string): Promise<void> {
    const { disk } = this.#options.world;
    const candidates = program.includes('/')
      ? [program]
      : path.split(':').map((folder) => `${folder}/${program}`);
    for (const candidate of candidates) if (await disk.exists(candidate)) return;
    const why = program.includes('/') ? 'no such file or directory' : 'executable file not found in $PATH';
    throw new RuntimeError(`exec: "${program}": ${why}: unknown`);
  }

  async StopContainer(containerId: string, timeoutMs: number): Promise<void> {
    const { world } = this.#options;
    const { process } = this.#file(containerId);
    if (process === undefined) return;
    const untilMs = world.clock.monotonicMs() + timeoutMs;
    // The shim alone: it hands the signal on to the command, as to process 1 of a container.
    if (timeoutMs > 0) await world.processes.signal(process, 'SIGTERM');
    while (world.clock.monotonicMs() < untilMs) {
      if ((await this.ContainerStatus(containerId))?.state !== 'CONTAINER_RUNNING') return;
      await world.timers.sleep(stopPollMs);
    }
    await this.#killAtTerminal(containerId, process);
    await world.processes.signal(process, 'SIGKILL', { group: true });
    while (await world.processes.isAlive(process)) await world.timers.sleep(stopPollMs);
    await this.ContainerStatus(containerId);
  }

  /** What runs at a terminal has a session of its own: the shim's group does not hold it. */
  async #killAtTerminal(containerId: string, shim: ProcessReference): Promise<void> {
    const { world } = this.#options;
    const found = terminalReport((await readText(world, `${this.#directory(containerId)}/tty`)) ?? '');
    const leader = found === undefined ? undefined : await world.processes.reference(found.pid);
    // While the shim waits for it, its pid is nobody else's.
    if (leader === undefined || !(await world.processes.isAlive(shim))) return;
    await world.processes.signal(leader, 'SIGKILL', { group: true });
  }

  async RemoveContainer(containerId: string): Promise<void> {
    if (!this.#containers.has(containerId)) return;
    await this.StopContainer(containerId, 0);
    await this.#options.world.disk.remove(this.#directory(containerId));
    this.#containers.delete(containerId);
  }

  async ListContainers(podSandboxId?: string): Promise<ContainerStatus[]> {
    const ids = [...this.#containers].filter(
      ([, file]) => podSandboxId === undefined || file.podSandboxId === podSandboxId,
    );
    const statuses = await Promise.all(ids.map(([id]) => this.ContainerStatus(id)));
    return statuses.filter((status) => status !== undefined);
  }

  async ListContainerStats(): Promise<ContainerStats[]> {
    const table = await processTable();
    if (table === undefined) return [];
    const running = [...this.#containers].filter(
      ([, file]) => file.process !== undefined && file.exitCode === undefined,
    );
    return Promise.all(
      running.map(async ([id, { config, podSandboxId, process }]) => {
        const report = await readText(this.#options.world, `${this.#directory(id)}/tty`);
        const leaders = [process?.pid, terminalReport(report ?? '')?.pid].filter((pid) => pid !== undefined);
        const { cpuNanoSeconds, rssBytes, processes } = useOf(table, leaders);
        return { id, podSandboxId, name: config.name, cpuNanoSeconds, memoryBytes: rssBytes, processes };
      }),
    );
  }

  async ContainerStatus(containerId: string): Promise<ContainerStatus | undefined> {
    const known = this.#containers.get(containerId);
    if (known === undefined) return undefined;
    const file = await this.#observe(containerId, known);
    const state =
      file.exitCode !== undefined
        ? 'CONTAINER_EXITED'
        : file.process === undefined
          ? 'CONTAINER_CREATED'
          : 'CONTAINER_RUNNING';
    const { config, podSandboxId, createdAtMs, startedAtMs, finishedAtMs } = file;
    return {
      id: containerId,
      podSandboxId,
      name: config.name,
      attempt: config.attempt,
      image: config.image,
      state,
      createdAtMs,
      startedAtMs,
      finishedAtMs,
      exitCode: file.exitCode ?? 0,
      reason: file.exitCode === undefined ? '' : file.exitCode === 0 ? 'Completed' : 'Error',
      message: '',
      logPath: `${this.#directory(containerId)}/log`,
    };
  }

  /** Learns of an end: from the shim's file, or, when the shim itself was killed, from its absence. */
  async #observe(id: string, file: ContainerFile): Promise<ContainerFile> {
    if (file.process === undefined || file.exitCode !== undefined) return file;
    const { world } = this.#options;
    const alive = await world.processes.isAlive(file.process);
    const text = await readText(world, `${this.#directory(id)}/exit`);
    if (text === undefined && alive) return file;
    if (text === undefined) await world.processes.signal(file.process, 'SIGKILL', { group: true });
    await endExecs(world, this.#directory(id));
    const now = this.#containers.get(id) ?? file;
    if (now.exitCode !== undefined) return now; // Another look was quicker.
    const exitCode = text === undefined || text === '' ? 137 : Number(text);
    const ended: ContainerFile = { ...file, exitCode, finishedAtMs: world.clock.nowMs() };
    await this.#save(id, ended);
    return ended;
  }

  async ExecSync(containerId: string, command: readonly string[], timeoutMs: number): Promise<ExecResult> {
    const file = this.#file(containerId);
    const { env, workingDirectory } = await this.#commandOf(file);
    const [program = '', ...args] = command.map((text) => hostPathOf(text, file.config.mounts));
    const { world } = this.#options;
    const result = await world.processes.run({
      command: program,
      args,
      env,
      workingDirectory,
      timeoutMs,
      outputBytesMax: execOutputBytesMax,
    });
    const decoder = new TextDecoder();
    return {
      exitCode: result.exitCode ?? 137,
      output: decoder.decode(result.stdout) + decoder.decode(result.stderr),
      timedOut: result.timedOut,
    };
  }

  async Exec(
    containerId: string,
    command: readonly string[],
    { tty }: { readonly tty: boolean },
  ): Promise<CommandStreams> {
    const file = this.#file(containerId);
    const { env, workingDirectory } = await this.#commandOf(file);
    const argv = execArgv(command, file.config.mounts);
    await this.#assertExecutable(argv[0] ?? '', env.PATH ?? this.#options.path);
    const environment = tty ? { TERM: 'xterm', ...env } : env;
    const { world } = this.#options;
    return startExec(world, this.#directory(containerId), { argv, env: environment, workingDirectory, tty });
  }

  async Attach(containerId: string): Promise<CommandStreams> {
    const { config, process } = this.#file(containerId);
    const { world } = this.#options;
    const directory = this.#directory(containerId);
    const reads = config.stdin === true || config.tty === true;
    const endInput = () => {
      // The shim lets go of the pipe, and the container reads the end of its input.
      if (config.stdinOnce === true && process !== undefined) void world.processes.signal(process, 'SIGUSR1');
    };
    return attachTo(world, {
      directory,
      logPath: `${directory}/log`,
      tty: config.tty === true,
      status: () => this.ContainerStatus(containerId),
      inputEnded: reads ? endInput : undefined,
    });
  }

  async PortForward(podSandboxId: string, port: number): Promise<TcpStreams> {
    const sandbox = this.#sandboxes.get(podSandboxId);
    if (sandbox === undefined) throw new RuntimeError(`sandbox "${podSandboxId}" not found`);
    return connectTcp(sandbox.ip, port);
  }

  ImageStatus(image: string): Promise<Image | undefined> {
    return this.#images.find(image);
  }

  async PullImage(image: string): Promise<Image> {
    const found = await this.#images.find(image);
    if (found !== undefined) return found;
    throw new RuntimeError(
      `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`,
    );
  }

  #directory(containerId: string): string {
    const [uid = '', ...rest] = containerId.split('_');
    return `${this.#pods}/${uid}/containers/${rest.join('_')}`;
  }

  #file(containerId: string): ContainerFile {
    const file = this.#containers.get(containerId);
    if (file === undefined) throw new RuntimeError(`container "${containerId}" not found`);
    return file;
  }

  async #save(id: string, file: ContainerFile): Promise<void> {
    this.#containers.set(id, file);
    await this.#options.world.disk.writeFileAtomic(
      `${this.#directory(id)}/container.json`,
      JSON.stringify(file),
      { mode: 0o600 }, // The environment may hold secrets.
    );
  }
}
