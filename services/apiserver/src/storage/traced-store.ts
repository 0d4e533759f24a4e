import type { Store, StoreCallOptions } from '@kubelab/store';
import type { Tracer } from '@kubelab/telemetry';

/** A span for each transaction of a sampled request; its context stays with the revision, so that watch events carry it on. */
export function tracedStore(store: Store, tracer: Tracer): Store {
  return {
    range: (request, options) => store.range(request, options),
    txn: async (request, options) => {
      const span = tracer.start('store txn', 'client', options?.trace);
      if (span === undefined) return store.txn(request, options);
      const [first] = request.success;
      span.set('db.system.name', 'etcd');
      span.set('db.operation.name', first?.type ?? 'txn');
      if (first !== undefined && 'key' in first)
        span.set('kubelab.store.key', Buffer.from(first.key).toString());
      try {
        const context: StoreCallOptions = { ...options, trace: span.traceparent };
        const answer = await store.txn(request, context);
        span.set('kubelab.store.revision', answer.header.revision);
        span.end(answer.succeeded ? undefined : 'a condition did not hold');
        return answer;
      } catch (error) {
        span.end(error);
        throw error;
      }
    },
    watch: (request, options) => store.watch(request, options),
    compact: (revision, options) => store.compact(revision, options),
    leaseGrant: (request, options) => store.leaseGrant(request, options),
    leaseRevoke: (id, options) => store.leaseRevoke(id, options),
    leaseKeepAlive: (id, options) => store.leaseKeepAlive(id, options),
    leaseTimeToLive: (id, options) => store.leaseTimeToLive(id, options),
    leaseLeases: (options) => store.leaseLeases(options),
    status: (options) => store.status(options),
    close: () => store.close(),
  };
}
