import type { Node } from '@kubelab/api';
import { NodeInfo } from '../framework/node-info.js';
import type { PodInfo } from '../framework/pod-info.js';

/** A decision that the apiserver has not shown counts as taken for so long after its binding went through. */
const assumedMs = 30_000;

interface CachedPod {
  readonly info: PodInfo;
  readonly nodeName: string;
  /** Decided here and not yet seen bound. */
  readonly assumed: boolean;
  /** Undefined while the binding is under way. */
  readonly deadlineMs?: number;
}

/**
 * Nodes with the pods on them, as informers tell and as this scheduler has decided since. A pod is
 * - assumed (assume), then bound (finishBinding), then seen (putPod), or forgotten (forget, expire);
 * - or seen at once, when somebody else bound it.
 * What is seen wins over what was assumed. `takeChanged` gives the nodes that differ from the last call.
 */
export class SchedulerCache {
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #pods = new Map<string, CachedPod>();
  /** Also of nodes that are not there: their pods count once the node comes. */
  readonly #podsByNode = new Map<string, Set<string>>();
  readonly #changed = new Set<string>();
  #generation = 0;

  get nodes(): number {
    return this.#nodes.size;
  }

  get pods(): number {
    return this.#pods.size;
  }

  node(name: string): NodeInfo | undefined {
    return this.#nodes.get(name);
  }

  putNode(node: Node): void {
    const { name } = node.metadata;
    const known = this.#nodes.get(name);
    if (known !== undefined) known.setNode(node);
    else {
      const info = new NodeInfo(node);
      this.#nodes.set(name, info);
      for (const key of this.#podsByNode.get(name) ?? []) {
        const pod = this.#pods.get(key);
        if (pod !== undefined) info.addPod(pod.info);
      }
    }
    this.#touch(name);
  }

  removeNode(name: string): void {
    this.#nodes.delete(name);
    this.#changed.add(name);
  }

  /** A pod that is bound, new or changed. */
  putPod(info: PodInfo, nodeName: string): void {
    const known = this.#pods.get(info.key);
    if (known !== undefined) this.#take(known);
    this.#put({ info, nodeName, assumed: false });
  }

  removePod(key: string): void {
    const known = this.#pods.get(key);
    if (known !== undefined) this.#take(known);
  }

  /** False when the pod is there already. */
  assume(info: PodInfo, nodeName: string): boolean {
    if (this.#pods.has(info.key)) return false;
    this.#put({ info, nodeName, assumed: true });
    return true;
  }

  isAssumed(key: string): boolean {
    return this.#pods.get(key)?.assumed === true;
  }

  nodeOf(key: string): string | undefined {
    return this.#pods.get(key)?.nodeName;
  }

  /** The apiserver took the binding: the watch is to show it in time. */
  finishBinding(key: string, nowMs: number): void {
    const known = this.#pods.get(key);
    if (known?.assumed === true) this.#pods.set(key, { ...known, deadlineMs: nowMs + assumedMs });
  }

  /** The binding failed: as if it had not been decided. */
  forget(key: string): void {
    const known = this.#pods.get(key);
    if (known?.assumed === true) this.#take(known);
  }

  /** Gives the pods that were assumed and never seen. */
  expire(nowMs: number): PodInfo[] {
    const expired = [...this.#pods.values()].filter(
      ({ assumed, deadlineMs }) => assumed && deadlineMs !== undefined && deadlineMs <= nowMs,
    );
    for (const one of expired) this.#take(one);
    return expired.map(({ info }) => info);
  }

  /** Nodes that changed since the last call; undefined for one that is gone. */
  takeChanged(): [string, NodeInfo | undefined][] {
    const changed = [...this.#changed].map((name): [string, NodeInfo | undefined] => [
      name,
      this.#nodes.get(name),
    ]);
    this.#changed.clear();
    return changed;
  }

  clear(): void {
    for (const pod of [...this.#pods.values()]) if (pod.assumed) this.#take(pod);
  }

  #put(pod: CachedPod): void {
    this.#pods.set(pod.info.key, pod);
    const keys = this.#podsByNode.get(pod.nodeName) ?? new Set();
    this.#podsByNode.set(pod.nodeName, keys.add(pod.info.key));
    this.#nodes.get(pod.nodeName)?.addPod(pod.info);
    this.#touch(pod.nodeName);
  }

  #take(pod: CachedPod): void {
    this.#pods.delete(pod.info.key);
    const keys = this.#podsByNode.get(pod.nodeName);
    keys?.delete(pod.info.key);
    if (keys?.size === 0) this.#podsByNode.delete(pod.nodeName);
    this.#nodes.get(pod.nodeName)?.removePod(pod.info.key);
    this.#touch(pod.nodeName);
  }

  #touch(name: string): void {
    const node = this.#nodes.get(name);
    if (node === undefined) return;
    this.#generation += 1;
    node.generation = this.#generation;
    this.#changed.add(name);
  }
}
