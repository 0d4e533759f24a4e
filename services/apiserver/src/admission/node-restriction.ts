import {
  type ApiError,
  deepEqual,
  type KindInfo,
  type KubeObject,
  type Node,
  nodeKind,
  type PersistentVolumeClaim,
  type Pod,
  podKind,
  statusErrors,
} from '@kubelab/api';
import type { Authorizer } from '../auth/authorize.js';
import { nodeNameOf } from '../auth/node-authorizer.js';
import { type NodeGraph, namedBy } from '../auth/node-graph.js';
import type { RequestScope, UserInfo } from '../registry/context.js';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

/** A write of a node, with everything that its authorizer could not see. */
export interface NodeWrite {
  readonly operation: Operation;
  readonly kind: KindInfo;
  readonly object: KubeObject;
  /** Of an update. */
  readonly old?: KubeObject | undefined;
  /** What an update is of; undefined where the caller cannot tell. */
  readonly subresource?: string | undefined;
}

const mirrorAnnotation = 'kubernetes.io/config.mirror';
const restrictedLabels = 'node-restriction.kubernetes.io';
/** Labels of Kubernetes' own domains that a kubelet may set on its node; others place workloads. */
const kubeletLabels: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'kubernetes.io/os',
  'kubernetes.io/arch',
]);
const kubeletLabelDomains = ['kubelet.kubernetes.io', 'node.kubernetes.io'];

/**
 * The admission plugin NodeRestriction: a kubelet writes its own Node, Lease and CSINode, the status of its own pods, and nothing
 * that would draw others' workloads or secrets to it
 * (https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction).
 */
export function restrictNode(scope: RequestScope, graph: NodeGraph, write: NodeWrite): void {
  const node = nodeNameOf(scope.user);
  if (node === undefined) return;
  const { kind, object, operation } = write;
  const refuse = (why: string) => statusErrors.forbidden(kind, object.metadata.name, why);
  if (node === '') throw refuse(`could not determine node from user "${scope.user.name}"`);
  switch (`${kind.group}/${kind.kind}`) {
    case '/Pod':
      restrictPod(node, graph, write, refuse);
      return;
    case '/Node':
      restrictOwnNode(node, write, refuse);
      return;
    case '/PersistentVolumeClaim':
      restrictClaim(node, write, refuse);
      return;
    case 'coordination.k8s.io/Lease':
      if (object.metadata.namespace !== 'kube-node-lease')
        throw refuse('can only access leases in the "kube-node-lease" system namespace');
      if (object.metadata.name !== node)
        throw refuse('can only access node lease with the same name as the requesting node');
      return;
    case 'storage.k8s.io/CSINode':
      if (object.metadata.name !== node)
        throw refuse('can only access CSINode with the same name as the requesting node');
      return;
    case 'resource.k8s.io/ResourceSlice': {
      const slice = operation === 'CREATE' ? object : (write.old ?? object);
      if (nodeOf(slice) !== node)
        throw refuse(
          operation === 'CREATE'
            ? 'can only create ResourceSlice with the same NodeName as the requesting node'
            : 'can only access ResourceSlice with the same NodeName as the requesting node',
        );
      return;
    }
    default:
  }
}

type Refuse = (why: string) => ApiError;

function nodeOf(slice: KubeObject): unknown {
  return typeof slice.spec === 'object' && slice.spec !== null ? Reflect.get(slice.spec, 'nodeName') : '';
}

function restrictPod(node: string, graph: NodeGraph, write: NodeWrite, refuse: Refuse): void {
  const pod = write.object as Pod;
  if (write.operation === 'CREATE') {
    restrictMirrorPod(node, graph, pod, refuse);
    return;
  }
  if (write.operation === 'DELETE') {
    if (pod.spec?.nodeName !== node)
      throw refuse(`node "${node}" can only delete pods with spec.nodeName set to itself`);
    return;
  }
  const old = (write.old ?? write.object) as Pod;
  if (write.subresource !== undefined && write.subresource !== 'status')
    throw refuse(
      `unexpected pod subresource "${write.subresource}", only 'status' and 'eviction' are allowed`,
    );
  if (old.spec?.nodeName !== node)
    throw refuse(`node "${node}" can only update pod status for pods with spec.nodeName set to itself`);
  if (!deepEqual(old.metadata.labels ?? {}, pod.metadata.labels ?? {}))
    throw refuse(`node "${node}" cannot update labels through pod status`);
  if (!deepEqual(old.status?.resourceClaimStatuses ?? [], pod.status?.resourceClaimStatuses ?? []))
    throw refuse(`node "${node}" cannot update resource claim statues`);
}

/** What a kubelet runs from its own files shows as a pod that leads to nothing. */
function restrictMirrorPod(node: string, graph: NodeGraph, pod: Pod, refuse: Refuse): void {
  if (pod.metadata.annotations?.[mirrorAnnotation] === undefined)
    throw refuse(
      `pod does not have "${mirrorAnnotation}" annotation, node "${node}" can only create mirror pods`,
    );
  if (pod.spec?.nodeName !== node)
    throw refuse(`node "${node}" can only create pods with spec.nodeName set to itself`);
  const owners = pod.metadata.ownerReferences ?? [];
  const [owner] = owners;
  if (owners.length > 1)
    throw refuse(`node "${node}" can only create pods with a single owner reference set to itself`);
  if (owner === undefined || owner.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node)
    throw refuse(`node "${node}" can only create pods with an owner reference set to itself`);
  if (owner.controller !== true)
    throw refuse(`node "${node}" can only create pods with a controller owner reference set to itself`);
  if (owner.blockOwnerDeletion === true)
    throw refuse(`node "${node}" must not set blockOwnerDeletion on an owner reference`);
  const uid = graph.node(node)?.metadata.uid;
  if (uid === undefined) throw statusErrors.notFound(nodeKind, node);
  if (owner.uid !== uid) throw refuse(`node ${node} UID mismatch: expected ${owner.uid} got ${uid}`);
  const named = namedBy(pod).map((one) => one.split('/')[0]);
  const texts = [
    ['serviceaccounts', 'a service account'],
    ['secrets', 'secrets'],
    ['configmaps', 'configmaps'],
    ['persistentvolumeclaims', 'persistentvolumeclaims'],
  ] as const;
  for (const [vertex, what] of texts)
    if (named.includes(vertex)) throw refuse(`node "${node}" can not create pods that reference ${what}`);
}

function restrictOwnNode(node: string, write: NodeWrite, refuse: Refuse): void {
  const next = write.object as Node;
  const { name, labels } = next.metadata;
  if (name !== node) throw refuse(`node "${node}" is not allowed to modify node "${name}"`);
  const old = write.operation === 'UPDATE' ? (write.old as Node | undefined) : undefined;
  if (write.operation === 'CREATE') {
    if (next.spec?.configSource !== undefined)
      throw refuse(`node "${node}" is not allowed to create pods with a non-nil configSource`);
    const forbidden = forbiddenLabels(labels, undefined);
    if (forbidden.length > 0)
      throw refuse(`node "${node}" is not allowed to set the following labels: ${forbidden.join(', ')}`);
  }
  if (old === undefined) return;
  const source = next.spec?.configSource;
  if (source !== undefined && !deepEqual(source, old.spec?.configSource))
    throw refuse(`node "${node}" is not allowed to update configSource to a new non-nil configSource`);
  if (!deepEqual(next.spec?.taints ?? [], old.spec?.taints ?? []))
    throw refuse(`node "${node}" is not allowed to modify taints`);
  const forbidden = forbiddenLabels(labels, old.metadata.labels);
  if (forbidden.length > 0) throw refuse(`is not allowed to modify labels: ${forbidden.join(', ')}`);
  const owners = (one: Node) => one.metadata.ownerReferences ?? [];
  if (!deepEqual(owners(next), owners(old)))
    throw refuse(`node "${node}" is not allowed to modify ownerReferences`);
}

type Labels = Readonly<Record<string, string>> | undefined;

function forbiddenLabels(next: Labels, old: Labels): string[] {
  const keys = [...new Set([...Object.keys(next ?? {}), ...Object.keys(old ?? {})])];
  return keys.filter((key) => next?.[key] !== old?.[key] && isForbiddenLabel(key)).sort();
}

function isForbiddenLabel(key: string): boolean {
  const domain = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  const within = (one: string) => domain === one || domain.endsWith(`.${one}`);
  if (within(restrictedLabels)) return true;
  if (!within('kubernetes.io') && !within('k8s.io')) return false;
  return !kubeletLabels.has(key) && !kubeletLabelDomains.some(within);
}

function restrictClaim(node: string, write: NodeWrite, refuse: Refuse): void {
  if (write.operation !== 'UPDATE') throw refuse('may only update PVC status');
  const comparable = (one: KubeObject) => {
    const { metadata, status, ...rest } = one as PersistentVolumeClaim;
    const { managedFields: _managed, resourceVersion: _version, ...identity } = metadata;
    const {
      capacity: _c,
      conditions: _d,
      allocatedResources: _e,
      allocatedResourceStatuses: _f,
      ...kept
    } = status ?? {};
    return { ...rest, metadata: identity, status: kept };
  };
  if (!deepEqual(comparable(write.object), comparable(write.old ?? write.object)))
    throw refuse(
      `node "${node}" is not allowed to update fields other than status.capacity and status.conditions`,
    );
}

/**
 * serviceaccounts/token of a kubelet: bound to a pod that runs there, by uid, and for an audience that a volume of the pod is for;
 * or one for which the node has the verb request-serviceaccounts-token-audience (KEP-4412).
 */
export function assertTokenForOwnPod(
  authorizer: Authorizer,
  user: UserInfo,
  asked: {
    readonly kind: KindInfo;
    readonly namespace: string;
    readonly name: string;
    readonly audiences: readonly string[];
    readonly bound: { apiVersion: string; kind: string; name: string; uid: string } | undefined;
  },
): void {
  const node = nodeNameOf(user);
  if (node === undefined) return;
  const { graph } = authorizer;
  const { bound, kind, name, namespace, audiences } = asked;
  const refuse = (why: string) => statusErrors.forbidden(kind, name, why);
  if (bound === undefined || bound.apiVersion !== 'v1' || bound.kind !== 'Pod' || bound.name === '')
    throw refuse('node requested token not bound to a pod');
  if (bound.uid === '') throw refuse('node requested token with a pod binding without a uid');
  const pod = graph.pod(namespace, bound.name);
  if (pod === undefined) throw statusErrors.notFound(podKind, bound.name);
  const { uid } = pod.metadata;
  const differs = `the UID in the bound object reference (${bound.uid}) does not match the UID in record`;
  if (bound.uid !== uid) throw refuse(`${differs}. The object might have been deleted and then recreated`);
  if (pod.spec?.nodeName !== node)
    throw refuse('node requested token bound to a pod scheduled on a different node');
  if (audiences.length > 1) throw refuse('node may only request 0 or 1 audiences');
  const [audience = ''] = audiences;
  if (graph.asksForAudience(pod, audience)) return;
  const verb = 'request-serviceaccounts-token-audience';
  if (authorizer.allows(user, { verb, group: '', resource: audience, subresource: '', namespace, name }))
    return;
  const who = `${user.name} is not authorized to request tokens for this audience`;
  throw refuse(`audience ${JSON.stringify(audience)} not found in pod spec volume, ${who}`);
}
