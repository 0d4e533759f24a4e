import { type Container, type Node, type Pod, quantityValue } from '@kubelab/api';
import {
  type Cycle,
  type FilterResult,
  fits,
  type NodeInfo,
  type Plugin,
  scoreMax,
} from '../framework/framework.js';

/** What a container without requests counts as in scores: 0.1 core, 200 MB. */
const defaultCpu = 0.1;
const defaultMemoryBytes = 200 * 1000 * 1000;

type Amounts = Readonly<Record<string, number>>;

function add(a: Amounts, b: Amounts): Record<string, number> {
  const sum: Record<string, number> = { ...a };
  for (const [name, value] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + value;
  return sum;
}

function requestsOf(container: Container): Record<string, number> {
  return Object.fromEntries(
    Object.entries(container.resources?.requests ?? {}).map(([name, text]) => [name, quantityValue(text)]),
  );
}

/** Of a pod: the sum of its containers, or the largest init container where that is more; plus overhead. */
export function podRequests(pod: Pod): Amounts {
  const running = (pod.spec?.containers ?? []).map(requestsOf).reduce(add, {});
  const peak: Record<string, number> = { ...running };
  for (const init of pod.spec?.initContainers ?? []) {
    for (const [name, value] of Object.entries(requestsOf(init)))
      peak[name] = Math.max(peak[name] ?? 0, value);
  }
  const overhead = Object.fromEntries(
    Object.entries(pod.spec?.overhead ?? {}).map(([name, text]) => [name, quantityValue(text)]),
  );
  return add(peak, overhead);
}

function used(info: NodeInfo): Amounts {
  return info.pods.map(podRequests).reduce(add, {});
}

function allocatable(node: Node): Amounts {
  const amounts = node.status?.allocatable ?? node.status?.capacity ?? {};
  return Object.fromEntries(Object.entries(amounts).map(([name, text]) => [name, quantityValue(text)]));
}

/** With the amounts that count in scores for containers that ask for nothing. */
function scoredRequests(pod: Pod): { cpu: number; memory: number } {
  return (pod.spec?.containers ?? []).map(requestsOf).reduce(
    (sum: { cpu: number; memory: number }, one) => ({
      cpu: sum.cpu + (one.cpu ?? defaultCpu),
      memory: sum.memory + (one.memory ?? defaultMemoryBytes),
    }),
    { cpu: 0, memory: 0 },
  );
}

function fractions(pod: Pod, info: NodeInfo): { cpu: number; memory: number } {
  const all = [...info.pods, pod].map(scoredRequests);
  const { cpu = 0, memory = 0 } = allocatable(info.node);
  const share = (wanted: number, there: number) => (there === 0 ? 1 : Math.min(1, wanted / there));
  return {
    cpu: share(
      all.reduce((sum, one) => sum + one.cpu, 0),
      cpu,
    ),
    memory: share(
      all.reduce((sum, one) => sum + one.memory, 0),
      memory,
    ),
  };
}

export const resourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  weight: 1,
  begin: (pod): Cycle => {
    const wanted = podRequests(pod);
    return {
      filter: (info): FilterResult => {
        const there = allocatable(info.node);
        const taken = used(info);
        const tooMany = info.pods.length + 1 > (there.pods ?? 110) ? ['Too many pods'] : [];
        const short = Object.entries(wanted).filter(
          ([name, value]) => value > 0 && value > (there[name] ?? 0) - (taken[name] ?? 0),
        );
        return tooMany.length + short.length === 0
          ? fits
          : [...tooMany, ...short.map(([name]) => `Insufficient ${name}`)];
      },
      /** LeastAllocated: the mean of what would be left. */
      score: (info) => {
        const { cpu, memory } = fractions(pod, info);
        return ((1 - cpu) * scoreMax + (1 - memory) * scoreMax) / 2;
      },
    };
  },
};

export const balancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  begin: (pod): Cycle => ({
    score: (info) => {
      const { cpu, memory } = fractions(pod, info);
      return (1 - Math.abs(cpu - memory) / 2) * scoreMax;
    },
  }),
};

function hostPorts(pod: Pod): string[] {
  return (pod.spec?.containers ?? []).flatMap((container) =>
    (container.ports ?? []).flatMap((port) =>
      (port.hostPort ?? 0) === 0 ? [] : [`${port.protocol ?? 'TCP'}/${port.hostPort}`],
    ),
  );
}

export const nodePorts: Plugin = {
  name: 'NodePorts',
  begin: (pod): Cycle => {
    const wanted = hostPorts(pod);
    if (wanted.length === 0) return {};
    return {
      filter: ({ pods }) => {
        const taken = new Set(pods.flatMap(hostPorts));
        return wanted.some((port) => taken.has(port))
          ? ["node(s) didn't have free ports for the requested pod ports"]
          : fits;
      },
    };
  },
};
