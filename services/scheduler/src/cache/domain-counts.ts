import type { NodeInfo } from '../framework/node-info.js';

/** Which pods are counted on which nodes, by the value of which label. Equal keys ask the same. */
export interface DomainQuery {
  readonly key: string;
  readonly topologyKey: string;
  /** Whether the node counts at all. */
  includes(node: NodeInfo): boolean;
  /** Matching pods on the node. */
  count(node: NodeInfo): number;
}

interface Domain {
  pods: number;
  nodes: number;
}

/**
 * Matching pods by domain (value of a topology key), kept up to date by the nodes that changed: the answer to
 * a question that the next pod of the same template asks again. A node's old share is remembered, so that it
 * can be taken back whatever changed.
 */
export class DomainCounts {
  readonly #query: DomainQuery;
  readonly #shares = new Map<string, { readonly value: string; readonly pods: number }>();
  readonly #domains = new Map<string, Domain>();
  #pods = 0;
  #minima: { readonly value: string; readonly lowest: number; readonly next: number } | undefined;

  constructor(query: DomainQuery) {
    this.#query = query;
  }

  /** A node that changed, or that is gone. */
  take(name: string, node: NodeInfo | undefined): void {
    const before = this.#shares.get(name);
    const value = node?.labels?.[this.#query.topologyKey];
    const counted = node !== undefined && value !== undefined && this.#query.includes(node);
    const pods = counted ? this.#query.count(node) : 0;
    if (counted && before?.value === value && before.pods === pods) return;
    this.#minima = undefined;
    if (before !== undefined) {
      this.#add(before.value, -before.pods, -1);
      this.#shares.delete(name);
    }
    if (!counted) return;
    this.#add(value, pods, 1);
    this.#shares.set(name, { value, pods });
  }

  /** Matching pods in the domain. */
  in(value: string): number {
    return this.#domains.get(value)?.pods ?? 0;
  }

  has(value: string): boolean {
    return this.#domains.has(value);
  }

  get domains(): number {
    return this.#domains.size;
  }

  get pods(): number {
    return this.#pods;
  }

  values(): IterableIterator<[string, { readonly pods: number }]> {
    return this.#domains.entries();
  }

  /** The fewest pods of any domain, would `value` have `pods`; 0 when there is no domain. */
  lowest(value?: string, pods?: number): number {
    this.#minima ??= this.#findMinima();
    const { value: at, lowest, next } = this.#minima;
    if (value === undefined || pods === undefined || !this.#domains.has(value)) return lowest;
    return Math.min(pods, value === at ? next : lowest);
  }

  #findMinima() {
    let value = '';
    let lowest = Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    for (const [domain, { pods }] of this.#domains) {
      if (pods < lowest) {
        next = lowest;
        lowest = pods;
        value = domain;
      } else if (pods < next) next = pods;
    }
    return { value, lowest: lowest === Number.POSITIVE_INFINITY ? 0 : lowest, next };
  }

  #add(value: string, pods: number, nodes: number): void {
    const domain = this.#domains.get(value);
    this.#pods += pods;
    if (domain === undefined) this.#domains.set(value, { pods, nodes });
    else {
      domain.pods += pods;
      domain.nodes += nodes;
      if (domain.nodes === 0) this.#domains.delete(value);
    }
  }
}
