import type { KindInfo } from '@kubelab/api';
import type { Store } from '@kubelab/store';
import type { Metrics } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import type { Storage } from '../storage/storage.js';
import type { FlowControl } from './flow-control.js';
import type { RequestInfo } from './request-info.js';

const requestBuckets = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
];
const storeBuckets = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
];
const what = ['verb', 'dry_run', 'group', 'version', 'resource', 'subresource', 'scope', 'component'];

/** kube-apiserver's names (https://kubernetes.io/docs/reference/instrumentation/metrics/). */
export class ApiMetrics {
  readonly #requests;
  readonly #durations;
  readonly #events;

  constructor(metrics: Metrics) {
    this.#requests = metrics.counter(
      'apiserver_request_total',
      'Requests by what they ask for and what was answered.',
      [...what, 'code'],
    );
    this.#durations = metrics.histogram(
      'apiserver_request_duration_seconds',
      'Time to the answer, streams apart.',
      what,
      requestBuckets,
    );
    this.#events = metrics.counter('apiserver_watch_events_total', 'Events sent to watchers.', [
      'group',
      'version',
      'kind',
    ]);
  }

  request(
    info: RequestInfo,
    seen: {
      readonly code: number;
      readonly seconds: number;
      readonly long: boolean;
      readonly apply: boolean;
      readonly dryRun: boolean;
    },
  ): void {
    const labels = labelsOf(info, seen.apply, seen.dryRun);
    this.#requests.add({ ...labels, code: String(seen.code) });
    if (!seen.long) this.#durations.observe(labels, seen.seconds);
  }

  watchEvent({ group, version, kind }: KindInfo): void {
    this.#events.add({ group, version, kind });
  }
}

/** What is looked up when somebody asks. */
export function lookedUpMetrics(metrics: Metrics, flow: FlowControl, storage: Storage): void {
  const inFlight = metrics.gauge('apiserver_current_inflight_requests', 'Requests under way.', [
    'request_kind',
  ]);
  const long = metrics.gauge('apiserver_longrunning_requests', 'Watches and other streams.', ['component']);
  const objects = metrics.gauge('apiserver_storage_objects', 'Stored objects of kinds that were read.', [
    'resource',
  ]);
  metrics.collect(() => {
    inFlight.set({ request_kind: 'readOnly' }, flow.running('readOnly'));
    inFlight.set({ request_kind: 'mutating' }, flow.running('mutating'));
    long.set({ component: 'apiserver' }, flow.running('longRunning'));
    objects.clear();
    for (const { kind, count } of storage.counts())
      if (kind.storedAs === undefined)
        objects.set(
          { resource: kind.group === '' ? kind.resource : `${kind.resource}.${kind.group}` },
          count,
        );
  });
}

/** The store, with the time that its answers take. */
export function meteredStore(store: Store, world: Pick<World, 'clock'>, metrics: Metrics): Store {
  const durations = metrics.histogram(
    'etcd_request_duration_seconds',
    'Time of requests to the store.',
    ['operation'],
    storeBuckets,
  );
  const timed = async <T>(operation: string, work: Promise<T>): Promise<T> => {
    const startedMs = world.clock.monotonicMs();
    try {
      return await work;
    } finally {
      durations.observe({ operation }, (world.clock.monotonicMs() - startedMs) / 1000);
    }
  };
  return {
    range: (request, options) =>
      timed(request.rangeEnd === undefined ? 'get' : 'list', store.range(request, options)),
    txn: (request, options) => timed('txn', store.txn(request, options)),
    watch: (request, options) => store.watch(request, options),
    compact: (revision, options) => timed('compact', store.compact(revision, options)),
    leaseGrant: (request, options) => store.leaseGrant(request, options),
    leaseRevoke: (id, options) => store.leaseRevoke(id, options),
    leaseKeepAlive: (id, options) => store.leaseKeepAlive(id, options),
    leaseTimeToLive: (id, options) => store.leaseTimeToLive(id, options),
    leaseLeases: (options) => store.leaseLeases(options),
    status: (options) => store.status(options),
    close: () => store.close(),
  };
}

const verbs: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT' };

function labelsOf(info: RequestInfo, apply: boolean, dryRun: boolean) {
  const verb = apply ? 'APPLY' : (verbs[info.verb] ?? info.verb.toUpperCase());
  const common = { verb, dry_run: dryRun ? 'All' : '', component: 'apiserver' };
  if (!info.resource || info.kind === undefined)
    return { ...common, group: '', version: '', resource: '', subresource: '', scope: '' };
  const { group, version, resourceName: resource, subresource, namespace, name } = info;
  const known = info.kind.subresources.some((one) => one.name === subresource);
  const scope =
    name !== '' || info.verb === 'create' ? 'resource' : namespace === '' ? 'cluster' : 'namespace';
  return { ...common, group, version, resource, subresource: known ? subresource : '', scope };
}
