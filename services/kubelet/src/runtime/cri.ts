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
  ContainerStatus(containerId: string): Promise<ContainerStatus | undefined>;
  ExecSync(containerId: string, command: readonly string[], timeoutMs: number): Promise<ExecResult>;
  ImageStatus(image: string): Promise<Image | undefined>;
  /** Rejects with RuntimeError when there is no such image. */
  PullImage(image: string): Promise<Image>;
}

export interface PodSandboxConfig {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly hostNetwork: boolean;
}

export interface PodSandbox extends PodSandboxConfig {
  readonly id: string;
  readonly ip: string;
  readonly directory: string;
  readonly createdAtMs: number;
}

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

export interface ExecResult {
  readonly exitCode: number;
  readonly output: string;
  readonly timedOut: boolean;
}

/** What a runtime could not do, worded for the pod's owner. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
}
