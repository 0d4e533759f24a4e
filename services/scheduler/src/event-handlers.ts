import type { KubeObject, Pod } from '@kubelab/api';
import { type Informer, keyOf } from '@kubelab/client';
import type { SchedulerCache } from './cache/cache.js';
import { createPodInfo } from './framework/pod-info.js';
import type { Informers } from './informers.js';
import type { PodTraces } from './pod-traces.js';
import {
  assignedPodEvents,
  type ClusterEvent,
  nodeEvents,
  type OtherEventKind,
  targetPodEvents,
} from './queue/cluster-event.js';
import type { Nominator } from './queue/nominator.js';
import type { SchedulingQueue } from './queue/scheduling-queue.js';
import type { StatusWriter } from './status-writer.js';

export interface EventTargets {
  readonly informers: Informers;
  readonly cache: SchedulerCache;
  readonly nominator: Nominator;
  readonly statuses: StatusWriter;
  readonly traces?: PodTraces | undefined;
  /** Of one of the profiles. */
  isMine(pod: Pod): boolean;
  /** Undefined while another scheduler leads. */
  queue(): SchedulingQueue | undefined;
}

/** What informers tell, brought to the cache and the queue. The cache is kept up while standing by too. */
export function connectEvents(targets: EventTargets): void {
  const { informers, cache, queue } = targets;
  const pods = new PodEvents(targets);
  informers.pods.handle({
    changed: (pod, before, trace) => {
      if ((pod.spec?.nodeName ?? '') === '') targets.traces?.note(keyOf(pod), trace);
      pods.changed(pod, before);
    },
    deleted: (pod) => {
      targets.traces?.forget(keyOf(pod));
      pods.deleted(pod);
    },
  });
  informers.nodes.handle({
    changed: (node, before) => {
      cache.putNode(node);
      // Heartbeats change conditions only: they mean nothing to pods that wait.
      const events: ClusterEvent[] =
        before === undefined ? [{ kind: 'Node/Add', node: { after: node } }] : nodeEvents(before, node);
      for (const event of events) queue()?.event(event);
    },
    deleted: (node) => {
      cache.removeNode(node.metadata.name);
      queue()?.event({ kind: 'Node/Delete', node: { before: node } });
    },
  });
  const others: readonly (readonly [OtherEventKind, Pick<Informer<KubeObject>, 'handle'>])[] = [
    ['PersistentVolume/Change', informers.volumes],
    ['PersistentVolumeClaim/Change', informers.claims],
    ['StorageClass/Change', informers.storageClasses],
    ['CSINode/Change', informers.csiNodes],
  ];
  for (const [kind, informer] of others)
    informer.handle({ changed: (object) => queue()?.event({ kind, object }) });
}

class PodEvents {
  readonly #targets: EventTargets;

  constructor(targets: EventTargets) {
    this.#targets = targets;
  }

  changed(pod: Pod, before: Pod | undefined): void {
    const { cache, nominator, statuses, isMine, queue } = this.#targets;
    const key = keyOf(pod);
    if (isEnded(pod)) {
      if (before !== undefined && !isEnded(before)) this.deleted(pod);
      return;
    }
    const nodeName = pod.spec?.nodeName ?? '';
    if (nodeName !== '') {
      const known = cache.nodeOf(key);
      cache.putPod(createPodInfo(pod), nodeName);
      queue()?.remove(key);
      nominator.remove(key);
      statuses.drop(key);
      const wasThere = before !== undefined && (before.spec?.nodeName ?? '') !== '';
      const events: ClusterEvent[] =
        wasThere && known !== undefined
          ? assignedPodEvents(before, pod)
          : [{ kind: 'AssignedPod/Add', pod: { after: pod } }];
      for (const event of events) queue()?.event(event);
      return;
    }
    if (isMine(pod)) this.#waiting(pod, before);
  }

  deleted(pod: Pod): void {
    const { cache, nominator, statuses, queue } = this.#targets;
    const key = keyOf(pod);
    cache.removePod(key);
    queue()?.remove(key);
    nominator.remove(key);
    statuses.drop(key);
    // One that was to come elsewhere frees the place that was kept for it.
    if ((pod.spec?.nodeName ?? '') !== '' || (pod.status?.nominatedNodeName ?? '') !== '')
      queue()?.event({ kind: 'AssignedPod/Delete', pod: { before: pod } });
  }

  #waiting(pod: Pod, before: Pod | undefined): void {
    const { cache, nominator, statuses, queue } = this.#targets;
    const key = keyOf(pod);
    const now = queue();
    if (pod.metadata.deletionTimestamp !== undefined) {
      now?.remove(key);
      nominator.remove(key);
      statuses.drop(key);
      return;
    }
    if (now === undefined) return;
    const info = createPodInfo(pod);
    if (before !== undefined && before.status?.nominatedNodeName !== pod.status?.nominatedNodeName)
      nominator.set(info, pod.status?.nominatedNodeName ?? '');
    if (before !== undefined && now.has(key)) now.update(info, targetPodEvents(before, pod));
    else if (!cache.isAssumed(key)) {
      nominator.set(info, pod.status?.nominatedNodeName ?? '');
      now.add(info);
    }
  }
}

function isEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}
