/** A node's use of resources at one time, as its pages and metrics.k8s.io tell it. Times are wall-clock milliseconds. */
export interface StatsSnapshot {
  readonly nodeName: string;
  readonly timeMs: number;
  /** The kubelet's own process. */
  readonly kubelet: Use & { readonly startedAtMs: number };
  readonly machine: {
    readonly cpus: number;
    readonly memoryBytes: number;
    readonly availableMemoryBytes: number;
    readonly freeDiskBytes: number | undefined;
  };
  readonly pods: readonly PodUse[];
}

export interface PodUse {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly startedAtMs: number;
  readonly containers: readonly ContainerUse[];
}

export interface ContainerUse extends Use {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly startedAtMs: number;
  readonly processes: number;
}

export interface Use {
  /** Since its start. */
  readonly cpuNanoSeconds: number;
  /** Between the latest two looks; undefined after the first. */
  readonly cpuNanoCores: number | undefined;
  readonly memoryBytes: number;
}

/** Nodes share machines: what a node uses is its pods' and its kubelet's. */
export function nodeUse({ pods, kubelet }: StatsSnapshot): Use {
  return total([kubelet, ...pods.flatMap(({ containers }) => containers)]);
}

export function total(uses: readonly Use[]): Use {
  return {
    cpuNanoSeconds: uses.reduce((sum, use) => sum + use.cpuNanoSeconds, 0),
    cpuNanoCores: uses.reduce((sum, use) => sum + (use.cpuNanoCores ?? 0), 0),
    memoryBytes: uses.reduce((sum, use) => sum + use.memoryBytes, 0),
  };
}

/** The answer to `kubelet.stats`, by which apiservers serve metrics.k8s.io. One kubelet may be that of many nodes. */
export interface UsageReport {
  readonly timeMs: number;
  readonly windowMs: number;
  readonly nodes: readonly {
    readonly name: string;
    readonly cpuNanoCores: number;
    readonly memoryBytes: number;
  }[];
  readonly pods: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly containers: readonly {
      readonly name: string;
      readonly cpuNanoCores: number;
      readonly memoryBytes: number;
    }[];
  }[];
}

/** Without what was looked at only once: nobody knows its rate yet. */
export function usageReport(snapshot: StatsSnapshot, windowMs: number): UsageReport {
  const { timeMs, nodeName, pods } = snapshot;
  const known = pods.flatMap(({ namespace, name, containers }) => {
    const measured = containers.flatMap(({ name: container, cpuNanoCores, memoryBytes }) =>
      cpuNanoCores === undefined ? [] : [{ name: container, cpuNanoCores, memoryBytes }],
    );
    return measured.length === 0 ? [] : [{ namespace, name, containers: measured }];
  });
  const { cpuNanoCores = 0, memoryBytes } = nodeUse(snapshot);
  return { timeMs, windowMs, nodes: [{ name: nodeName, cpuNanoCores, memoryBytes }], pods: known };
}
