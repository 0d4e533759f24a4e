import type { ClusterId, LeaseId, MemberId } from '@kubelab/store';
import {
  ByteReader,
  BytesError,
  ByteWriter,
  decodeTxnResponse,
  encodeTxnResponse,
  fromWireError,
  type OperationResponse,
  StoreError,
  storeError,
  toWireError,
} from '@kubelab/store';
import {
  dialWire,
  type Message,
  noBytes,
  type WireClient,
  type WireContext,
  WireError,
  type WireService,
} from '@kubelab/wire';
import type { Address, TlsMaterial } from '@kubelab/world';
import type { MembershipChange } from '../contract.js';
import type { Member } from '../etcd-server.js';
import { membersGroup, type Peer } from './raft-transport.js';

/** What an entry did, as far as its proposer wants to know. */
export interface Applied {
  readonly index: number;
  readonly revision: number;
  readonly txn?: { readonly succeeded: boolean; readonly responses: readonly OperationResponse[] };
}

export interface LeaseTime {
  /** Seconds left; -1: no such lease. */
  readonly ttl: number;
  readonly grantedTtl: number;
}

export interface ClusterView {
  readonly clusterId: ClusterId;
  readonly members: readonly Pick<Member, 'id' | 'name' | 'peerUrls'>[];
}

/** What members ask of the leader for their clients, and newcomers of anybody. All reject with StoreError. */
export interface PeerCalls {
  propose(entry: Uint8Array): Promise<Applied>;
  leaseKeepAlive(id: LeaseId): Promise<LeaseTime>;
  leaseTimeToLive(id: LeaseId): Promise<LeaseTime>;
  changeMembership(changes: readonly MembershipChange[], context: Uint8Array): Promise<Applied>;
}

const method = {
  propose: 'peer.propose',
  leaseKeepAlive: 'peer.leaseKeepAlive',
  leaseTimeToLive: 'peer.leaseTimeToLive',
  changeMembership: 'peer.changeMembership',
  cluster: 'peer.cluster',
} as const;

/** The leader's side. `leader`: what this member can do while it leads; rejects otherwise. */
export function peerService(leader: PeerCalls, cluster: () => Promise<ClusterView>): WireService {
  const answering =
    (handle: (request: Message) => Promise<Message>) =>
    async (request: Message): Promise<Message> => {
      try {
        return await handle(request);
      } catch (error) {
        if (error instanceof StoreError) throw toWireError(error);
        if (error instanceof BytesError) throw new WireError('invalidArgument', error.message);
        throw error;
      }
    };
  return {
    authorize: (peer, called) => {
      if (peer.organizations.includes(membersGroup)) return;
      const text = `${called} is for members of ${membersGroup}; this is ${peer.commonName}`;
      throw new WireError('permissionDenied', text);
    },
    unary: {
      [method.propose]: answering(async ({ payload }) => writeApplied(await leader.propose(payload))),
      [method.leaseKeepAlive]: answering(async ({ payload }) =>
        writeLeaseTime(await leader.leaseKeepAlive(new ByteReader(payload).bigUint())),
      ),
      [method.leaseTimeToLive]: answering(async ({ payload }) =>
        writeLeaseTime(await leader.leaseTimeToLive(new ByteReader(payload).bigUint())),
      ),
      [method.changeMembership]: answering(async ({ head, payload }) =>
        writeApplied(await leader.changeMembership(readChanges(head), payload)),
      ),
      [method.cluster]: answering(async () => ({ head: await cluster(), payload: noBytes })),
    },
  };
}

interface Dialled {
  readonly address: Address;
  readonly client: WireClient;
  /** Requests that wait for an answer. */
  underWay: number;
}

/** Connections to other members for what goes to the leader; made when first needed. */
export class PeerLinks {
  readonly #context: WireContext;
  readonly #tls: TlsMaterial;
  readonly #dialled = new Map<MemberId, Dialled>();
  #peers: ReadonlyMap<MemberId, Peer> = new Map();

  constructor(context: WireContext, tls: TlsMaterial) {
    this.#context = context;
    this.#tls = tls;
  }

  setPeers(peers: ReadonlyMap<MemberId, Peer>): void {
    this.#peers = peers;
    for (const [id, dialled] of this.#dialled) {
      const { host, port } = dialled.address;
      const now = peers.get(id)?.address;
      if (now?.host === host && now.port === port) continue;
      this.#dialled.delete(id);
      this.#maybeClose(id, dialled);
    }
  }

  /** Connects to a member that will be called. */
  warm(to: MemberId): void {
    this.#dial(to);
  }

  /** The member's name, as its clients know it. */
  nameOf(id: MemberId): string | undefined {
    return this.#peers.get(id)?.name;
  }

  calls(to: MemberId, deadlineMs: number): PeerCalls {
    const call = (name: string, message: Message) => this.#call(to, name, message, deadlineMs);
    const idOf = (id: LeaseId) => ({ head: null, payload: new ByteWriter(10).bigUint(id).finish() });
    return {
      propose: async (entry) => readApplied(await call(method.propose, { head: null, payload: entry })),
      leaseKeepAlive: async (id) => readLeaseTime(await call(method.leaseKeepAlive, idOf(id))),
      leaseTimeToLive: async (id) => readLeaseTime(await call(method.leaseTimeToLive, idOf(id))),
      changeMembership: async (changes, context) => {
        const head = changes.map(({ type, id }) => ({ type, id }));
        return readApplied(await call(method.changeMembership, { head, payload: context }));
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#dialled.values()].map(({ client }) => client.close()));
    this.#dialled.clear();
    this.#peers = new Map();
  }

  async #call(to: MemberId, name: string, message: Message, deadlineMs: number): Promise<Message> {
    const dialled = this.#dial(to);
    // A connection is not waited for here: by the time it is there, another may lead.
    if (dialled?.client.connected !== true) throw storeError('noLeader');
    dialled.underWay += 1;
    try {
      return await dialled.client.request(name, message, { deadlineMs });
    } catch (error) {
      if (error instanceof WireError) throw fromWireError(error);
      throw error;
    } finally {
      dialled.underWay -= 1;
      this.#maybeClose(to, dialled);
    }
  }

  /** One that is wanted no more ends when it has answered: its removal may be what it was asked for. */
  #maybeClose(id: MemberId, dialled: Dialled): void {
    if (this.#dialled.get(id) !== dialled && dialled.underWay === 0) void dialled.client.close();
  }

  #dial(to: MemberId): Dialled | undefined {
    const peer = this.#peers.get(to);
    const known = this.#dialled.get(to);
    if (peer === undefined || known !== undefined) return known;
    const { address, name } = peer;
    const client = dialWire(this.#context, { addresses: [address], tls: this.#tls, to: name });
    const dialled = { address, client, underWay: 0 };
    this.#dialled.set(to, dialled);
    return dialled;
  }
}

/** Asks running members, one after the other, what the cluster is. Rejects when none of them tells. */
export async function askForCluster(
  context: WireContext,
  options: { readonly addresses: readonly Address[]; readonly tls: TlsMaterial; readonly deadlineMs: number },
): Promise<ClusterView> {
  const failures: string[] = [];
  for (const address of options.addresses) {
    const to = `${address.host}:${address.port}`;
    const client = dialWire(context, { addresses: [address], tls: options.tls, to });
    try {
      const asked = { head: null, payload: noBytes };
      const { head } = await client.request(method.cluster, asked, { deadlineMs: options.deadlineMs });
      if (isClusterView(head)) return head;
      failures.push(`${to}: not understood`);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      failures.push(`${to}: ${error.message}`);
    } finally {
      await client.close();
    }
  }
  throw new Error(`no member of the existing cluster tells who its members are (${failures.join('; ')})`);
}

/* ------------------------------------------------------------ formats */

const unknownHeader = { clusterId: '', memberId: '', raftTerm: 0 };

function writeApplied({ index, revision, txn }: Applied): Message {
  if (txn === undefined) return { head: [index, revision], payload: noBytes };
  const payload = encodeTxnResponse({ header: { ...unknownHeader, revision }, ...txn });
  return { head: [index, revision], payload };
}

function readApplied({ head, payload }: Message): Applied {
  const [index, revision] = readNumbers(head);
  if (payload.byteLength === 0) return { index, revision };
  const { succeeded, responses } = decodeTxnResponse(payload);
  return { index, revision, txn: { succeeded, responses } };
}

function writeLeaseTime({ ttl, grantedTtl }: LeaseTime): Message {
  return { head: [ttl, grantedTtl], payload: noBytes };
}

function readLeaseTime({ head }: Message): LeaseTime {
  const [ttl, grantedTtl] = readNumbers(head);
  return { ttl, grantedTtl };
}

function readNumbers(head: unknown): [number, number] {
  if (Array.isArray(head)) {
    const [first, second]: unknown[] = head;
    if (typeof first === 'number' && typeof second === 'number') return [first, second];
  }
  throw storeError('corrupt', { detail: 'the answer of a member is not understood' });
}

const changeTypes = ['addVoter', 'addLearner', 'promote', 'remove'] as const;

function readChanges(head: unknown): readonly MembershipChange[] {
  const refused = new WireError('invalidArgument', 'a list of membership changes is wanted');
  if (!Array.isArray(head)) throw refused;
  return head.map((change: unknown) => {
    const type = changeTypes.find((known) => known === field(change, 'type'));
    const id = field(change, 'id');
    if (type === undefined || typeof id !== 'string') throw refused;
    return { type, id };
  });
}

function isClusterView(head: unknown): head is ClusterView {
  const members = field(head, 'members');
  return (
    typeof field(head, 'clusterId') === 'string' &&
    Array.isArray(members) &&
    members.every(
      (member: unknown) =>
        typeof field(member, 'id') === 'string' &&
        typeof field(member, 'name') === 'string' &&
        Array.isArray(field(member, 'peerUrls')),
    )
  );
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
