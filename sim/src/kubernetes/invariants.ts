import {
  type Deployment,
  type KubeObject,
  matchesSelector,
  type Pod,
  type PodDisruptionBudget,
  type ReplicaSet,
  type Service,
  type StatefulSet,
} from '@kubelab/api';
import { Violation } from '../invariants.js';
import type { Change, History } from './history.js';
import { isOver, isReady, type Machine } from './hollow-kubelet.js';

/**
 * What a controller goes by may be as old as the longest fault and its aftermath: bounds are those of this time. (A controller
 * manager that was paused acts on what it knew before, in Kubernetes too: writes are not fenced by the Lease.)
 */
const staleMs = 60_000;

/** The largest value of the last while. */
class Recent {
  readonly #values: { readonly untilMs: number; readonly value: number }[] = [];
  #current = 0;

  set(value: number, nowMs: number): void {
    this.#values.push({ untilMs: nowMs + staleMs, value: this.#current });
    this.#current = value;
  }

  max(nowMs: number): number {
    while ((this.#values[0]?.untilMs ?? Number.POSITIVE_INFINITY) < nowMs) this.#values.shift();
    return Math.max(this.#current, ...this.#values.map(({ value }) => value));
  }
}

export interface InvariantParts {
  readonly history: History;
  readonly nowMs: () => number;
  readonly fail: (violation: Violation) => void;
}

/** What must hold at each revision, whatever happens to the components. */
export class ClusterInvariants {
  readonly #parts: InvariantParts;
  /** Pods that a Deployment, a ReplicaSet may have, by uid. */
  readonly #allowed = new Map<string, Recent>();
  /** When a pod of that name was last ready. */
  readonly #lastReadyMs = new Map<string, number>();
  /** ReplicaSets with more pods than they want. */
  readonly #surplus = new Map<string, { readonly name: string; readonly sinceMs: number }>();
  #involuntaryMs = Number.NEGATIVE_INFINITY;

  constructor(parts: InvariantParts) {
    this.#parts = parts;
    parts.history.onChange((change) => this.#look(change));
  }

  #fail(property: string, { revision }: Change, message: string): void {
    this.#parts.fail(new Violation(property, `at revision ${revision}: ${message}`));
  }

  #look(change: Change): void {
    this.#surplusEnds(change);
    const object = change.object ?? change.old;
    if (is<Deployment>(object, 'Deployment')) this.#allow(object, desired(object) + surge(object));
    else if (is<ReplicaSet>(object, 'ReplicaSet')) this.#replicaSet(change, object);
    else if (is<Service>(change.object, 'Service')) this.#service(change, change.object);
    else if (is<Pod>(object, 'Pod')) {
      if (change.object === object && change.old === undefined) this.#created(change, object);
      this.#changed(change, object);
    }
  }

  #allow(object: KubeObject, count: number): void {
    const uid = object.metadata.uid ?? '';
    const recent = this.#allowed.get(uid) ?? new Recent();
    recent.set(count, this.#parts.nowMs());
    this.#allowed.set(uid, recent);
  }

  #max(uid: string): number {
    return this.#allowed.get(uid)?.max(this.#parts.nowMs()) ?? 0;
  }

  /** Sets of one Deployment never ask for more pods than it and its surge. */
  #replicaSet(change: Change, set: ReplicaSet): void {
    const size = change.object === undefined ? 0 : (set.spec?.replicas ?? 0);
    this.#allow(set, size);
    const before = is<ReplicaSet>(change.old, 'ReplicaSet') ? (change.old.spec?.replicas ?? 0) : 0;
    const owner = ownerOf(set);
    if (size <= before || owner === undefined) return;
    const sets = this.#parts.history.list<ReplicaSet>('ReplicaSet').filter((one) => ownerOf(one) === owner);
    const asked = sets.reduce((sum, one) => sum + (one.spec?.replicas ?? 0), 0);
    const max = this.#max(owner);
    if (asked > max)
      this.#fail(
        'surge',
        change,
        `the sets of ${set.metadata.ownerReferences?.[0]?.name} ask for ${asked} pods; ${max} are allowed`,
      );
  }

  #created(change: Change, pod: Pod): void {
    const [owner] = (pod.metadata.ownerReferences ?? []).filter(({ controller }) => controller === true);
    if (owner?.kind === 'ReplicaSet' && this.#podsOf(owner.uid) > this.#max(owner.uid))
      this.#surplus.set(owner.uid, { name: owner.name, sinceMs: this.#parts.nowMs() });
    if (owner?.kind === 'StatefulSet') this.#ordinal(change, pod, owner.uid);
  }

  #podsOf(owner: string): number {
    return this.#parts.history.list<Pod>('Pod').filter((pod) => ownerOf(pod) === owner && isActive(pod))
      .length;
  }

  /** What a leader asked for before it was cut off may arrive after its successor made the same: that is taken back. */
  #surplusEnds(change: Change): void {
    for (const [uid, { name, sinceMs }] of this.#surplus) {
      const [pods, max] = [this.#podsOf(uid), this.#max(uid)];
      if (pods <= max) this.#surplus.delete(uid);
      else if (this.#parts.nowMs() - sinceMs > staleMs)
        this.#fail('surge', change, `ReplicaSet ${name} keeps ${pods} pods; ${max} are wanted at most`);
    }
  }

  /** https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#deployment-and-scaling-guarantees */
  #ordinal(change: Change, pod: Pod, owner: string): void {
    const set = this.#parts.history
      .list<StatefulSet>('StatefulSet')
      .find(({ metadata }) => metadata.uid === owner);
    if (set?.spec?.podManagementPolicy === 'Parallel') return;
    const { name, namespace } = pod.metadata;
    const [, base = '', ordinal = '0'] = /^(.*)-(\d+)$/.exec(name) ?? [];
    for (let lower = 0; lower < Number(ordinal); lower += 1) {
      const key = `${namespace}/${base}-${lower}`;
      if (this.#parts.nowMs() - (this.#lastReadyMs.get(key) ?? Number.NEGATIVE_INFINITY) > staleMs)
        this.#fail('order', change, `${name} is made before ${base}-${lower} is ready`);
    }
  }

  #changed(change: Change, pod: Pod): void {
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    const was = is<Pod>(change.old, 'Pod') ? change.old : undefined;
    if (isReady(pod)) this.#lastReadyMs.set(key, Number.POSITIVE_INFINITY);
    if (was !== undefined && isReady(was) && (change.object === undefined || !isReady(pod)))
      this.#lastReadyMs.set(key, this.#parts.nowMs());
    const goes = isHealthy(was) && !isHealthy(change.object === undefined ? undefined : pod);
    if (goes) this.#disrupted(change, pod);
  }

  /** A budget holds when somebody evicts; what machines do is not asked for. */
  #disrupted(change: Change, pod: Pod): void {
    const { history, nowMs } = this.#parts;
    const budget = history
      .list<PodDisruptionBudget>('PodDisruptionBudget')
      .find(({ spec }) => matchesSelector(spec?.selector, pod.metadata.labels));
    const minAvailable = budget?.spec?.minAvailable;
    if (budget === undefined || typeof minAvailable !== 'number') return;
    const evicted =
      pod.metadata.deletionTimestamp !== undefined &&
      Object.hasOwn(budget.status?.disruptedPods ?? {}, pod.metadata.name);
    if (!evicted) {
      this.#involuntaryMs = nowMs();
      return;
    }
    if (nowMs() - this.#involuntaryMs < staleMs) return;
    const healthy = history
      .list<Pod>('Pod')
      .filter((one) => matchesSelector(budget.spec?.selector, one.metadata.labels) && isHealthy(one)).length;
    if (healthy < minAvailable)
      this.#fail(
        'budget',
        change,
        `${pod.metadata.name} was evicted: ${healthy} healthy pods are left, of at least ${minAvailable}`,
      );
  }

  #service(change: Change, service: Service): void {
    for (const other of this.#parts.history.list<Service>('Service')) {
      if (other.metadata.uid === service.metadata.uid) continue;
      const ip = service.spec?.clusterIP ?? '';
      if (ip !== '' && ip !== 'None' && other.spec?.clusterIP === ip)
        this.#fail(
          'addresses',
          change,
          `${service.metadata.name} and ${other.metadata.name} both have ${ip}`,
        );
      for (const port of portsOf(service))
        if (portsOf(other).includes(port))
          this.#fail(
            'addresses',
            change,
            `${service.metadata.name} and ${other.metadata.name} both have NodePort ${port}`,
          );
    }
  }
}

/** At no time do two containers of one name run: pods of StatefulSets have one identity each. */
export function checkIdentities(machines: ReadonlyMap<string, Machine>): Violation | undefined {
  const holders = new Map<string, string>();
  for (const { name, containers } of machines.values())
    for (const { key } of containers.values()) {
      const other = holders.get(key);
      if (other !== undefined) return new Violation('identity', `${key} runs on ${other} and on ${name}`);
      holders.set(key, name);
    }
  return undefined;
}

export function is<T extends KubeObject>(object: KubeObject | undefined, kind: string): object is T {
  return object?.kind === kind;
}

export function isActive(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && !isOver(pod);
}

function isHealthy(pod: Pod | undefined): boolean {
  return pod !== undefined && isActive(pod) && isReady(pod);
}

/** The uid of whoever manages it. */
export function ownerOf(object: KubeObject): string | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;
}

function desired(deployment: Deployment): number {
  return deployment.spec?.replicas ?? 1;
}

function surge(deployment: Deployment): number {
  const value = deployment.spec?.strategy?.rollingUpdate?.maxSurge ?? '25%';
  return typeof value === 'number'
    ? value
    : Math.ceil((Number.parseInt(value, 10) * desired(deployment)) / 100);
}

function portsOf(service: Service): number[] {
  return (service.spec?.ports ?? []).flatMap(({ nodePort }) => nodePort ?? []);
}
