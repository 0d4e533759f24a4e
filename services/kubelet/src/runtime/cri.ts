import type { TerminalSize } from '@kubelab/world';
import type { Image } from './process/images.js';

/**
 * The runtime below the kubelet, in the shape of the Container Runtime Interface (k8s.io/cri-api,
 * runtime.v1): of its calls and fields those
 * that are used. Times are wall-clock milliseconds.
 */
export interface ContainerRuntime {
  /** Idempotent by uid: a sandbox that exists already is answered. */
  RunPodSandbox(config: PodSandboxConfig): Promise<PodSandbox>;
  /** Ends what still runs in it. Idempotent. */
  StopPodSandbox(podSandboxId: string): Promise<void>;
  /** Gives its address back and removes what is on disk. Idempotent. */
  RemovePodSandbox(podSandboxId: string): Promise<void>;
  ListPodSandbox(): Promise<PodSandbox[]>;
  CreateContainer(podSandboxId: string, config: ContainerConfig): Promise<string>;
  StartContainer(containerId: string): Promise<void>;
  /** SIGTERM, then SIGKILL after `timeoutMs`. Resolves when nothing of it runs. Idempotent. */
  StopContainer(containerId: string, timeoutMs: number): Promise<void>;
  RemoveContainer(containerId: string): Promise<void>;
  ListContainers(podSandboxId?: string): Promise<ContainerStatus[]>;
  /** Of what runs. Empty where nothing can be measured. */
  ListContainerStats(): Promise<ContainerStats[]>;
  ContainerStatus(containerId: string): Promise<ContainerStatus | undefined>;
  ExecSync(containerId: string, command: readonly string[], timeoutMs: number): Promise<ExecResult>;
  /** A command in a running container's environment. It does not outlive the container. */
  Exec(
    containerId: string,
    command: readonly string[],
    options: { readonly tty: boolean },
  ): Promise<CommandStreams>;
  /** A running container's own input and output, from now on. */
  Attach(containerId: string): Promise<CommandStreams>;
  /** A TCP connection to a port of the sandbox. */
  PortForward(podSandboxId: string, port: number): Promise<TcpStreams>;
  ImageStatus(image: string): Promise<Image | undefined>;
  /** Rejects with RuntimeError when there is no such image. */
  PullImage(image: string): Promise<Image>;
}

export interface PodSandboxConfig {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly hostNetwork: boolean;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface PodSandbox extends PodSandboxConfig {
  readonly id: string;
  readonly ip: string;
  readonly directory: string;
  readonly createdAtMs: number;
}

export const terminationPathAnnotation = 'io.kubernetes.container.terminationMessagePath';

export interface Mount {
  readonly containerPath: string;
  readonly hostPath: string;
}

export interface ContainerConfig {
  readonly name: string;
  readonly attempt: number;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir: string | undefined;
  readonly envs: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** The kubelet's own notes, as `io.kubernetes.container.terminationMessagePath`. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly stdin: boolean;
  readonly stdinOnce: boolean;
  readonly tty: boolean;
}

export interface ContainerStatus {
  readonly id: string;
  readonly podSandboxId: string;
  readonly name: string;
  readonly attempt: number;
  readonly image: string;
  readonly state: 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED';
  readonly createdAtMs: number;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
  readonly logPath: string;
}

export interface ContainerStats {
  readonly id: string;
  readonly podSandboxId: string;
  readonly name: string;
  /** Since its start. */
  readonly cpuNanoSeconds: number;
  readonly memoryBytes: number;
  readonly processes: number;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly output: string;
  readonly timedOut: boolean;
}

/** What a runtime could not do, worded for the pod's owner. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
}

/** Somebody talks to a command. Output is read at the reader's pace: a slow one makes the command wait. */
export interface CommandStreams {
  /** May each be read once. */
  readonly stdout: AsyncIterable<Uint8Array>;
  readonly stderr: AsyncIterable<Uint8Array>;
  /** The exit code; 128 + signal for a command that a signal ended. */
  readonly exited: Promise<number>;
  /** Resolves when it was taken, or when nobody is left to read it. */
  write(data: Uint8Array): Promise<void>;
  endInput(): void;
  resize(size: TerminalSize): Promise<void>;
  /** Nobody talks to it any more: ends what Exec started, and leaves what was attached to. Idempotent. */
  close(): void;
}

export interface TcpStreams {
  /** May be read once. Rejects with RuntimeError when the connection broke. */
  readonly data: AsyncIterable<Uint8Array>;
  write(data: Uint8Array): Promise<void>;
  end(): void;
  close(): void;
}
