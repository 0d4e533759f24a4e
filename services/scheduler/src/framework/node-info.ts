import type { Node, Taint } from '@kubelab/api';
import { type Amounts, nodeAmounts } from './amounts.js';
import type { HostPort, PodInfo } from './pod-info.js';
import type { Labels } from './selector.js';

/** A node with the pods on it, bound or assumed, and their sums. Changed in the cache only, read in snapshots. */
export class NodeInfo {
  node: Node;
  readonly name: string;
  labels: Labels;
  /** What filters read of every node stands here in one object: most of their time is waiting for memory. */
  allocatable: Amounts;
  allocatableMilliCpu = 0;
  allocatableMemoryBytes = 0;
  podsMax = 0;
  podCount = 0;
  unschedulable = false;
  /** Taints that keep pods away; undefined where there are none. */
  hardTaints: readonly Taint[] | undefined;
  /** PreferNoSchedule. */
  softTaints: readonly Taint[] | undefined;
  readonly pods: PodInfo[];
  milliCpu = 0;
  memoryBytes = 0;
  ephemeralBytes = 0;
  scalars: Map<string, number> | undefined;
  scoredMilliCpu = 0;
  scoredMemoryBytes = 0;
  /** Pods that speak of others, of any kind of affinity. */
  podsWithAffinity = 0;
  hostPorts: HostPort[] = [];
  /** Size in bytes by each of its names. */
  images: ReadonlyMap<string, number>;
  /** Pods on the node by claim. */
  claims: Map<string, number> | undefined;
  /** Goes up with each change, over all nodes: a snapshot's copy is current if its number is equal. */
  generation = 0;

  /** `like` spares reading the node anew for a copy. */
  constructor(node: Node, like?: NodeInfo) {
    this.node = node;
    this.name = node.metadata.name;
    this.labels = node.metadata.labels;
    this.pods = like?.pods.slice() ?? [];
    this.podCount = this.pods.length;
    if (like === undefined) {
      const { amounts, podsMax } = nodeAmounts(node);
      this.allocatable = amounts;
      this.podsMax = podsMax;
      this.images = imagesOf(node);
      this.#readSpec();
    } else {
      this.allocatable = like.allocatable;
      this.podsMax = like.podsMax;
      this.images = like.images;
      this.unschedulable = like.unschedulable;
      this.hardTaints = like.hardTaints;
      this.softTaints = like.softTaints;
    }
    this.allocatableMilliCpu = this.allocatable.milliCpu;
    this.allocatableMemoryBytes = this.allocatable.memoryBytes;
  }

  setNode(node: Node): void {
    const { amounts, podsMax } = nodeAmounts(node);
    const isSame = JSON.stringify(node.status?.images) === JSON.stringify(this.node.status?.images);
    if (!isSame) this.images = imagesOf(node);
    this.node = node;
    this.labels = node.metadata.labels;
    this.allocatable = amounts;
    this.allocatableMilliCpu = amounts.milliCpu;
    this.allocatableMemoryBytes = amounts.memoryBytes;
    this.podsMax = podsMax;
    this.#readSpec();
  }

  addPod(info: PodInfo): void {
    this.pods.push(info);
    this.podCount += 1;
    this.#count(info, 1);
    if (info.hostPorts.length > 0) this.hostPorts = [...this.hostPorts, ...info.hostPorts];
  }

  /** By key; false when it is not here. */
  removePod(key: string): boolean {
    const at = this.pods.findIndex((info) => info.key === key);
    const found = this.pods[at];
    if (found === undefined) return false;
    this.pods.splice(at, 1);
    this.podCount -= 1;
    this.#count(found, -1);
    if (found.hostPorts.length > 0) this.hostPorts = this.pods.flatMap(({ hostPorts }) => hostPorts);
    return true;
  }

  /** Pods are shared, lists and sums are the copy's own. */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.node, this);
    copy.milliCpu = this.milliCpu;
    copy.memoryBytes = this.memoryBytes;
    copy.ephemeralBytes = this.ephemeralBytes;
    copy.scalars = this.scalars === undefined ? undefined : new Map(this.scalars);
    copy.scoredMilliCpu = this.scoredMilliCpu;
    copy.scoredMemoryBytes = this.scoredMemoryBytes;
    copy.podsWithAffinity = this.podsWithAffinity;
    copy.hostPorts = this.hostPorts;
    copy.claims = this.claims === undefined ? undefined : new Map(this.claims);
    copy.generation = this.generation;
    return copy;
  }

  #readSpec(): void {
    const { unschedulable, taints = [] } = this.node.spec ?? {};
    this.unschedulable = unschedulable === true;
    const of = (isSoft: boolean) => {
      const some = taints.filter(({ effect }) => (effect === 'PreferNoSchedule') === isSoft);
      return some.length === 0 ? undefined : some;
    };
    this.hardTaints = of(false);
    this.softTaints = of(true);
  }

  #count(info: PodInfo, sign: 1 | -1): void {
    const { requests, scoredRequests, affinities } = info;
    this.milliCpu += sign * requests.milliCpu;
    this.memoryBytes += sign * requests.memoryBytes;
    this.ephemeralBytes += sign * requests.ephemeralBytes;
    this.scoredMilliCpu += sign * scoredRequests.milliCpu;
    this.scoredMemoryBytes += sign * scoredRequests.memoryBytes;
    if (requests.scalars !== undefined) {
      this.scalars ??= new Map();
      for (const [name, value] of requests.scalars)
        this.scalars.set(name, (this.scalars.get(name) ?? 0) + sign * value);
    }
    const { required, requiredAnti, preferred, preferredAnti } = affinities;
    if (required.length + requiredAnti.length + preferred.length + preferredAnti.length > 0)
      this.podsWithAffinity += sign;
    for (const claim of info.claims) {
      this.claims ??= new Map();
      this.claims.set(claim, (this.claims.get(claim) ?? 0) + sign);
    }
  }
}

const noImages: ReadonlyMap<string, number> = new Map();

function imagesOf(node: Node): ReadonlyMap<string, number> {
  const { images = [] } = node.status ?? {};
  if (images.length === 0) return noImages;
  return new Map(
    images.flatMap(({ names, sizeBytes }) =>
      (names ?? []).map((name): [string, number] => [name, sizeBytes ?? 0]),
    ),
  );
}
