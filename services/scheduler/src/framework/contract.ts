import type {
  CSINode,
  KubeObject,
  Namespace,
  PersistentVolume,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  ReplicaSet,
  ReplicationController,
  Service,
  StatefulSet,
  StorageClass,
} from '@kubelab/api';
import type { Snapshot } from '../cache/snapshot.js';
import type { ClusterEvent, EventKind } from '../queue/cluster-event.js';
import type { NodeInfo } from './node-info.js';
import type { PodInfo } from './pod-info.js';
import type { Refused, Status } from './status.js';

/**
 * The scheduling framework (https://kubernetes.io/docs/concepts/scheduling-eviction/scheduling-framework/).
 * preEnqueue and queueSort decide what waits and in which order; preFilter to permit are one scheduling cycle,
 * which is synchronous: nothing changes under a plugin; preBind, bind and postBind run beside the next cycles.
 * What a plugin works out once in a cycle is the object that its preFilter or preScore returns.
 */
export interface Plugin {
  readonly name: string;
  /** Before a pod is queued; a status keeps it out until one of `hints` lets it in. */
  preEnqueue?(pod: PodInfo): Status | undefined;
  /** queueSort: negative when `a` is to be scheduled first. One plugin of a profile has it. */
  compare?(a: QueuedPod, b: QueuedPod): number;
  /** Undefined: nothing to say of this pod, its filter is left out. */
  preFilter?(pod: PodInfo, snapshot: Snapshot): PreFilterResult | undefined;
  /** After no node was found. The first plugin that nominates a node ends the round. */
  postFilter?(failed: FailedCycle): PostFilterResult;
  /** Undefined: every node is equal, its score is left out. */
  preScore?(pod: PodInfo, nodes: readonly NodeInfo[], snapshot: Snapshot): NodeScorer | undefined;
  /** The pod is assumed on the node. A status undoes it all: unreserve of every plugin, in reverse. */
  reserve?(pod: PodInfo, node: NodeInfo): Status | undefined;
  unreserve?(pod: PodInfo, nodeName: string): void;
  /** A status refuses; `wait` holds the binding back until the promise settles or the time is over. */
  permit?(pod: PodInfo, nodeName: string): Status | PermitWait | undefined;
  preBind?(pod: PodInfo, nodeName: string): Promise<Status | undefined>;
  /** `skip`: another plugin's pod. */
  bind?(pod: PodInfo, nodeName: string): Promise<Status | 'bound' | 'skip'>;
  postBind?(pod: PodInfo, nodeName: string): void;
  /** Which changes of the cluster may help a pod that this plugin refused (KEP-4247). */
  readonly hints?: readonly QueueingHint[];
}

export type PreFilterResult =
  /** The pod fits no node, whatever they are like. */
  | { readonly refused: Status }
  | {
      readonly filter?: NodeFilter;
      /** The only nodes worth a look. */
      readonly nodes?: ReadonlySet<string>;
    };

export interface NodeFilter {
  /** Undefined: the pod fits. Called for many nodes: allocates nothing, gives statuses made before. */
  filter(node: NodeInfo): Status | undefined;
  /** What if this pod were on the node (nominated pods, victims put back)? `node` has it already. */
  addPod?(added: PodInfo, node: NodeInfo): void;
  /** What if it were not? addPod of the same undoes it exactly. */
  removePod?(removed: PodInfo, node: NodeInfo): void;
}

export interface NodeScorer {
  /** Any number; normalize() brings it to 0..100. Without normalize it is in 0..100. */
  score(node: NodeInfo): number;
  /** In place; scores are in the order of preScore's nodes. */
  normalize?(scores: number[]): void;
}

export interface PermitWait {
  /** Resolves to undefined when the pod may be bound. */
  readonly wait: Promise<Status | undefined>;
  readonly timeoutMs: number;
}

export interface FailedCycle {
  readonly pod: PodInfo;
  readonly snapshot: Snapshot;
  /** Where the status is `unschedulable`, removing pods from the node may help. */
  readonly refusals: readonly Refused[];
  /** Runs every filter of the cycle, nominated pods counted in. */
  filter(node: NodeInfo): Status | undefined;
  addPod(added: PodInfo, node: NodeInfo): void;
  removePod(removed: PodInfo, node: NodeInfo): void;
}

export interface PostFilterResult {
  /** A name: nominated; '': an earlier nomination is void; undefined: as it was. */
  readonly nominatedNode: string | undefined;
  /** Goes behind the filters' message. */
  readonly message: string;
}

export interface QueueingHint {
  readonly on: readonly EventKind[];
  /** Whether the event may make the pod schedulable. Absent: it may. */
  helps?(pod: PodInfo, event: ClusterEvent): boolean;
}

export interface QueuedPod {
  readonly info: PodInfo;
  /** When it came to the queue first, monotonic. */
  readonly addedMs: number;
  readonly attempts: number;
}

/** Read-only copies of what else is in the cluster. Objects are shared: never to be changed. */
export interface Listers {
  readonly namespaces: Lister<Namespace>;
  readonly services: Lister<Service>;
  readonly replicaSets: Lister<ReplicaSet>;
  readonly replicationControllers: Lister<ReplicationController>;
  readonly statefulSets: Lister<StatefulSet>;
  readonly disruptionBudgets: Lister<PodDisruptionBudget>;
  readonly claims: Lister<PersistentVolumeClaim>;
  readonly volumes: Lister<PersistentVolume>;
  readonly storageClasses: Lister<StorageClass>;
  readonly csiNodes: Lister<CSINode>;
}

export interface Lister<T extends KubeObject> {
  get(key: string): T | undefined;
  list(): readonly T[];
  inNamespace(namespace: string | undefined): readonly T[];
}

/** What plugins may do to the cluster. Every call rejects with ApiError. */
export interface SchedulerActions {
  bind(pod: PodInfo, nodeName: string): Promise<void>;
  /** Marks as DisruptionTarget, deletes with the pod's own grace, tells with an Event. */
  preempt(victim: PodInfo, preemptor: PodInfo, nodeName: string): Promise<void>;
  clearNomination(pod: PodInfo): Promise<void>;
  /** Sets volume.kubernetes.io/selected-node: the provisioner may begin. */
  selectNode(claim: PersistentVolumeClaim, nodeName: string): Promise<void>;
  /** Sets the volume's claimRef: the binder finishes. */
  bindVolume(volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<void>;
}

export interface Nominations {
  /** Pods nominated to the node. */
  on(nodeName: string): readonly PodInfo[];
  /** Of a pod's key. */
  nodeOf(key: string): string | undefined;
  readonly size: number;
}

/** What a plugin is made with. */
export interface Handle {
  readonly listers: Listers;
  readonly nominations: Nominations;
  readonly actions: SchedulerActions;
  readonly random: { int(maxExclusive: number): number };
  readonly sleep: (delayMs: number) => Promise<void>;
  /** The pod may be tried again now: what it waited for has failed. */
  activate(pod: PodInfo): void;
  now(): number;
}
