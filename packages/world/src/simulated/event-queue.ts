/**
 * A binary heap of events by time, then by the order in which they were made: the same run twice takes the
 * same way.
 */
export interface SimEvent {
  readonly atMs: number;
  readonly sequence: number;
  /** Undefined once cancelled. */
  run: (() => void) | undefined;
}

export class EventQueue {
  readonly #heap: SimEvent[] = [];
  #sequence = 0;

  get size(): number {
    return this.#heap.length;
  }

  push(atMs: number, run: () => void): SimEvent {
    this.#sequence += 1;
    const event: SimEvent = { atMs, sequence: this.#sequence, run };
    this.#heap.push(event);
    this.#up(this.#heap.length - 1);
    return event;
  }

  peek(): SimEvent | undefined {
    return this.#heap[0];
  }

  pop(): SimEvent | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (first !== undefined && last !== undefined && last !== first) {
      this.#heap[0] = last;
      this.#down(0);
    }
    return first;
  }

  #before(a: number, b: number): boolean {
    const left = this.#heap[a];
    const right = this.#heap[b];
    if (left === undefined || right === undefined) return false;
    return left.atMs < right.atMs || (left.atMs === right.atMs && left.sequence < right.sequence);
  }

  #swap(a: number, b: number): void {
    const left = this.#heap[a];
    const right = this.#heap[b];
    if (left === undefined || right === undefined) return;
    this.#heap[a] = right;
    this.#heap[b] = left;
  }

  #up(start: number): void {
    for (let at = start; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #down(start: number): void {
    for (let at = start; ; ) {
      const left = 2 * at + 1;
      const right = left + 1;
      let least = at;
      if (left < this.#heap.length && this.#before(left, least)) least = left;
      if (right < this.#heap.length && this.#before(right, least)) least = right;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }
}
