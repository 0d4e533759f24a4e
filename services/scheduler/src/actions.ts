import {
  ApiError,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  podKind,
  timestamp,
} from '@kubelab/api';
import { type Client, type EventRecorder, isNotFound } from '@kubelab/client';
import type { Traceparent } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import type { SchedulerActions } from './framework/contract.js';
import type { PodInfo } from './framework/pod-info.js';
import { claimKind, volumeKind } from './informers.js';
import { selectedNodeAnnotation } from './plugins/volume-claims.js';

/** What plugins may do, against an apiserver. */
export class ApiActions implements SchedulerActions {
  readonly #client: Client;
  readonly #events: EventRecorder;
  readonly #world: World;
  readonly #traceOf: (pod: string) => Traceparent | undefined;

  constructor(parts: {
    readonly client: Client;
    readonly events: EventRecorder;
    readonly world: World;
    /** Of a pod's key: what its binding carries on. */
    readonly traceOf: (pod: string) => Traceparent | undefined;
  }) {
    this.#traceOf = parts.traceOf;
    this.#client = parts.client;
    this.#events = parts.events;
    this.#world = parts.world;
  }

  async bind({ pod, key }: PodInfo, nodeName: string): Promise<void> {
    const { namespace, name, uid } = pod.metadata;
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace, uid },
      target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
    };
    const trace = this.#traceOf(key);
    await this.#client.for<Pod>(podKind).post({ namespace, name }, 'binding', binding, { trace });
  }

  async preempt({ pod }: PodInfo, preemptor: PodInfo, nodeName: string): Promise<void> {
    const { namespace, name, uid } = pod.metadata;
    const pods = this.#client.for<Pod>(podKind);
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: `${preemptor.pod.spec?.schedulerName ?? ''}: preempting to accommodate a higher priority pod`,
      lastProbeTime: null,
      lastTransitionTime: timestamp(this.#world.clock.nowMs()),
    };
    try {
      const patch = { metadata: { uid }, status: { conditions: [condition] } };
      await pods.patch({ namespace, name, subresource: 'status' }, 'strategic', patch);
      await pods.delete({ namespace, name }, { preconditions: { uid } });
    } catch (error) {
      if (error instanceof ApiError && isNotFound(error)) return; // It went by itself.
      throw error;
    }
    const message = `Preempted by pod ${preemptor.uid} on node ${nodeName}`;
    this.#events.record(pod, { type: 'Normal', reason: 'Preempted', message });
  }

  async clearNomination({ pod }: PodInfo): Promise<void> {
    const { namespace, name } = pod.metadata;
    const target = { namespace, name, subresource: 'status' };
    try {
      await this.#client.for<Pod>(podKind).patch(target, 'merge', { status: { nominatedNodeName: null } });
    } catch (error) {
      if (!(error instanceof ApiError && isNotFound(error))) throw error;
    }
  }

  async selectNode({ metadata }: PersistentVolumeClaim, nodeName: string): Promise<void> {
    const { namespace, name, uid } = metadata;
    await this.#client.for<PersistentVolumeClaim>(claimKind).patch({ namespace, name }, 'merge', {
      metadata: { uid, annotations: { [selectedNodeAnnotation]: nodeName } },
    });
  }

  async bindVolume(volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<void> {
    const { namespace, name, uid, resourceVersion } = claim.metadata;
    const claimRef = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      namespace,
      name,
      uid,
      resourceVersion,
    };
    await this.#client.for<PersistentVolume>(volumeKind).patch({ name: volume.metadata.name }, 'merge', {
      // Somebody else may have taken it: then the version is another, and the patch is refused.
      metadata: {
        resourceVersion: volume.metadata.resourceVersion,
        annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' },
      },
      spec: { claimRef },
    });
  }
}
