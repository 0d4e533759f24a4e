import type { Nominations } from '../framework/contract.js';
import type { PodInfo } from '../framework/pod-info.js';

const nobody: readonly PodInfo[] = [];

/** Pods that are to come to nodes which others are leaving for them (status.nominatedNodeName). */
export class Nominator implements Nominations {
  readonly #byPod = new Map<string, { readonly info: PodInfo; readonly nodeName: string }>();
  readonly #byNode = new Map<string, Map<string, PodInfo>>();

  get size(): number {
    return this.#byPod.size;
  }

  on(nodeName: string): readonly PodInfo[] {
    const pods = this.#byNode.get(nodeName);
    return pods === undefined ? nobody : [...pods.values()];
  }

  nodeOf(key: string): string | undefined {
    return this.#byPod.get(key)?.nodeName;
  }

  /** '' takes the nomination back. */
  set(info: PodInfo, nodeName: string): void {
    this.remove(info.key);
    if (nodeName === '') return;
    this.#byPod.set(info.key, { info, nodeName });
    const pods = this.#byNode.get(nodeName) ?? new Map<string, PodInfo>();
    this.#byNode.set(nodeName, pods.set(info.key, info));
  }

  remove(key: string): void {
    const known = this.#byPod.get(key);
    if (known === undefined) return;
    this.#byPod.delete(key);
    const pods = this.#byNode.get(known.nodeName);
    pods?.delete(key);
    if (pods?.size === 0) this.#byNode.delete(known.nodeName);
  }
}
