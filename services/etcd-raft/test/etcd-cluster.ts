import { debugService } from '@kubelab/component';
import {
  connectStore,
  encodeTxn,
  type Operation,
  type Store,
  StoreError,
  type TxnRequest,
} from '@kubelab/store';
import { silentTelemetry } from '@kubelab/telemetry';
import { createLinks, type Links } from '@kubelab/wire';
import { createSimulation, type Simulation, type TlsMaterial } from '@kubelab/world';
import type { Caller, EtcdServer } from '../src/etcd-server.js';
import { type EtcdRaftConfig, type ReplicatedState, startEtcdRaft } from '../src/server/start.js';
import { createCheapPasswordHasher } from '../src/state/passwords.adapter.js';

const port = 2380;

function tlsOf(commonName: string, organization: string): TlsMaterial {
  return { caPem: '', certPem: '', keyPem: '', identity: { commonName, organizations: [organization] } };
}

export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
export const text = (value: Uint8Array | undefined): string => Buffer.from(value ?? []).toString();

export function caller(token?: string): Caller {
  const identity = { commonName: 'somebody', organizations: [] };
  return { identity, token, trace: undefined, signal: new AbortController().signal };
}

export const txnOf = (...success: Operation[]): Uint8Array =>
  encodeTxn({ compare: [], success, failure: [] });
export const put = (key: string, value: string, lease = 0n): Operation => ({
  type: 'put',
  key: bytes(key),
  value: bytes(value),
  lease,
});

export interface RunningMember {
  readonly server: EtcdServer;
  readonly state: ReplicatedState;
  role: string;
  readonly links: Links;
  stop(): Promise<void>;
}

/** The real servers in virtual time. */
export class EtcdCluster {
  readonly simulation: Simulation;
  readonly members = new Map<string, RunningMember>();
  readonly #config: Partial<EtcdRaftConfig>;

  constructor(seed: number, config: Partial<EtcdRaftConfig> = {}) {
    this.simulation = createSimulation({ seed });
    this.#config = config;
  }

  async start(
    name: string,
    cluster: readonly string[],
    config: Partial<EtcdRaftConfig> = {},
  ): Promise<RunningMember> {
    const world = this.simulation.world(name);
    const telemetry = silentTelemetry(world, 'etcd-raft', name);
    const links = createLinks();
    const debug = debugService({
      ...{ world, name, component: 'etcd-raft', telemetry, links },
      processInfo: () => ({ pid: 0, memoryBytes: 0 }),
      running: () => undefined,
    });
    let member: RunningMember | undefined;
    let role = '';
    const running = await startEtcdRaft(world, {
      ...{ name, telemetry, links, debug, dataDirectory: '/data' },
      listen: { host: name, port },
      tls: tlsOf(name, 'kubelab:etcd-members'),
      initialCluster: Object.fromEntries(cluster.map((host) => [host, { host, port }])),
      ...{ electionTimeoutMs: 300, heartbeatIntervalMs: 50 },
      hasher: createCheapPasswordHasher(),
      ...this.#config,
      ...config,
      observe: ({ status }) => {
        role = status.role;
        if (member !== undefined) member.role = role;
      },
      observeServer: (server, state) => {
        member = { server, state, role, links, stop: async () => running.stop() };
        this.members.set(name, member);
      },
    });
    if (member === undefined) throw new Error(`${name} shows nothing`);
    return member;
  }

  async startAll(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.start(name, names)));
    await this.until(() => this.leaderName() !== undefined);
  }

  crash(name: string): void {
    this.members.delete(name);
    this.simulation.crash(name);
  }

  of(name: string): EtcdServer {
    const found = this.members.get(name);
    if (found === undefined) throw new Error(`${name} does not run`);
    return found.server;
  }

  leaderName(): string | undefined {
    return [...this.members].find(([, { role }]) => role === 'leader')?.[0];
  }

  leader(): EtcdServer {
    return this.of(this.leaderName() ?? 'no leader');
  }

  follower(): EtcdServer {
    const found = [...this.members].find(([, { role }]) => role === 'follower');
    return this.of(found?.[0] ?? 'no follower');
  }

  client(name: string): Store {
    const world = this.simulation.world(name);
    const addresses = [...this.members.keys()].map((host) => ({ host, port }));
    const telemetry = silentTelemetry(world, 'client', name);
    return connectStore(
      { world, telemetry, links: createLinks() },
      { addresses, tls: tlsOf(name, 'kubelab:apiservers') },
    );
  }

  /** Until `work` is done, in virtual time. */
  async run<T>(work: () => Promise<T>, withinMs = 120_000): Promise<T> {
    let result: { readonly value: T } | { readonly error: unknown } | undefined;
    work().then(
      (value) => {
        result = { value };
      },
      (error: unknown) => {
        result = { error };
      },
    );
    await this.simulation.run({
      untilMs: this.simulation.nowMs + withinMs,
      until: () => result !== undefined,
    });
    if (result === undefined) throw new Error('the work did not end');
    if ('error' in result) throw result.error;
    return result.value;
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.simulation.schedule(ms, resolve));
  }

  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await holds())) await this.wait(20);
  }
}

/** The text that it is refused with. */
export async function refused(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof StoreError) return error.message;
    throw error;
  }
  return 'it was not refused';
}

export async function get(server: EtcdServer, key: string, token?: string): Promise<string | undefined> {
  const { kvs } = await server.range({ key: bytes(key) }, caller(token));
  return kvs[0] === undefined ? undefined : text(kvs[0].value);
}

export type { TxnRequest };
