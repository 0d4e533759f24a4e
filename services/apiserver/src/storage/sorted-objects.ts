import type { StoredObject } from './stored-object.js';

/**
 * Objects in the order of their keys, kept so while they change: one change costs a search and a move of pointers, not a
 * sort of everything at the next list.
 */
export class SortedObjects {
  readonly #byKey = new Map<string, StoredObject>();
  readonly #sorted: StoredObject[] = [];

  get size(): number {
    return this.#sorted.length;
  }

  get(key: string): StoredObject | undefined {
    return this.#byKey.get(key);
  }

  values(): Iterable<StoredObject> {
    return this.#sorted;
  }

  set(stored: StoredObject): void {
    const { key } = stored;
    const at = this.#position(key);
    const replaces = this.#byKey.has(key);
    this.#byKey.set(key, stored);
    if (at === this.#sorted.length) this.#sorted.push(stored);
    else this.#sorted.splice(at, replaces ? 1 : 0, stored);
  }

  delete(key: string): boolean {
    if (!this.#byKey.delete(key)) return false;
    this.#sorted.splice(this.#position(key), 1);
    return true;
  }

  clear(): void {
    this.#byKey.clear();
    this.#sorted.length = 0;
  }

  /** A copy of those whose keys begin with `prefix` and come after `after`: it stays as it is while this goes on. */
  slice(prefix: string, after = ''): StoredObject[] {
    const from = after === '' ? this.#position(prefix) : this.#position(`${after}\0`);
    return this.#sorted.slice(from, this.#position(`${prefix}\uffff`));
  }

  /** Index of the first key that is not less. */
  #position(key: string): number {
    let low = 0;
    let high = this.#sorted.length;
    // Most arrive in order: at the end.
    const last = this.#sorted[high - 1];
    if (last === undefined || last.key < key) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = this.#sorted[middle];
      if (found !== undefined && found.key < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
