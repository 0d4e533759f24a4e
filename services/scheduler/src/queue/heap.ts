/** A binary heap whose items can be found and taken out by key. Equal items leave in the order they came. */
export class Heap<T> {
  readonly #items: { readonly key: string; readonly item: T; readonly sequence: number }[] = [];
  readonly #positions = new Map<string, number>();
  readonly #compare: (a: T, b: T) => number;
  #sequence = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  get(key: string): T | undefined {
    return this.#items[this.#positions.get(key) ?? -1]?.item;
  }

  peek(): T | undefined {
    return this.#items[0]?.item;
  }

  /** Puts in, or replaces what has the key; a replaced one keeps its place among equals. */
  put(key: string, item: T): void {
    const at = this.#positions.get(key);
    const known = at === undefined ? undefined : this.#items[at];
    if (at !== undefined && known !== undefined) {
      this.#items[at] = { ...known, item };
      this.#down(this.#up(at));
      return;
    }
    this.#sequence += 1;
    this.#items.push({ key, item, sequence: this.#sequence });
    this.#positions.set(key, this.#items.length - 1);
    this.#up(this.#items.length - 1);
  }

  take(): T | undefined {
    const first = this.#items[0];
    return first === undefined ? undefined : this.remove(first.key);
  }

  remove(key: string): T | undefined {
    const at = this.#positions.get(key);
    const last = this.#items.pop();
    if (at === undefined || last === undefined) {
      if (last !== undefined) this.#items.push(last);
      return undefined;
    }
    this.#positions.delete(key);
    if (last.key === key) return last.item;
    const removed = this.#items[at];
    this.#items[at] = last;
    this.#positions.set(last.key, at);
    this.#down(this.#up(at));
    return removed?.item;
  }

  values(): T[] {
    return this.#items.map(({ item }) => item);
  }

  #before(a: number, b: number): boolean {
    const left = this.#items[a];
    const right = this.#items[b];
    if (left === undefined || right === undefined) return false;
    const order = this.#compare(left.item, right.item);
    return order < 0 || (order === 0 && left.sequence < right.sequence);
  }

  #swap(a: number, b: number): void {
    const left = this.#items[a];
    const right = this.#items[b];
    if (left === undefined || right === undefined) return;
    this.#items[a] = right;
    this.#items[b] = left;
    this.#positions.set(right.key, a);
    this.#positions.set(left.key, b);
  }

  #up(from: number): number {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
    return at;
  }

  #down(from: number): void {
    let at = from;
    for (;;) {
      const left = 2 * at + 1;
      let least = this.#before(left, at) ? left : at;
      if (this.#before(left + 1, least)) least = left + 1;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }
}
