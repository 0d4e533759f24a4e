import {
  deepEqual,
  type Node,
  nodeKind,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
  timestamp,
} from '@kubelab/api';
import { type CallContext, keyOf, type WorkQueue } from '@kubelab/client';
import { unlessGone } from '../common/claim.js';
import type { Controller, ControllerContext } from '../controller.js';
import { persistentVolumeClaimKind, persistentVolumeKind, storageClassKind } from '../kinds.js';
import { classOf, findVolume, isDefaultClass, isFor, selectedNodeAnnotation } from './volume-match.js';
import { localProvisioner, provision, removeData } from './volume-provisioner.js';

const bindCompleted = 'pv.kubernetes.io/bind-completed';
const boundByController = 'pv.kubernetes.io/bound-by-controller';
const provisionerAnnotation = 'volume.kubernetes.io/storage-provisioner';
/** Claims that wait are looked at again so often (Kubernetes: 15 s). */
const resyncMs = 15_000;

type Claim = PersistentVolumeClaim;
type PersistentVolumePhase = 'Available' | 'Bound' | 'Released' | 'Failed';

/**
 * Brings claims and volumes together. A binding is written at the volume first (spec.claimRef), then at the claim
 * (spec.volumeName): what was interrupted in between is gone on with, since a volume that names a claim is
 * nobody else's.
 */
export const volumeBinderController: Controller = {
  name: 'persistentvolume-binder',
  eventSource: 'persistentvolume-controller',
  workers: 1,
  start: (context, queue) => {
    const claims = context.informer<Claim>(persistentVolumeClaimKind);
    const everyPending = () => {
      for (const claim of claims.list())
        if (claim.status?.phase !== 'Bound') queue.add(`claim ${keyOf(claim)}`);
    };
    claims.handle({
      changed: (claim, _old, trace) => {
        queue.add(`claim ${keyOf(claim)}`, trace);
        if (claim.spec?.volumeName !== undefined) queue.add(`volume ${claim.spec.volumeName}`, trace);
      },
      deleted: (claim) =>
        claim.spec?.volumeName !== undefined && queue.add(`volume ${claim.spec.volumeName}`),
    });
    context.informer<PersistentVolume>(persistentVolumeKind).handle({
      changed: (volume, _old, trace) => {
        queue.add(`volume ${volume.metadata.name}`, trace);
        const reference = volume.spec?.claimRef;
        if (reference === undefined) everyPending();
        else queue.add(`claim ${reference.namespace}/${reference.name}`, trace);
      },
      deleted: (volume) => {
        const reference = volume.spec?.claimRef;
        if (reference !== undefined) queue.add(`claim ${reference.namespace}/${reference.name}`);
      },
    });
    context.informer<StorageClass>(storageClassKind).handle({ changed: everyPending });
    context.informer<Node>(nodeKind);
    const binder = new Binder(context, queue);
    return async (key, call) => {
      const [what, name = ''] = key.split(' ');
      await (what === 'claim' ? binder.claim(key, name, call) : binder.volume(name, call));
      return undefined;
    };
  },
};

class Binder {
  readonly #context: ControllerContext;
  readonly #queue: WorkQueue;

  constructor(context: ControllerContext, queue: WorkQueue) {
    this.#context = context;
    this.#queue = queue;
  }

  #volumes() {
    return this.#context.informer<PersistentVolume>(persistentVolumeKind);
  }

  #say(object: Claim | PersistentVolume, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#context.events.record(object, { type, reason, message });
  }

  async claim(key: string, name: string, call: CallContext): Promise<void> {
    const claim = this.#context.informer<Claim>(persistentVolumeClaimKind).get(name);
    if (claim?.spec === undefined) return;
    const volumeName = claim.spec.volumeName ?? '';
    if (volumeName !== '') {
      await this.#bound(claim, volumeName, call);
      return;
    }
    if (claim.metadata.deletionTimestamp !== undefined) return;
    const mine = this.#volumes()
      .list()
      .find((volume) => isFor(volume, claim) && volume.spec?.claimRef?.uid !== undefined);
    const storageClass = this.#classOf(claim);
    const selected = claim.metadata.annotations?.[selectedNodeAnnotation];
    const waits = storageClass?.volumeBindingMode === 'WaitForFirstConsumer' && selected === undefined;
    if (mine === undefined && waits) {
      const reserved = this.#volumes()
        .list()
        .find((volume) => isFor(volume, claim));
      if (reserved === undefined) {
        this.#say(
          claim,
          'Normal',
          'WaitForFirstConsumer',
          'waiting for first consumer to be created before binding',
        );
        this.#queue.addAfter(key, resyncMs);
        return;
      }
    }
    const node = selected === undefined ? undefined : this.#context.informer<Node>(nodeKind).get(selected);
    const withClass = {
      ...claim,
      spec: { ...claim.spec, storageClassName: storageClass?.metadata.name ?? classOf(claim) ?? '' },
    };
    const volume = mine ?? findVolume(this.#volumes().list(), withClass, node);
    if (volume !== undefined) await this.#bind(claim, volume, call);
    else await this.#provision(key, claim, storageClass, selected, call);
  }

  #classOf(claim: Claim): StorageClass | undefined {
    const classes = this.#context.informer<StorageClass>(storageClassKind);
    const name = classOf(claim);
    if (name !== undefined) return name === '' ? undefined : classes.get(name);
    const defaults = classes.list().filter(isDefaultClass);
    // Of several defaults the newest counts.
    return defaults.sort((a, b) =>
      (a.metadata.creationTimestamp ?? '') > (b.metadata.creationTimestamp ?? '') ? -1 : 1,
    )[0];
  }

  async #provision(
    key: string,
    claim: Claim,
    storageClass: StorageClass | undefined,
    selected: string | undefined,
    call: CallContext,
  ): Promise<void> {
    this.#queue.addAfter(key, resyncMs);
    const name = classOf(claim);
    if (storageClass === undefined) {
      if ((name ?? '') === '')
        this.#say(
          claim,
          'Normal',
          'FailedBinding',
          'no persistent volumes available for this claim and no storage class is set',
        );
      else
        this.#say(
          claim,
          'Warning',
          'ProvisioningFailed',
          `storageclass.storage.k8s.io ${JSON.stringify(name)} not found`,
        );
      return;
    }
    const { provisioner } = storageClass;
    if (provisioner === 'kubernetes.io/no-provisioner') {
      this.#say(claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim');
      return;
    }
    if (name === undefined || claim.metadata.annotations?.[provisionerAnnotation] !== provisioner) {
      const { namespace, uid, resourceVersion } = claim.metadata;
      const metadata = { uid, resourceVersion, annotations: { [provisionerAnnotation]: provisioner } };
      const patch = {
        metadata,
        ...(name === undefined ? { spec: { storageClassName: storageClass.metadata.name } } : {}),
      };
      await this.#context.client
        .for<Claim>(persistentVolumeClaimKind)
        .patch({ namespace, name: claim.metadata.name }, 'merge', patch, call);
    }
    if (provisioner === localProvisioner)
      return provision(this.#context, claim, storageClass, selected, call);
    const hint =
      "Waiting for a volume to be created either by the external provisioner '%' or manually by the system administrator.";
    const more =
      ' If volume creation is delayed, please verify that the provisioner is running and correctly registered.';
    this.#say(claim, 'Normal', 'ExternalProvisioning', `${hint.replace('%', provisioner)}${more}`);
  }

  async #bind(claim: Claim, volume: PersistentVolume, call: CallContext): Promise<void> {
    const { namespace, name, uid, resourceVersion } = claim.metadata;
    const volumes = this.#context.client.for<PersistentVolume>(persistentVolumeKind);
    const reference = volume.spec?.claimRef;
    if (reference?.uid !== uid) {
      const claimRef = {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        name,
        ...(namespace === undefined ? {} : { namespace }),
        ...(uid === undefined ? {} : { uid }),
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      };
      const { annotations } = volume.metadata;
      const mine: Record<string, string> = reference === undefined ? { [boundByController]: 'yes' } : {};
      await volumes.update(
        {
          ...volume,
          metadata: { ...volume.metadata, annotations: { ...annotations, ...mine } },
          spec: { ...volume.spec, claimRef },
        },
        call,
      );
    }
    const annotations = { [bindCompleted]: 'yes', [boundByController]: 'yes' };
    const patch = {
      metadata: { uid, resourceVersion, annotations },
      spec: { volumeName: volume.metadata.name },
    };
    await this.#context.client
      .for<Claim>(persistentVolumeClaimKind)
      .patch({ namespace, name }, 'merge', patch, call);
  }

  /** A claim that names its volume: its status says what that volume gives, or that it is lost. */
  async #bound(claim: Claim, volumeName: string, call: CallContext): Promise<void> {
    const volume = this.#volumes().get(volumeName);
    const isDone = claim.metadata.annotations?.[bindCompleted] !== undefined;
    if (volume === undefined) {
      if (!isDone) return this.#status(claim, { phase: 'Pending' }, call);
      if (claim.status?.phase === 'Lost') return;
      this.#say(
        claim,
        'Warning',
        'ClaimLost',
        'Bound claim has lost its PersistentVolume. Data on the volume is lost!',
      );
      await this.#status(claim, { phase: 'Lost' }, call);
      return;
    }
    if (volume.spec?.claimRef !== undefined && !isFor(volume, claim)) {
      if (isDone) {
        this.#say(
          claim,
          'Warning',
          'ClaimMisbound',
          'Two claims are bound to the same volume, this one is bound incorrectly',
        );
        await this.#status(claim, { phase: 'Lost' }, call);
      }
      return;
    }
    if (volume.spec?.claimRef?.uid !== claim.metadata.uid || !isDone) return this.#bind(claim, volume, call);
    const { accessModes = [], capacity = {} } = volume.spec ?? {};
    await this.#status(claim, { phase: 'Bound', accessModes, capacity }, call);
  }

  async #status(claim: Claim, wanted: NonNullable<Claim['status']>, call: CallContext): Promise<void> {
    const status = { ...claim.status, ...wanted };
    if (deepEqual(status, claim.status)) return;
    await unlessGone(
      this.#context.client.for<Claim>(persistentVolumeClaimKind).updateStatus({ ...claim, status }, call),
    );
  }

  async volume(name: string, call: CallContext): Promise<void> {
    const volume = this.#volumes().get(name);
    const reference = volume?.spec?.claimRef;
    if (volume?.spec === undefined) return;
    if (reference === undefined || (reference.uid ?? '') === '')
      return this.#phase(volume, 'Available', '', call);
    const key = `${reference.namespace}/${reference.name}`;
    const known = this.#context.informer<Claim>(persistentVolumeClaimKind).get(key);
    if (known?.metadata.uid === reference.uid) {
      if (known?.spec?.volumeName === name) await this.#phase(volume, 'Bound', '', call);
      return;
    }
    // The watch may be behind: a volume is given up only when the claim is not there.
    const live = await unlessGone(
      this.#context.client
        .for<Claim>(persistentVolumeClaimKind)
        .get(reference.namespace, reference.name ?? '', call),
    );
    if (live?.metadata.uid === reference.uid) return;
    await this.#reclaim(volume, call);
  }

  async #reclaim(volume: PersistentVolume, call: CallContext): Promise<void> {
    const policy = volume.spec?.persistentVolumeReclaimPolicy ?? 'Retain';
    if (policy !== 'Delete') return this.#phase(volume, 'Released', '', call);
    await this.#phase(volume, 'Released', '', call);
    const failure = await removeData(this.#context, volume);
    if (failure !== undefined) {
      this.#say(volume, 'Warning', 'VolumeFailedDelete', failure);
      await this.#phase(volume, 'Failed', failure, call);
      return;
    }
    const { name, uid } = volume.metadata;
    const client = this.#context.client.for(persistentVolumeKind);
    await unlessGone(client.delete({ name }, { preconditions: { uid } }, call));
  }

  async #phase(
    volume: PersistentVolume,
    phase: PersistentVolumePhase,
    message: string,
    call: CallContext,
  ): Promise<void> {
    if (volume.status?.phase === phase && (volume.status.message ?? '') === message) return;
    if (phase === 'Released' && volume.status?.phase === 'Failed') return;
    const lastPhaseTransitionTime = timestamp(this.#context.world.clock.nowMs());
    const status = { phase, lastPhaseTransitionTime, ...(message === '' ? {} : { message }) };
    const { name, uid } = volume.metadata;
    const client = this.#context.client.for<PersistentVolume>(persistentVolumeKind);
    await unlessGone(
      client.patch(
        { name, subresource: 'status' },
        'merge',
        { metadata: { uid }, status: { message: null, ...status } },
        call,
      ),
    );
  }
}
