import {
  type CSINode,
  type KindInfo,
  type KubeObject,
  kinds,
  type Namespace,
  type Node,
  namespaceKind,
  nodeKind,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  type PodDisruptionBudget,
  podKind,
  type ReplicaSet,
  type ReplicationController,
  replicaSetKind,
  type Service,
  type StatefulSet,
  type StorageClass,
  serviceKind,
} from '@kubelab/api';
import { type Client, Informer } from '@kubelab/client';
import type { Logger } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import type { Listers } from './framework/contract.js';

function kindOf(name: string): KindInfo {
  const found = kinds.find(({ kind }) => kind === name);
  if (found === undefined) throw new Error(`kind ${name} is not served`);
  return found;
}

export const claimKind = kindOf('PersistentVolumeClaim');
export const volumeKind = kindOf('PersistentVolume');

/** Everything the scheduler watches. */
export class Informers implements Listers {
  readonly pods: Informer<Pod>;
  readonly nodes: Informer<Node>;
  readonly namespaces: Informer<Namespace>;
  readonly services: Informer<Service>;
  readonly replicaSets: Informer<ReplicaSet>;
  readonly replicationControllers: Informer<ReplicationController>;
  readonly statefulSets: Informer<StatefulSet>;
  readonly disruptionBudgets: Informer<PodDisruptionBudget>;
  readonly claims: Informer<PersistentVolumeClaim>;
  readonly volumes: Informer<PersistentVolume>;
  readonly storageClasses: Informer<StorageClass>;
  readonly csiNodes: Informer<CSINode>;

  constructor(client: Client, options: { readonly world: World; readonly log: Logger }) {
    const of = <T extends KubeObject>(kind: KindInfo) => new Informer<T>(client, kind, options);
    this.pods = of<Pod>(podKind);
    this.nodes = of<Node>(nodeKind);
    this.namespaces = of<Namespace>(namespaceKind);
    this.services = of<Service>(serviceKind);
    this.replicaSets = of<ReplicaSet>(replicaSetKind);
    this.replicationControllers = of<ReplicationController>(kindOf('ReplicationController'));
    this.statefulSets = of<StatefulSet>(kindOf('StatefulSet'));
    this.disruptionBudgets = of<PodDisruptionBudget>(kindOf('PodDisruptionBudget'));
    this.claims = of<PersistentVolumeClaim>(claimKind);
    this.volumes = of<PersistentVolume>(volumeKind);
    this.storageClasses = of<StorageClass>(kindOf('StorageClass'));
    this.csiNodes = of<CSINode>(kindOf('CSINode'));
  }

  get #all() {
    return [
      this.nodes,
      this.namespaces,
      this.services,
      this.replicaSets,
      this.replicationControllers,
      this.statefulSets,
      this.disruptionBudgets,
      this.claims,
      this.volumes,
      this.storageClasses,
      this.csiNodes,
      this.pods,
    ];
  }

  get synced(): boolean {
    return this.#all.every(({ synced }) => synced);
  }

  async whenSynced(): Promise<void> {
    await Promise.all(this.#all.map((informer) => informer.whenSynced()));
  }

  start(): void {
    for (const informer of this.#all) informer.start();
  }

  stop(): void {
    for (const informer of this.#all) informer.stop();
  }
}
