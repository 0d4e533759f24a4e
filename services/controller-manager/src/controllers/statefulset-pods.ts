import {
  type KubeObject,
  type OwnerReference,
  type PersistentVolumeClaim,
  type Pod,
  type PodTemplateSpec,
  podKind,
  type StatefulSet,
} from '@kubelab/api';
import { type CallContext, isNotFound } from '@kubelab/client';
import { unlessGone } from '../common/claim.js';
import { podFromTemplate } from '../common/pod-control.js';
import { revisionHashLabel } from '../common/revisions.js';
import type { ControllerContext } from '../controller.js';
import { persistentVolumeClaimKind, statefulSetKind } from '../kinds.js';

const podNameLabel = 'statefulset.kubernetes.io/pod-name';
const podIndexLabel = 'apps.kubernetes.io/pod-index';

/** A pod with the identity of its ordinal: name, hostname, labels, claims. */
export function podOfOrdinal(
  set: StatefulSet,
  ordinal: number,
  revision: { readonly name: string; readonly template: PodTemplateSpec | undefined },
): Pod {
  const name = `${set.metadata.name}-${ordinal}`;
  const pod = podFromTemplate(set, statefulSetKind, revision.template, name);
  const claims = (set.spec?.volumeClaimTemplates ?? []).map((template) => ({
    name: template.metadata.name,
    persistentVolumeClaim: { claimName: claimName(set, template, ordinal), readOnly: false },
  }));
  const others = (pod.spec?.volumes ?? []).filter(
    (volume) => !claims.some((claim) => claim.name === volume.name),
  );
  const subdomain = set.spec?.serviceName ?? '';
  const labels = {
    ...pod.metadata.labels,
    [podNameLabel]: name,
    [podIndexLabel]: String(ordinal),
    [revisionHashLabel]: revision.name,
  };
  if (pod.spec === undefined) return { ...pod, metadata: { ...pod.metadata, labels } };
  return {
    ...pod,
    metadata: { ...pod.metadata, labels },
    spec: {
      ...pod.spec,
      hostname: name,
      ...(subdomain === '' ? {} : { subdomain }),
      ...(claims.length + others.length === 0 ? {} : { volumes: [...claims, ...others] }),
    },
  };
}

function claimName(set: StatefulSet, template: PersistentVolumeClaim, ordinal: number): string {
  return `${template.metadata.name}-${set.metadata.name}-${ordinal}`;
}

/**
 * Makes the claims that a pod needs and are not there. Gives false while one of them is on its way out: a pod that
 * took it would lose its volume.
 */
export async function ensureClaims(
  context: ControllerContext,
  set: StatefulSet,
  ordinal: number,
  call: CallContext,
): Promise<boolean> {
  const { namespace } = set.metadata;
  const podName = `${set.metadata.name}-${ordinal}`;
  const claims = context.informer<PersistentVolumeClaim>(persistentVolumeClaimKind);
  for (const template of set.spec?.volumeClaimTemplates ?? []) {
    const name = claimName(set, template, ordinal);
    const known = claims.get(`${namespace}/${name}`);
    if (known?.metadata.deletionTimestamp !== undefined) return false;
    if (known !== undefined) continue;
    const { status: _status, ...rest } = template;
    const owners = retentionOwners(set, undefined, false);
    const claim: PersistentVolumeClaim = {
      ...rest,
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        ...template.metadata,
        name,
        ...(namespace === undefined ? {} : { namespace }),
        labels: { ...template.metadata.labels, ...set.spec?.selector.matchLabels },
        ...(owners.length === 0 ? {} : { ownerReferences: owners }),
      },
    };
    await context.client.for<PersistentVolumeClaim>(persistentVolumeClaimKind).create(claim, call);
    const message = `create Claim ${name} Pod ${podName} in StatefulSet ${set.metadata.name} success`;
    context.events.record(set, { type: 'Normal', reason: 'SuccessfulCreate', message, trace: call.trace });
  }
  return true;
}

/**
 * Who a claim goes with (KEP-1847): with the set when it is deleted, with its pod when that is condemned by
 * scaling down, each only when the policy says Delete.
 */
export function retentionOwners(
  set: StatefulSet,
  pod: Pod | undefined,
  condemned: boolean,
): OwnerReference[] {
  const { whenDeleted, whenScaled } = set.spec?.persistentVolumeClaimRetentionPolicy ?? {};
  const reference = (owner: KubeObject, apiVersion: string, kind: string): OwnerReference => ({
    apiVersion,
    kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
  });
  if (condemned && whenScaled === 'Delete' && pod !== undefined) return [reference(pod, 'v1', podKind.kind)];
  return whenDeleted === 'Delete' ? [reference(set, 'apps/v1', statefulSetKind.kind)] : [];
}

/** Brings the owners of a pod's claims to what the policy says now. */
export async function syncClaimOwners(
  context: ControllerContext,
  set: StatefulSet,
  { pod, ordinal }: { readonly pod: Pod; readonly ordinal: number },
  condemned: boolean,
  call: CallContext,
): Promise<void> {
  const { namespace, uid: setUid } = set.metadata;
  const wanted = retentionOwners(set, pod, condemned);
  for (const template of set.spec?.volumeClaimTemplates ?? []) {
    const name = claimName(set, template, ordinal);
    const claim = context
      .informer<PersistentVolumeClaim>(persistentVolumeClaimKind)
      .get(`${namespace}/${name}`);
    if (claim === undefined) continue;
    const known = claim.metadata.ownerReferences ?? [];
    const mine = known.filter(
      (one) => one.uid === setUid || (one.kind === 'Pod' && one.name === pod.metadata.name),
    );
    const others = known.filter((one) => !mine.includes(one));
    const same =
      mine.length === wanted.length && mine.every((one) => wanted.some(({ uid }) => uid === one.uid));
    if (same) continue;
    const { uid, resourceVersion } = claim.metadata;
    const patch = { metadata: { uid, resourceVersion, ownerReferences: [...others, ...wanted] } };
    const client = context.client.for<PersistentVolumeClaim>(persistentVolumeClaimKind);
    await unlessGone(client.patch({ namespace, name }, 'merge', patch, call));
  }
}

/** Creates a pod as StatefulSets word it. Failures are thrown: the next pod must not come before this one. */
export async function createStatefulPod(
  context: ControllerContext,
  set: StatefulSet,
  pod: Pod,
  call: CallContext,
): Promise<void> {
  const what = `create Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`;
  const { trace } = call;
  try {
    await context.client.for<Pod>(podKind).create(pod, call);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `${what} failed error: ${why}`;
    context.events.record(set, { type: 'Warning', reason: 'FailedCreate', message, trace });
    throw error;
  }
  context.events.record(set, {
    type: 'Normal',
    reason: 'SuccessfulCreate',
    message: `${what} successful`,
    trace,
  });
}

export async function deleteStatefulPod(
  context: ControllerContext,
  set: StatefulSet,
  pod: Pod,
  call: CallContext,
): Promise<void> {
  const { namespace, name, uid } = pod.metadata;
  const what = `delete Pod ${name} in StatefulSet ${set.metadata.name}`;
  const { trace } = call;
  try {
    await context.client.for<Pod>(podKind).delete({ namespace, name }, { preconditions: { uid } }, call);
  } catch (error) {
    if (isNotFound(error)) return;
    const why = error instanceof Error ? error.message : String(error);
    const message = `${what} failed error: ${why}`;
    context.events.record(set, { type: 'Warning', reason: 'FailedDelete', message, trace });
    throw error;
  }
  context.events.record(set, {
    type: 'Normal',
    reason: 'SuccessfulDelete',
    message: `${what} successful`,
    trace,
  });
}
