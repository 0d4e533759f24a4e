import type { Job } from '@kubelab/api';
import { keyOf } from '@kubelab/client';
import { unlessGone } from '../common/claim.js';
import type { Controller } from '../controller.js';
import { jobKind } from '../kinds.js';

/** When a finished job is to go, by ttlSecondsAfterFinished; undefined when it is not to. */
function expiresAtMs(job: Job | undefined): number | undefined {
  const ttl = job?.spec?.ttlSecondsAfterFinished;
  const done = job?.status?.conditions?.find(
    (one) => one.status === 'True' && (one.type === 'Complete' || one.type === 'Failed'),
  );
  if (ttl === undefined || done?.lastTransitionTime === undefined) return undefined;
  return Date.parse(done.lastTransitionTime) + ttl * 1000;
}

/** Finished jobs go, with their pods, when their time is over. */
export const ttlAfterFinishedController: Controller = {
  name: 'ttl-after-finished',
  workers: 1,
  start: (context, queue) => {
    const jobs = context.informer<Job>(jobKind);
    jobs.handle({
      changed: (job) =>
        job.metadata.deletionTimestamp === undefined &&
        expiresAtMs(job) !== undefined &&
        queue.add(keyOf(job)),
    });
    return async (key, call) => {
      const job = jobs.get(key);
      const atMs = expiresAtMs(job);
      if (job === undefined || atMs === undefined || job.metadata.deletionTimestamp !== undefined)
        return undefined;
      const leftMs = atMs - context.world.clock.nowMs();
      if (leftMs > 0) return { requeueAfterMs: leftMs };
      const { namespace, name, uid } = job.metadata;
      // Its author may have lengthened the time, and the watch be behind.
      const live = await unlessGone(context.client.for<Job>(jobKind).get(namespace, name, call));
      const liveAtMs = expiresAtMs(live);
      if (live?.metadata.uid !== uid || liveAtMs === undefined) return undefined;
      if (liveAtMs > context.world.clock.nowMs())
        return { requeueAfterMs: liveAtMs - context.world.clock.nowMs() };
      const options = { propagationPolicy: 'Foreground', preconditions: { uid } };
      await unlessGone(context.client.for<Job>(jobKind).delete({ namespace, name }, options, call));
      return undefined;
    };
  },
};
