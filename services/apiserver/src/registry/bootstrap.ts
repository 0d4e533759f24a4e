import {
  ApiError,
  type ClusterRole,
  type ClusterRoleBinding,
  clusterRoleBindingKind,
  clusterRoleKind,
  deepEqual,
  type EndpointSlice,
  type Endpoints,
  type Event,
  endpointSliceKind,
  endpointsKind,
  eventKind,
  isObject,
  type KindInfo,
  type KubeObject,
  namespaceKind,
  roleBindingKind,
  roleKind,
  serviceKind,
} from '@kubelab/api';
import { prefixEnd, StoreError } from '@kubelab/store';
import { type Logger, newTraceparent } from '@kubelab/telemetry';
import type { Address, Timer, World } from '@kubelab/world';
import { systemNamespaces } from '../admission/plugins/namespace-lifecycle.js';
import {
  bootstrapBindings,
  bootstrapNamespaceBindings,
  bootstrapNamespaceRoles,
  bootstrapRoles,
} from '../auth/bootstrap.js';
import { grants } from '../auth/rbac.js';
import { bytesOf, internalPrefix, textOf } from '../storage/keys.js';
import { UndecodableError } from '../storage/stored-object.js';
import { admissionObjects, flowControlObjects, type Wanted } from './bootstrap-objects.js';
import type { RequestScope } from './context.js';
import { reconciledBinding, reconciledRole } from './reconcile-rbac.js';
import type { Registry } from './registry.js';

const heartbeatMs = 2_000;
/** An apiserver that has not been heard of for so long is no endpoint of the `kubernetes` Service. */
const instanceTimeoutMs = 8_000;
const eventTtlMs = 3_600_000;
const pruneEveryMs = 60_000;
const compactEveryMs = 300_000;
const instancePrefix = `${internalPrefix}/apiservers/`;
const compactionKey = bytesOf(`${internalPrefix}/compaction`);

export interface BootstrapParts {
  readonly world: World;
  readonly registry: Registry;
  readonly log: Logger;
  readonly name: string;
  readonly advertise: Address;
  readonly serviceAddress: string;
}

/**
 * What apiservers keep up besides answering: namespaces, roles, the `kubernetes` Service, old events
 * and revisions. Safe with any number of instances.
 */
export class Bootstrap {
  readonly #parts: BootstrapParts;
  readonly #timers: Timer[] = [];
  #stopped = false;
  #done = false;
  #storeAnswers = false;
  #compactTo = 0;

  constructor(parts: BootstrapParts) {
    this.#parts = parts;
  }

  /** Namespaces and roles are there, and seen by the caches that requests are admitted and authorized from. */
  get done(): boolean {
    return this.#done;
  }

  /** As of the last heartbeat. */
  get storeAnswers(): boolean {
    return this.#storeAnswers;
  }

  start(): void {
    void this.#untilDone();
    this.#every(heartbeatMs, () => this.#instances());
    this.#every(pruneEveryMs, () => this.#pruneEvents());
    this.#every(compactEveryMs, () => this.#compact());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    // The others need not wait for this instance to be missed.
    await this.#quietly('leave', async () => {
      await this.#store.txn(
        { compare: [], success: [{ type: 'deleteRange', key: this.#instanceKey }], failure: [] },
        { deadlineMs: 1_000 },
      );
    });
  }

  get #store() {
    return this.#parts.registry.storage.store;
  }

  get #instanceKey(): Uint8Array {
    return bytesOf(`${instancePrefix}${this.#parts.name}`);
  }

  #every(periodMs: number, work: () => Promise<void>): void {
    let running = false;
    const turn = () => {
      if (running || !this.#done) return;
      running = true;
      void this.#quietly('upkeep', work).finally(() => {
        running = false;
      });
    };
    this.#timers.push(this.#parts.world.timers.setInterval(turn, periodMs));
  }

  /** The store may be away; what was not done is done at the next turn. */
  async #quietly(what: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.#storeAnswers = true;
      return true;
    } catch (error) {
      if (error instanceof UndecodableError) {
        this.#parts.log.error({ what, error }, 'upkeep was stopped by a value that is no object');
        return false;
      }
      if (!(error instanceof ApiError) && !(error instanceof StoreError)) throw error;
      if (error instanceof StoreError || error.code >= 500) this.#storeAnswers = false;
      this.#parts.log.warn({ what, error: error.message }, 'upkeep waits for the store');
      return false;
    }
  }

  async #untilDone(): Promise<void> {
    const { timers } = this.#parts.world;
    while (!this.#stopped && !(await this.#quietly('bootstrap', () => this.#create())))
      await timers.sleep(200);
    this.#done = true;
    await this.#quietly('instances', () => this.#instances());
    while (!this.#stopped && !(await this.#quietly('bootstrap', () => this.#absent(flowControlObjects))))
      await timers.sleep(200);
  }

  /** Makes what is not there, all at once. */
  async #absent(wanted: Wanted): Promise<void> {
    await Promise.all(
      wanted.map(async ([kind, object]) => {
        const { namespace = '', name } = object.metadata;
        if ((await this.#found(kind, namespace, name)) === undefined) await this.#ensure(kind, object);
      }),
    );
  }

  async #create(): Promise<void> {
    for (const name of systemNamespaces)
      await this.#ensure(namespaceKind, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const roles = [
      [clusterRoleKind, bootstrapRoles],
      [clusterRoleBindingKind, bootstrapBindings],
      [roleKind, bootstrapNamespaceRoles],
      [roleBindingKind, bootstrapNamespaceBindings],
    ] as const;
    // One after the other would take a second or two of a new cluster's start.
    for (const [kind, wanted] of roles) await Promise.all(wanted.map((one) => this.#ensure(kind, one)));
    await this.#absent(admissionObjects);
    await this.#ensure(serviceKind, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'kubernetes',
        namespace: 'default',
        labels: { component: 'apiserver', provider: 'kubernetes' },
      },
      spec: {
        type: 'ClusterIP',
        clusterIP: this.#parts.serviceAddress,
        ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: this.#parts.advertise.port }],
      },
    });
    const { storage } = this.#parts.registry;
    for (const kind of [namespaceKind, ...roles.map(([kind]) => kind)]) await storage.fresh(kind);
  }

  #scope(): RequestScope {
    const { world } = this.#parts;
    const user = { name: 'system:apiserver', groups: ['system:masters'] };
    return {
      world,
      user,
      trace: newTraceparent(world.random),
      fieldManager: 'kube-apiserver',
      dryRun: false,
      signal: undefined,
      warn: () => undefined,
    };
  }

  /** One spoiled value must not keep the server from starting: it is left as it is, and told. */
  async #found(
    kind: KindInfo,
    namespace: string,
    name: string,
  ): Promise<KubeObject | 'undecodable' | undefined> {
    try {
      return await this.#parts.registry.storage.get(kind, namespace, name);
    } catch (error) {
      if (!(error instanceof UndecodableError)) throw error;
      this.#parts.log.error({ error }, 'an object that this server keeps up is spoiled; it is left as it is');
      return 'undecodable';
    }
  }

  /** Creates what is absent; roles and endpoints are brought to what they should be. */
  async #ensure(kind: KindInfo, wanted: KubeObject): Promise<void> {
    const { registry } = this.#parts;
    const { namespace = '', name } = wanted.metadata;
    const found = await this.#found(kind, namespace, name);
    if (found === 'undecodable') return;
    if (found === undefined) {
      try {
        await registry.create(this.#scope(), kind, namespace, structuredClone(wanted));
      } catch (error) {
        if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error; // The other instance was quicker.
      }
      return;
    }
    if (kind === namespaceKind || kind === serviceKind) return;
    if (grants(kind)) return this.#reconcileRights(kind, found, wanted);
    const fields = Object.entries(wanted).filter(
      ([field]) => !['apiVersion', 'kind', 'metadata'].includes(field),
    );
    if (fields.every(([field, value]) => deepEqual(found[field], value))) return;
    await registry.mutate(
      this.#scope(),
      { kind, namespace, name },
      '',
      (object) => void Object.assign(object, Object.fromEntries(fields)),
    );
  }

  /** Adds what is missing of a role or a binding; a binding of another role is made anew. */
  async #reconcileRights(kind: KindInfo, found: KubeObject, wanted: KubeObject): Promise<void> {
    const { registry } = this.#parts;
    const { namespace = '', name } = wanted.metadata;
    const next = kind.kind.endsWith('Binding')
      ? reconciledBinding(found as ClusterRoleBinding, wanted as ClusterRoleBinding)
      : reconciledRole(found as ClusterRole, wanted as ClusterRole);
    if (next === found) return;
    if (next !== undefined) {
      await registry.mutate(
        this.#scope(),
        { kind, namespace, name },
        '',
        (object) => void Object.assign(object, next),
      );
      return;
    }
    await this.#delete({ kind, namespace, name });
    await this.#ensure(kind, wanted);
  }

  /** Each instance says that it lives; whoever lives keeps the endpoints of `kubernetes` to those that do. */
  async #instances(): Promise<void> {
    const { world, advertise } = this.#parts;
    const nowMs = world.clock.nowMs();
    const mine = JSON.stringify({ address: advertise, aliveMs: nowMs });
    await this.#store.txn({
      compare: [],
      success: [{ type: 'put', key: this.#instanceKey, value: bytesOf(mine) }],
      failure: [],
    });
    const prefix = bytesOf(instancePrefix);
    const { kvs } = await this.#store.range({ key: prefix, rangeEnd: prefixEnd(prefix) });
    const alive = kvs
      .flatMap((kv) => instanceOf(textOf(kv.value)))
      .filter((one) => nowMs - one.aliveMs < instanceTimeoutMs);
    const labels = { 'endpointslice.kubernetes.io/skip-mirror': 'true' };
    const metadata = { name: 'kubernetes', namespace: 'default', labels };
    const byPort = new Map<number, string[]>();
    for (const { address } of alive)
      byPort.set(address.port, [...(byPort.get(address.port) ?? []), address.host]);
    const subsets = [...byPort]
      .sort(([a], [b]) => a - b)
      .map(([port, hosts]) => ({
        addresses: hosts.sort().map((ip) => ({ ip })),
        ports: [{ name: 'https', port, protocol: 'TCP' }],
      }));
    const endpoints: Endpoints = { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets };
    await this.#ensure(endpointsKind, endpoints);
    // Instances on one machine differ by their port, and a slice has one port for all of its endpoints: a
    // slice for each port.
    for (const { addresses, ports } of subsets) {
      const [{ port } = { port: 0 }] = ports;
      const slice: EndpointSlice = {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: `kubernetes-${port}`,
          namespace: 'default',
          labels: { 'kubernetes.io/service-name': 'kubernetes' },
        },
        addressType: 'IPv4',
        endpoints: addresses.map(({ ip }) => ({ addresses: [ip], conditions: { ready: true } })),
        ports: [{ name: 'https', port, protocol: 'TCP' }],
      };
      await this.#ensure(endpointSliceKind, slice);
    }
    await this.#dropDeadSlices(new Set([...byPort.keys()].map((port) => `kubernetes-${port}`)));
  }

  async #dropDeadSlices(wanted: ReadonlySet<string>): Promise<void> {
    const { registry } = this.#parts;
    const slices = registry.storage
      .cache(endpointSliceKind)
      .all()
      .map((stored) => stored.object.metadata);
    const dead = slices.filter(
      ({ namespace, name }) => namespace === 'default' && /^kubernetes-\d+$/.test(name) && !wanted.has(name),
    );
    for (const { name } of dead) await this.#delete({ kind: endpointSliceKind, namespace: 'default', name });
  }

  async #delete(ref: { kind: KindInfo; namespace: string; name: string }): Promise<void> {
    try {
      await this.#parts.registry.delete(this.#scope(), ref, {});
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== 'NotFound') throw error; // The other instance was quicker.
    }
  }

  /** Events live for an hour after they were last seen. */
  async #pruneEvents(): Promise<void> {
    const { registry, world } = this.#parts;
    const before = world.clock.nowMs() - eventTtlMs;
    for (const { object } of registry.storage.cache(eventKind).all()) {
      const event = object as Event;
      const seen = Date.parse(
        event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '',
      );
      if (seen >= before) continue;
      await this.#delete({
        kind: eventKind,
        namespace: event.metadata.namespace ?? '',
        name: event.metadata.name,
      });
    }
  }

  /**
   * To where the store was one turn ago, by whichever instance is first (as kube-apiserver does with
   * compact_rev_key).
   */
  async #compact(): Promise<void> {
    const { header, kvs } = await this.#store.range({ key: compactionKey });
    const known = kvs[0]?.modRevision ?? 0;
    const { succeeded } = await this.#store.txn({
      compare: [{ key: compactionKey, target: 'modRevision', result: 'equal', number: known }],
      success: [{ type: 'put', key: compactionKey, value: bytesOf(String(header.revision)) }],
      failure: [],
    });
    if (succeeded && this.#compactTo > 0) await this.#store.compact(this.#compactTo);
    this.#compactTo = header.revision;
  }
}

/** None for a value that no instance wrote: whoever it is of writes anew within its period. */
function instanceOf(text: string): { address: Address; aliveMs: number }[] {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || !isObject(value.address)) return [];
    const { host, port } = value.address;
    const { aliveMs } = value;
    return typeof host === 'string' && typeof port === 'number' && typeof aliveMs === 'number'
      ? [{ address: { host, port }, aliveMs }]
      : [];
  } catch {
    return [];
  }
}
