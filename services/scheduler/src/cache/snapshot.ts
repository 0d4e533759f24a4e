import type { Node } from '@kubelab/api';
import type { NodeInfo } from '../framework/node-info.js';
import type { SchedulerCache } from './cache.js';
import { DomainCounts, type DomainQuery } from './domain-counts.js';
import { TermIndex } from './term-index.js';

/** Changes that are remembered for counts that are asked for later; older counts are made anew. */
const changesMax = 20_000;
/** Counts kept from cycle to cycle; of more, the one not asked for the longest goes. */
const countsMax = 256;

interface KeptCounts {
  readonly counts: DomainCounts;
  /** How many changes it has taken in. */
  position: number;
}

/**
 * What one scheduling cycle looks at: copies of the cache's nodes that stay as they are while it runs. Before
 * each cycle only nodes whose generation went up are copied. Nodes are in an order that goes round the zones,
 * so that a sample of them (percentageOfNodesToScore) has all zones in it.
 */
export class Snapshot {
  readonly #byName = new Map<string, NodeInfo>();
  readonly #position = new Map<string, number>();
  readonly #kept = new Map<string, KeptCounts>();
  readonly #imageNodes = new Map<string, number>();
  #nodes: NodeInfo[] = [];
  /** Names of changed nodes, the first of them the change of number `#changesStart`. */
  #changes: string[] = [];
  #changesStart = 0;
  readonly terms = new TermIndex();

  /** In scheduling order. */
  get nodes(): readonly NodeInfo[] {
    return this.#nodes;
  }

  node(name: string): NodeInfo | undefined {
    return this.#byName.get(name);
  }

  /** How many nodes have the image. */
  imageNodes(name: string): number {
    return this.#imageNodes.get(name) ?? 0;
  }

  /** Takes in what changed in the cache; gives how many nodes were copied. */
  update(cache: SchedulerCache): number {
    let reorder = false;
    let copied = 0;
    for (const [name, node] of cache.takeChanged()) {
      const before = this.#byName.get(name);
      if (before === undefined && node === undefined) continue;
      if (before !== undefined && before.generation === node?.generation) continue;
      const after = node?.clone();
      copied += 1;
      this.terms.replace(before, after);
      this.#countImages(before, after);
      if (after === undefined) this.#byName.delete(name);
      else this.#byName.set(name, after);
      const at = this.#position.get(name);
      if (after !== undefined && at !== undefined && zoneOf(before?.node) === zoneOf(after.node))
        this.#nodes[at] = after;
      else reorder = true;
      this.#changes.push(name);
    }
    if (reorder) this.#order();
    if (this.#changes.length > changesMax) {
      this.#changesStart += this.#changes.length;
      this.#changes = [];
    }
    return copied;
  }

  /** Matching pods by domain: what changed since the last question is taken in now. */
  count(query: DomainQuery): DomainCounts {
    let kept = this.#kept.get(query.key);
    const end = this.#changesStart + this.#changes.length;
    if (kept === undefined || kept.position < this.#changesStart) {
      kept = { counts: new DomainCounts(query), position: end };
      for (const node of this.#nodes) kept.counts.take(node.name, node);
    }
    for (let at = kept.position; at < end; at += 1) {
      const name = this.#changes[at - this.#changesStart] ?? '';
      kept.counts.take(name, this.#byName.get(name));
    }
    kept.position = end;
    this.#kept.delete(query.key);
    this.#kept.set(query.key, kept);
    if (this.#kept.size > countsMax) {
      const [oldest = ''] = this.#kept.keys();
      this.#kept.delete(oldest);
    }
    return kept.counts;
  }

  #countImages(before: NodeInfo | undefined, after: NodeInfo | undefined): void {
    if (before?.images === after?.images) return;
    for (const name of before?.images.keys() ?? []) {
      const nodes = this.imageNodes(name) - 1;
      if (nodes > 0) this.#imageNodes.set(name, nodes);
      else this.#imageNodes.delete(name);
    }
    for (const name of after?.images.keys() ?? []) this.#imageNodes.set(name, this.imageNodes(name) + 1);
  }

  /** One node of each zone in turn. */
  #order(): void {
    const zones = new Map<string, NodeInfo[]>();
    for (const node of this.#byName.values()) {
      const zone = zoneOf(node.node);
      const list = zones.get(zone);
      if (list === undefined) zones.set(zone, [node]);
      else list.push(node);
    }
    const lists = [...zones.values()];
    const longest = Math.max(0, ...lists.map((list) => list.length));
    this.#nodes = [];
    this.#position.clear();
    for (let at = 0; at < longest; at += 1) {
      for (const list of lists) {
        const node = list[at];
        if (node === undefined) continue;
        this.#position.set(node.name, this.#nodes.length);
        this.#nodes.push(node);
      }
    }
  }
}

/** Region and zone; nodes without are one zone. */
function zoneOf(node: Node | undefined): string {
  const labels = node?.metadata.labels;
  return `${labels?.['topology.kubernetes.io/region'] ?? ''}/${labels?.['topology.kubernetes.io/zone'] ?? ''}`;
}
