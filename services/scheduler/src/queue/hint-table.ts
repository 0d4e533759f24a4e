import type { Plugin, QueueingHint } from '../framework/contract.js';
import type { PodInfo } from '../framework/pod-info.js';
import type { Profile } from '../framework/profile.js';
import type { ClusterEvent, EventKind } from './cluster-event.js';

/** Which events may help pods that a plugin of one profile refused (KEP-4247). */
export class HintTable {
  readonly #hints = new Map<string, Map<EventKind, QueueingHint[]>>();
  /** Without a word on events, every event may help. */
  readonly #silent = new Set<string>();

  constructor({ plugins }: Profile) {
    const all = new Set<Plugin>(Object.values(plugins).flat());
    for (const { name, hints } of all) {
      if (hints === undefined) {
        this.#silent.add(name);
        continue;
      }
      const byKind = new Map<EventKind, QueueingHint[]>();
      for (const hint of hints)
        for (const kind of hint.on) byKind.set(kind, [...(byKind.get(kind) ?? []), hint]);
      this.#hints.set(name, byKind);
    }
  }

  /** Whether the plugin wants to hear of such events at all: asked once for many pods. */
  listens(plugin: string, kind: EventKind): boolean {
    return this.#silent.has(plugin) || this.#hints.get(plugin)?.has(kind) === true;
  }

  helps(plugin: string, info: PodInfo, event: ClusterEvent): boolean {
    if (this.#silent.has(plugin)) return true;
    const hints = this.#hints.get(plugin)?.get(event.kind) ?? [];
    return hints.some((hint) => hint.helps?.(info, event) ?? true);
  }
}
