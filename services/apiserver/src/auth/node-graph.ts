import {
  type CSIDriver,
  findKind,
  type KubeObject,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  podKind,
  type VolumeAttachment,
} from '@kubelab/api';
import { objectKey, textOf } from '../storage/keys.js';
import type { Storage } from '../storage/storage.js';
import type { StoredObject } from '../storage/stored-object.js';

/** Kinds of objects that a node sees only by way of something that is bound to it. */
export type Vertex =
  | 'secrets'
  | 'configmaps'
  | 'persistentvolumeclaims'
  | 'persistentvolumes'
  | 'resourceclaims'
  | 'serviceaccounts'
  | 'pods'
  | 'volumeattachments';

const mirrorAnnotation = 'kubernetes.io/config.mirror';

/**
 * What a node has to do with: its pods, what these name, the volumes of their claims and the secrets of those
 * (https://kubernetes.io/docs/reference/access-authn-authz/node/). Mirror pods lead nowhere: a kubelet makes them itself.
 *
 * Nothing is kept but what a pod names, once for each version of it; a question walks over the pods of the node. Kubernetes keeps
 * the edges instead, which pays from several thousand pods on.
 */
export class NodeGraph {
  readonly #storage: Storage;
  readonly #named = new WeakMap<StoredObject, ReadonlySet<string>>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Whether something bound to the node leads to the object. */
  leads(node: string, to: { vertex: Vertex; namespace: string; name: string }): boolean {
    const { vertex, namespace, name } = to;
    if (vertex === 'pods') return this.pod(namespace, name)?.spec?.nodeName === node;
    if (vertex === 'volumeattachments') return this.#attachment(name)?.spec.nodeName === node;
    const wanted = `${vertex}/${namespace}/${name}`;
    for (const stored of this.#storage.cache(podKind).values()) {
      const pod = stored.object as Pod;
      if (pod.spec?.nodeName !== node) continue;
      // What is cluster-wide, or a volume's secret, may be named from any namespace.
      const named = this.#namedBy(stored, pod);
      if (named.has(wanted)) return true;
      if (vertex === 'persistentvolumes' || vertex === 'secrets')
        for (const claim of named)
          if (claim.startsWith('persistentvolumeclaims/') && this.#volumeLeads(claim, to)) return true;
    }
    return false;
  }

  pod(namespace: string, name: string): Pod | undefined {
    const key = textOf(objectKey(podKind, namespace, name));
    return this.#storage.cache(podKind).get(key)?.object as Pod | undefined;
  }

  node(name: string): KubeObject | undefined {
    return this.#lookUp('', 'Node', '', name);
  }

  /** Whether a volume of the pod is for a token with that audience; '' is this API's. */
  asksForAudience({ metadata, spec }: Pod, audience: string): boolean {
    for (const { name, projected, csi, persistentVolumeClaim, ephemeral } of spec?.volumes ?? []) {
      const tokens = (projected?.sources ?? []).flatMap((source) => source.serviceAccountToken ?? []);
      if (tokens.some((token) => (token.audience ?? '') === audience)) return true;
      const claimed = ephemeral === undefined ? persistentVolumeClaim?.claimName : `${metadata.name}-${name}`;
      const volume = claimed === undefined ? undefined : this.#volumeOf(metadata.namespace ?? '', claimed);
      const driver = csi?.driver ?? volume?.spec?.csi?.driver;
      const found =
        driver === undefined ? undefined : this.#lookUp('storage.k8s.io', 'CSIDriver', '', driver);
      const requests = (found as CSIDriver | undefined)?.spec.tokenRequests ?? [];
      if (requests.some((request) => request.audience === audience)) return true;
    }
    return false;
  }

  #namedBy(stored: StoredObject, pod: Pod): ReadonlySet<string> {
    const known = this.#named.get(stored);
    if (known !== undefined) return known;
    const isMirror = pod.metadata.annotations?.[mirrorAnnotation] !== undefined;
    const named = new Set(isMirror ? [] : namedBy(pod));
    this.#named.set(stored, named);
    return named;
  }

  /** From a claim (`persistentvolumeclaims/ns/name`) to its volume, and to the secrets that mount it. */
  #volumeLeads(claim: string, to: { vertex: Vertex; namespace: string; name: string }): boolean {
    const [, namespace = '', name = ''] = claim.split('/');
    const volume = this.#volumeOf(namespace, name);
    if (volume === undefined) return false;
    if (to.vertex === 'persistentvolumes') return to.name === volume.metadata.name;
    return volumeSecrets(volume, namespace).includes(`${to.namespace}/${to.name}`);
  }

  /** The volume of a claim, when both say so. */
  #volumeOf(namespace: string, name: string): PersistentVolume | undefined {
    const claim = this.#lookUp('', 'PersistentVolumeClaim', namespace, name) as
      | PersistentVolumeClaim
      | undefined;
    const volumeName = claim?.spec?.volumeName ?? '';
    if (volumeName === '') return undefined;
    const volume = this.#lookUp('', 'PersistentVolume', '', volumeName) as PersistentVolume | undefined;
    const claimed = volume?.spec?.claimRef;
    return claimed?.namespace === namespace && claimed.name === name ? volume : undefined;
  }

  #attachment(name: string): VolumeAttachment | undefined {
    return this.#lookUp('storage.k8s.io', 'VolumeAttachment', '', name) as VolumeAttachment | undefined;
  }

  #lookUp(group: string, kindName: string, namespace: string, name: string): KubeObject | undefined {
    const kind = findKind({ group, version: 'v1', kind: kindName });
    if (kind === undefined) return undefined;
    return this.#storage.cache(kind).get(textOf(objectKey(kind, namespace, name)))?.object;
  }
}

/** `secrets/default/s`, `configmaps/default/c`, ...: everything that a pod refers to by name. */
export function namedBy({ metadata, spec }: Pod): string[] {
  if (spec === undefined) return [];
  const found: string[] = [];
  const add = (vertex: Vertex, name: string | undefined) => {
    if (name !== undefined && name !== '') found.push(`${vertex}/${metadata.namespace ?? ''}/${name}`);
  };
  add('serviceaccounts', spec.serviceAccountName);
  for (const secret of spec.imagePullSecrets ?? []) add('secrets', secret.name);
  for (const container of [
    ...(spec.initContainers ?? []),
    ...spec.containers,
    ...(spec.ephemeralContainers ?? []),
  ]) {
    for (const { valueFrom } of container.env ?? []) {
      add('secrets', valueFrom?.secretKeyRef?.name);
      add('configmaps', valueFrom?.configMapKeyRef?.name);
    }
    for (const source of container.envFrom ?? []) {
      add('secrets', source.secretRef?.name);
      add('configmaps', source.configMapRef?.name);
    }
  }
  for (const volume of spec.volumes ?? []) {
    add('configmaps', volume.configMap?.name);
    add('persistentvolumeclaims', volume.persistentVolumeClaim?.claimName);
    // The ephemeral-volume controller names its claim after both.
    if (volume.ephemeral !== undefined) add('persistentvolumeclaims', `${metadata.name}-${volume.name}`);
    for (const source of volume.projected?.sources ?? []) {
      add('secrets', source.secret?.name);
      add('configmaps', source.configMap?.name);
    }
    add('secrets', volume.secret?.secretName);
    const { azureFile, cephfs, cinder, csi, flexVolume, iscsi, rbd, scaleIO, storageos } = volume;
    add('secrets', azureFile?.secretName);
    add('secrets', csi?.nodePublishSecretRef?.name);
    for (const source of [cephfs, cinder, flexVolume, iscsi, rbd, scaleIO, storageos])
      add('secrets', source?.secretRef?.name);
  }
  for (const claim of spec.resourceClaims ?? []) add('resourceclaims', claim.resourceClaimName);
  return found;
}

/** `namespace/name` of the secrets that a volume's own source names. */
function volumeSecrets({ spec }: PersistentVolume, claimNamespace: string): string[] {
  const { csi, azureFile, cephfs, cinder, flexVolume, iscsi, rbd, scaleIO } = spec ?? {};
  const references = [
    csi?.controllerExpandSecretRef,
    csi?.controllerPublishSecretRef,
    csi?.nodeExpandSecretRef,
    csi?.nodePublishSecretRef,
    csi?.nodeStageSecretRef,
    cephfs?.secretRef,
    cinder?.secretRef,
    flexVolume?.secretRef,
    iscsi?.secretRef,
    rbd?.secretRef,
    scaleIO?.secretRef,
    azureFile === undefined
      ? undefined
      : { name: azureFile.secretName, namespace: azureFile.secretNamespace ?? claimNamespace },
  ];
  return references.flatMap((one) =>
    one?.name === undefined ? [] : [`${one.namespace ?? claimNamespace}/${one.name}`],
  );
}
