import type { Node } from '@kubelab/api';
import { type Amounts, nodeAmounts } from './amounts.js';
import type { HostPort, PodInfo } from './pod-info.js';

/** A node with the pods on it, bound or assumed, and their sums. Changed in the cache only, read in snapshots. */
export class NodeInfo {
  node: Node;
  readonly name: string;
  allocatable: Amounts;
  podsMax: number;
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

  /** `like` spares reading the node's amounts anew for a copy. */
  constructor(node: Node, like?: NodeInfo) {
    this.node = node;
    this.name = node.metadata.name;
    const amounts = like ?? readAmounts(node);
    this.allocatable = amounts.allocatable;
    this.podsMax = amounts.podsMax;
    this.images = like?.images ?? imagesOf(node);
    this.pods = like?.pods.slice() ?? [];
  }

  setNode(node: Node): void {
    const { allocatable, podsMax } = readAmounts(node);
    if (node.status?.images !== this.node.status?.images) this.images = imagesOf(node);
    this.node = node;
    this.allocatable = allocatable;
    this.podsMax = podsMax;
  }

  addPod(info: PodInfo): void {
    this.pods.push(info);
    this.#count(info, 1);
    if (info.hostPorts.length > 0) this.hostPorts = [...this.hostPorts, ...info.hostPorts];
  }

  /** By key; false when it is not here. */
  removePod(key: string): boolean {
    const at = this.pods.findIndex((info) => info.key === key);
    const found = this.pods[at];
    if (found === undefined) return false;
    this.pods.splice(at, 1);
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

function readAmounts(node: Node): { readonly allocatable: Amounts; readonly podsMax: number } {
  const { amounts, podsMax } = nodeAmounts(node);
  return { allocatable: amounts, podsMax };
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
