interface Item<T> {
  readonly id: T;
  readonly atMs: number;
}

/**
 * What is due when, earliest first: a binary heap in which a renewed item leaves its old place behind, to be passed over
 * when it comes to the top. Rebuilt when more than half of it is such, so that it stays within twice of what it holds.
 */
export class ExpiryQueue<T> {
  readonly #current = new Map<T, Item<T>>();
  readonly #taken = new Map<T, Item<T>>();
  #heap: Item<T>[] = [];

  set(id: T, atMs: number): void {
    this.#taken.delete(id);
    this.#insert({ id, atMs });
  }

  remove(id: T): void {
    this.#current.delete(id);
    this.#taken.delete(id);
  }

  clear(): void {
    this.#current.clear();
    this.#taken.clear();
    this.#heap = [];
  }

  /** When it is due; also of one that was taken. */
  at(id: T): number | undefined {
    return (this.#taken.get(id) ?? this.#current.get(id))?.atMs;
  }

  isTaken(id: T): boolean {
    return this.#taken.has(id);
  }

  /** At most `max` of what is due. What is neither removed nor set anew comes again after `againMs`. */
  take(nowMs: number, max: number, againMs: number): readonly T[] {
    const due: Item<T>[] = [];
    for (;;) {
      const top = this.#heap[0];
      if (top === undefined || top.atMs > nowMs || due.length >= max) break;
      this.#pop();
      if (this.#current.get(top.id) === top) due.push(top);
    }
    for (const item of due) {
      if (!this.#taken.has(item.id)) this.#taken.set(item.id, item);
      this.#insert({ id: item.id, atMs: nowMs + againMs });
    }
    return due.map(({ id }) => id);
  }

  #insert(item: Item<T>): void {
    this.#current.set(item.id, item);
    this.#heap.push(item);
    this.#up(this.#heap.length - 1);
    if (this.#heap.length > 2 * this.#current.size + 16) this.#rebuild();
  }

  /** A sorted list is a heap. */
  #rebuild(): void {
    this.#heap = [...this.#current.values()].sort((a, b) => a.atMs - b.atMs);
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#down(0);
  }

  #up(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfEarlier(at, parent)) return;
      at = parent;
    }
  }

  #down(from: number): void {
    let at = from;
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const child = this.#earlier(right, left) ? right : left;
      if (!this.#swapIfEarlier(child, at)) return;
      at = child;
    }
  }

  #earlier(a: number, b: number): boolean {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    return first !== undefined && second !== undefined && first.atMs < second.atMs;
  }

  #swapIfEarlier(a: number, b: number): boolean {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (first === undefined || second === undefined || first.atMs >= second.atMs) return false;
    this.#heap[a] = second;
    this.#heap[b] = first;
    return true;
  }
}
