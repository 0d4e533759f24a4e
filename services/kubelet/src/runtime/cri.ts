/**
 * What a kubelet asks of a container runtime: the calls and messages of CRI's RuntimeService and ImageService (k8s.io/cri-api runtime/v1), in TypeScript. The process
 * runtime implements it; a gRPC client of containerd fits it unchanged.
 */
export interface PodSandboxMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly attempt: number;
}

export interface PodSandboxConfig {
  readonly metadata: PodSandboxMetadata;
  readonly hostname: string;
  readonly logDirectory: string;
}

export interface PodSandbox {
  readonly id: string;
  readonly metadata: PodSandboxMetadata;
  readonly state: 'ready' | 'notReady';
  readonly ip: string;
}

export interface ContainerConfig {
  readonly metadata: { readonly name: string; readonly attempt: number };
  readonly image: string;
  /** Empty: the image's entrypoint. */
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir: string;
  readonly envs: readonly { readonly key: string; readonly value: string }[];
  readonly mounts: readonly {
    readonly containerPath: string;
    readonly hostPath: string;
    readonly readonly: boolean;
  }[];
  /** Relative to the sandbox's logDirectory. */
  readonly logPath: string;
}

export interface ContainerStatus {
  readonly id: string;
  readonly podSandboxId: string;
  readonly metadata: ContainerConfig['metadata'];
  readonly image: string;
  readonly imageRef: string;
  readonly state: 'created' | 'running' | 'exited';
  readonly createdAtMs: number;
  /** 0 until it happened. */
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
  /** Absolute. */
  readonly logPath: string;
}

export interface ExecSyncResponse {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly exitCode: number;
}

export interface ContainerRuntime {
  readonly name: string;
  version(): string;
  runPodSandbox(config: PodSandboxConfig): Promise<string>;
  /** Ends everything in it. Idempotent. */
  stopPodSandbox(id: string): Promise<void>;
  removePodSandbox(id: string): Promise<void>;
  listPodSandbox(): Promise<PodSandbox[]>;
  createContainer(podSandboxId: string, config: ContainerConfig): Promise<string>;
  startContainer(id: string): Promise<void>;
  /** SIGTERM, and after the timeout SIGKILL. Resolves when it has ended. */
  stopContainer(id: string, timeoutSeconds: number): Promise<void>;
  removeContainer(id: string): Promise<void>;
  listContainers(): Promise<ContainerStatus[]>;
  execSync(id: string, command: readonly string[], timeoutSeconds: number): Promise<ExecSyncResponse>;
  /** Undefined: not there. */
  imageStatus(image: string): Promise<{ readonly id: string } | undefined>;
  /** Rejects with an Error that says why there is no such image. */
  pullImage(image: string): Promise<string>;
}
