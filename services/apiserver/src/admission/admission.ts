import type { Companions, Storage } from '../storage/storage.js';
import { noCompanions } from '../storage/storage.js';
import type { AdmissionOptions, AdmissionPlugin, Attributes } from './contract.js';
import { admissionPlugins } from './plugins/index.js';

/** Runs the plugins of plugins/index.ts, in that order. */
export class Admission {
  readonly #plugins: readonly AdmissionPlugin[];
  readonly #turns = new Turns();

  /** `observed`: what measures a plugin. */
  constructor(
    storage: Storage,
    options: AdmissionOptions,
    observed: (plugin: AdmissionPlugin) => AdmissionPlugin,
  ) {
    this.#plugins = admissionPlugins({ ...options, storage }).map(observed);
  }

  async admit(attributes: Attributes): Promise<void> {
    for (const plugin of this.#plugins) await plugin.admit?.(attributes);
  }

  async validate(attributes: Attributes): Promise<void> {
    for (const plugin of this.#plugins) await plugin.validate?.(attributes);
  }

  /** Reserves, then writes: `write` gets what belongs into its transaction. Writes of one turn follow one another. */
  async reserved<T>(attributes: Attributes, write: (companions: Companions) => Promise<T>): Promise<T> {
    for (const plugin of this.#plugins) {
      const key = await plugin.turn?.(attributes);
      if (key !== undefined) return this.#turns.take(key, async () => write(await this.#reserve(attributes)));
    }
    return write(await this.#reserve(attributes));
  }

  async #reserve(attributes: Attributes): Promise<Companions> {
    let all = noCompanions;
    for (const plugin of this.#plugins) {
      const more = await plugin.reserve?.(attributes);
      if (more !== undefined) all = together(all, more);
    }
    return all;
  }
}

export function together(first: Companions, second: Companions): Companions {
  return {
    compare: [...first.compare, ...second.compare],
    operations: [...first.operations, ...second.operations],
  };
}

/** One after the other, by key. Bounded by the requests that the server has under way. */
class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    }
  }
}
