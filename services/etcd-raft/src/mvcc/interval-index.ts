import type { KeyName } from './version.js';

export interface Interval {
  readonly low: KeyName;
  /** Undefined: no end. */
  readonly high: KeyName | undefined;
}

/** Above every name, whose characters go up to 0xff. */
const noEnd = '\u0100';

/**
 * Which intervals hold a name, in O(log n + found): an augmented tree laid out in a sorted list (the root of a stretch is its
 * middle; `maxHigh` there is the largest end within the stretch; see Cormen et al., Interval trees). Changes only mark
 * it: it is put in order at the next lookup, so that thousands of changes in a turn cost one sort.
 */
export class IntervalIndex<T extends Interval> {
  readonly #all = new Set<T>();
  #sorted: T[] = [];
  #maxHigh: string[] = [];
  #isSorted = true;

  add(interval: T): void {
    this.#all.add(interval);
    this.#isSorted = false;
  }

  delete(interval: T): void {
    if (this.#all.delete(interval)) this.#isSorted = false;
  }

  get size(): number {
    return this.#all.size;
  }

  visit(name: KeyName, visitor: (interval: T) => void): void {
    if (this.#all.size === 0) return;
    if (!this.#isSorted) this.#sort();
    this.#visit(name, 0, this.#sorted.length, visitor);
  }

  #sort(): void {
    this.#sorted = [...this.#all].sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
    this.#maxHigh = new Array<string>(this.#sorted.length).fill('');
    this.#measure(0, this.#sorted.length);
    this.#isSorted = true;
  }

  #measure(from: number, to: number): string {
    if (from >= to) return '';
    const middle = (from + to) >> 1;
    const interval = this.#sorted[middle];
    let max = interval === undefined ? '' : (interval.high ?? noEnd);
    for (const high of [this.#measure(from, middle), this.#measure(middle + 1, to)])
      if (high > max) max = high;
    this.#maxHigh[middle] = max;
    return max;
  }

  #visit(name: KeyName, from: number, to: number, visitor: (interval: T) => void): void {
    if (from >= to) return;
    const middle = (from + to) >> 1;
    const interval = this.#sorted[middle];
    if (interval === undefined || (this.#maxHigh[middle] ?? '') <= name) return;
    this.#visit(name, from, middle, visitor);
    if (interval.low > name) return;
    if ((interval.high ?? noEnd) > name) visitor(interval);
    this.#visit(name, middle + 1, to, visitor);
  }
}
