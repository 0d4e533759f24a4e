import {
  isObject,
  type KindInfo,
  type KubeObject,
  namespaceKind,
  type Pod,
  podKind,
  statusErrors,
  type Toleration,
} from '@kubelab/api';
import type { Authorizer } from '../auth/authorize.js';
import { checkEscalation } from '../auth/escalation.js';
import type { RequestScope } from '../registry/context.js';
import type { Storage } from '../storage/storage.js';
import { restrictNode } from './node-restriction.js';

/** Namespaces that are always there. */
export const systemNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
const undeletable = new Set(['default', 'kube-system', 'kube-public']);
const systemPriorities: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

export interface AdmissionOptions {
  readonly authorizer: Authorizer;
  /** How long a pod stays bound to a node that is not ready or not reachable. Kubernetes: 300. */
  readonly defaultTolerationSeconds: number;
}

/**
 * The admission plugins that this version has, in Kubernetes' order: NamespaceLifecycle, ServiceAccount,
 * NodeRestriction, TaintNodesByCondition, Priority, DefaultTolerationSeconds.
 */
export class Admission {
  readonly #storage: Storage;
  readonly #options: AdmissionOptions;

  constructor(storage: Storage, options: AdmissionOptions) {
    this.#storage = storage;
    this.#options = options;
  }

  async create(scope: RequestScope, kind: KindInfo, object: KubeObject): Promise<void> {
    await this.#namespaceLifecycle(kind, object);
    restrictNode(scope, this.#options.authorizer.graph, { operation: 'CREATE', kind, object });
    checkEscalation(this.#options.authorizer, scope.user, kind, object, undefined);
    if (kind === podKind) this.#pod(object as Pod);
    if (kind.kind === 'Node') taintNewNode(object);
  }

  async update(scope: RequestScope, kind: KindInfo, object: KubeObject, old: KubeObject): Promise<void> {
    restrictNode(scope, this.#options.authorizer.graph, { operation: 'UPDATE', kind, object, old });
    checkEscalation(this.#options.authorizer, scope.user, kind, object, old);
    if (kind === podKind) this.#tolerations(object as Pod);
  }

  async delete(scope: RequestScope, kind: KindInfo, object: KubeObject): Promise<void> {
    restrictNode(scope, this.#options.authorizer.graph, { operation: 'DELETE', kind, object });
    if (kind !== namespaceKind || !undeletable.has(object.metadata.name)) return;
    throw statusErrors.forbidden(kind, object.metadata.name, 'this namespace may not be deleted');
  }

  async #namespaceLifecycle(kind: KindInfo, object: KubeObject): Promise<void> {
    const { namespace = '', name } = object.metadata;
    if (!kind.namespaced) return;
    const cached = this.#storage.cache(namespaceKind).get(`/registry/core/namespaces/${namespace}`)?.object;
    // A namespace that this instance has not heard of yet may exist: the other one may just have made it.
    const found = cached ?? (await this.#storage.get(namespaceKind, '', namespace));
    if (found === undefined) throw statusErrors.notFound(namespaceKind, namespace);
    if (found.metadata.deletionTimestamp === undefined) return;
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    throw statusErrors.forbidden(kind, name, why, [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ]);
  }

  #pod(pod: Pod): void {
    const { spec } = pod;
    if (spec === undefined) return;
    if ((spec.serviceAccountName ?? '') === '') spec.serviceAccountName = 'default';
    spec.serviceAccount = spec.serviceAccountName ?? 'default';
    priority(pod);
    this.#tolerations(pod);
  }

  /** On updates too: an applied list of tolerations replaces the one that has these in it. */
  #tolerations({ spec }: Pod): void {
    if (spec === undefined) return;
    const tolerations = spec.tolerations ?? [];
    for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
      if (tolerations.some((one) => toleratesEviction(one, key))) continue;
      tolerations.push({
        key,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: this.#options.defaultTolerationSeconds,
      });
    }
    spec.tolerations = tolerations;
  }
}

function toleratesEviction(toleration: Toleration, key: string): boolean {
  const keyFits = toleration.key === key || (toleration.key ?? '') === '';
  return keyFits && (toleration.effect === 'NoExecute' || (toleration.effect ?? '') === '');
}

function priority(pod: Pod): void {
  const { spec } = pod;
  if (spec === undefined) return;
  const name = spec.priorityClassName ?? '';
  const value = name === '' ? 0 : systemPriorities[name];
  if (value === undefined)
    throw statusErrors.forbidden(podKind, pod.metadata.name, `no PriorityClass with name ${name} was found`);
  spec.priority = value;
  spec.preemptionPolicy ??= 'PreemptLowerPriority';
}

/** A node is not ready before its kubelet has said so: nothing is to be scheduled to it. */
function taintNewNode(object: KubeObject): void {
  const spec = isObject(object.spec) ? object.spec : {};
  const taints = Array.isArray(spec.taints) ? spec.taints : [];
  const key = 'node.kubernetes.io/not-ready';
  if (!taints.some((taint) => isObject(taint) && taint.key === key))
    taints.push({ key, effect: 'NoSchedule' });
  object.spec = { ...spec, taints };
}
