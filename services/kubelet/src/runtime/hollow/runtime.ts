import type { Pod, ContainerStatus as PodContainerStatus } from '@kubelab/api';
import type { World } from '@kubelab/world';
import type { TimingWheel, WheelEntry } from '../../hollow/timing-wheel.js';
import type { UsageReport } from '../../stats/snapshot.js';
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
import type { Image } from '../process/images.js';
import { addressAt, nextAddress } from '../process/network.js';
import { type HollowLife, lifeOf } from './life.js';

export interface HollowRuntimeOptions {
  readonly world: World;
  readonly wheel: TimingWheel;
  readonly podCidr: string;
  readonly nodeIp: string;
  /** A container of the sandbox ended by itself (CRI's container events: nobody need look). */
  readonly changed: (sandbox: PodSandbox) => void;
}

interface HollowContainer {
  status: ContainerStatus;
  readonly life: HollowLife;
  startedMs: number;
  end: WheelEntry | undefined;
}

interface HollowSandbox {
  readonly sandbox: PodSandbox;
  readonly containers: Map<string, HollowContainer>;
}

/**
 * The containers of one hollow node: no processes, only what their annotations say of their life. It has nothing on disk; what a
 * kubelet that was killed left behind is taken up from the pods' statuses (adopt). Every reference to an image is good but one
 * whose registry is below `.invalid` (RFC 2606), so that a bad image can be had.
 */
export class HollowRuntime implements ContainerRuntime {
  readonly #options: HollowRuntimeOptions;
  readonly #sandboxes = new Map<string, HollowSandbox>();
  readonly #addresses = new Set<string>();
  #lastAddress = 1;

  constructor(options: HollowRuntimeOptions) {
    this.#options = options;
  }

  async RunPodSandbox(config: PodSandboxConfig): Promise<PodSandbox> {
    const known = this.#sandboxes.get(config.uid);
    if (known !== undefined) return known.sandbox;
    return this.#addSandbox(config, config.hostNetwork ? this.#options.nodeIp : this.#takeAddress());
  }

  #addSandbox(config: PodSandboxConfig, ip: string): PodSandbox {
    const createdAtMs = this.#options.world.clock.nowMs();
    const sandbox = { ...config, id: config.uid, ip, directory: '', createdAtMs };
    this.#sandboxes.set(config.uid, { sandbox, containers: new Map() });
    if (!config.hostNetwork) this.#addresses.add(ip);
    return sandbox;
  }

  #takeAddress(): string {
    const { podCidr } = this.#options;
    const index = nextAddress(podCidr, this.#addresses, this.#lastAddress);
    const address = index === undefined ? undefined : addressAt(podCidr, index);
    if (index === undefined || address === undefined)
      throw new RuntimeError(`no IP addresses available in range set: ${podCidr}`);
    this.#lastAddress = index;
    return address;
  }

  async StopPodSandbox(podSandboxId: string): Promise<void> {
    for (const container of this.#sandboxes.get(podSandboxId)?.containers.values() ?? [])
      this.#end(container, 137);
  }

  async RemovePodSandbox(podSandboxId: string): Promise<void> {
    await this.StopPodSandbox(podSandboxId);
    const found = this.#sandboxes.get(podSandboxId);
    if (found === undefined) return;
    this.#sandboxes.delete(podSandboxId);
    if (!found.sandbox.hostNetwork) this.#addresses.delete(found.sandbox.ip);
  }

  async ListPodSandbox(): Promise<PodSandbox[]> {
    return [...this.#sandboxes.values()].map(({ sandbox }) => sandbox);
  }

  async CreateContainer(podSandboxId: string, config: ContainerConfig): Promise<string> {
    const id = `${podSandboxId}_${config.name}_${config.attempt}`;
    const createdAtMs = this.#options.world.clock.nowMs();
    const { name, attempt, image } = config;
    this.#addContainer({ id, podSandboxId, name, attempt, image, ...fresh, createdAtMs });
    return id;
  }

  #addContainer(status: ContainerStatus): HollowContainer {
    const found = this.#sandboxes.get(status.podSandboxId);
    if (found === undefined) throw new RuntimeError(`sandbox "${status.podSandboxId}" not found`);
    const life = lifeOf(found.sandbox.annotations, status.name, status.attempt);
    const container = { status, life, startedMs: 0, end: undefined };
    found.containers.set(status.id, container);
    return container;
  }

  async StartContainer(containerId: string): Promise<void> {
    const container = this.#container(containerId);
    const startedAtMs = this.#options.world.clock.nowMs();
    this.#goOn(container, { ...container.status, state: 'CONTAINER_RUNNING', startedAtMs }, 0);
  }

  /** It runs from now on, `sinceMs` into its life. */
  #goOn(container: HollowContainer, status: ContainerStatus, sinceMs: number): void {
    const { wheel, changed, world } = this.#options;
    container.status = status;
    container.startedMs = world.clock.monotonicMs() - sinceMs;
    const { runMs, exitCode } = container.life;
    if (runMs === Number.POSITIVE_INFINITY) return;
    container.end = wheel.schedule(runMs - sinceMs, () => {
      if (!this.#end(container, exitCode)) return;
      const sandbox = this.#sandboxes.get(status.podSandboxId)?.sandbox;
      if (sandbox !== undefined) changed(sandbox);
    });
  }

  /** Answers whether it ran. */
  #end(container: HollowContainer, exitCode: number): boolean {
    container.end?.cancel();
    if (container.status.state !== 'CONTAINER_RUNNING') return false;
    const finishedAtMs = this.#options.world.clock.nowMs();
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    container.status = { ...container.status, state: 'CONTAINER_EXITED', exitCode, reason, finishedAtMs };
    return true;
  }

  async StopContainer(containerId: string, timeoutMs: number): Promise<void> {
    const container = this.#container(containerId);
    const { stopMs } = container.life;
    const waitMs = Math.min(stopMs, timeoutMs);
    if (container.status.state === 'CONTAINER_RUNNING' && waitMs > 0) await this.#options.wheel.sleep(waitMs);
    // What heeds SIGTERM ends well; SIGKILL is 128 + 9.
    this.#end(container, stopMs <= timeoutMs && timeoutMs > 0 ? 0 : 137);
  }

  async RemoveContainer(containerId: string): Promise<void> {
    for (const { containers } of this.#sandboxes.values()) {
      const container = containers.get(containerId);
      if (container !== undefined) this.#end(container, 137);
      containers.delete(containerId);
    }
  }

  async ListContainers(podSandboxId?: string): Promise<ContainerStatus[]> {
    const of =
      podSandboxId === undefined ? [...this.#sandboxes.values()] : [this.#sandboxes.get(podSandboxId)];
    return of.flatMap((one) => [...(one?.containers.values() ?? [])].map(({ status }) => status));
  }

  async ListContainerStats(): Promise<ContainerStats[]> {
    const nowMs = this.#options.world.clock.monotonicMs();
    return [...this.#sandboxes.values()].flatMap(({ containers }) =>
      [...containers.values()]
        .filter(({ status }) => status.state === 'CONTAINER_RUNNING')
        .map(({ status: { id, podSandboxId, name }, life: { cpuNanoCores, memoryBytes }, startedMs }) => {
          const cpuNanoSeconds = (cpuNanoCores * (nowMs - startedMs)) / 1000;
          return { id, podSandboxId, name, cpuNanoSeconds, memoryBytes, processes: 0 };
        }),
    );
  }

  /** What the running containers are told to use, by sandbox: nothing need be measured. */
  usage(): UsageReport['pods'] {
    return [...this.#sandboxes.values()].flatMap(({ sandbox: { namespace, name }, containers }) => {
      const running = [...containers.values()]
        .filter(({ status }) => status.state === 'CONTAINER_RUNNING')
        .map(({ status, life: { cpuNanoCores, memoryBytes } }) => ({
          name: status.name,
          cpuNanoCores,
          memoryBytes,
        }));
      return running.length === 0 ? [] : [{ namespace, name, containers: running }];
    });
  }

  async ContainerStatus(containerId: string): Promise<ContainerStatus | undefined> {
    return this.#find(containerId)?.status;
  }

  /** Its one command is the readiness probe's: whether `ready-delay` is over. */
  async ExecSync(containerId: string): Promise<ExecResult> {
    const { startedMs, life } = this.#container(containerId);
    const ready = this.#options.world.clock.monotonicMs() - startedMs >= life.readyMs;
    return { exitCode: ready ? 0 : 1, output: ready ? '' : 'not ready yet', timedOut: false };
  }

  async Exec(): Promise<CommandStreams> {
    throw new RuntimeError(noProcess);
  }

  async Attach(): Promise<CommandStreams> {
    throw new RuntimeError(noProcess);
  }

  async PortForward(): Promise<TcpStreams> {
    throw new RuntimeError(noProcess);
  }

  async ImageStatus(image: string): Promise<Image | undefined> {
    return isInvalid(image) ? undefined : noImage;
  }

  async PullImage(image: string): Promise<Image> {
    if (!isInvalid(image)) return noImage;
    const host = image.split('/')[0];
    throw new RuntimeError(
      `failed to pull and unpack image "${image}": failed to resolve reference "${image}": dial tcp: lookup ${host}: no such host`,
    );
  }

  has(uid: string): boolean {
    return this.#sandboxes.has(uid);
  }

  /** What the pod's status says of it goes on, with its address, its runs and its restarts. */
  adopt(pod: Pod): void {
    const { uid = '', name, namespace = 'default', annotations = {} } = pod.metadata;
    const { podIP, containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
    if (podIP === undefined || this.#sandboxes.has(uid)) return;
    const hostNetwork = pod.spec?.hostNetwork === true;
    this.#addSandbox({ uid, name, namespace, annotations, hostNetwork }, podIP);
    for (const status of [...initContainerStatuses, ...containerStatuses]) this.#adoptContainer(uid, status);
  }

  #adoptContainer(podSandboxId: string, told: PodContainerStatus): void {
    const { state, lastState, name, image = '' } = told;
    const attempt = told.restartCount ?? 0;
    const ended = state?.terminated ?? lastState?.terminated;
    const startedAt = state?.running?.startedAt ?? ended?.startedAt;
    if (startedAt === undefined) return;
    const startedAtMs = Date.parse(startedAt);
    const common = { podSandboxId, name, image, ...fresh, createdAtMs: startedAtMs, startedAtMs };
    const id = `${podSandboxId}_${name}_${attempt}`;
    if (state?.running !== undefined) {
      const status: ContainerStatus = { ...common, id, attempt, state: 'CONTAINER_RUNNING' };
      const sinceMs = Math.max(0, this.#options.world.clock.nowMs() - startedAtMs);
      this.#goOn(this.#addContainer(status), status, sinceMs);
    } else if (ended !== undefined) {
      const finishedAtMs = Date.parse(ended.finishedAt ?? startedAt);
      const { exitCode = 0, reason = '' } = ended;
      const over = { state: 'CONTAINER_EXITED', exitCode, reason, finishedAtMs } as const;
      this.#addContainer({ ...common, id, attempt, ...over });
    }
  }

  #find(containerId: string): HollowContainer | undefined {
    const uid = containerId.slice(0, containerId.indexOf('_'));
    return this.#sandboxes.get(uid)?.containers.get(containerId);
  }

  #container(containerId: string): HollowContainer {
    const found = this.#find(containerId);
    if (found === undefined) throw new RuntimeError(`container "${containerId}" not found`);
    return found;
  }
}

export const noProcess = 'the container is hollow: it has no process';

const noImage: Image = { entrypoint: [], env: {}, workingDir: '' };

const fresh = {
  state: 'CONTAINER_CREATED',
  createdAtMs: 0,
  startedAtMs: 0,
  finishedAtMs: 0,
  exitCode: 0,
  reason: '',
  message: '',
  logPath: '',
} as const;

function isInvalid(image: string): boolean {
  return /^[^/]*\.invalid(:\d+)?\//.test(image);
}
