import { storeError, type TxnRequest } from '@kubelab/store';
import { saveState } from '../bolt/save-state.js';
import type { AlarmRequest, AlarmResponse, Caller, EtcdServer } from '../etcd-server.js';
import { noMember } from '../state/members.js';
import { mayPut } from '../state/permit.js';
import {
  ensured,
  originOf,
  proposeFor,
  proposeInternally,
  readBarrier,
  type ServerParts,
  throwIf,
} from './parts.js';
import { storeErrorOf } from './raft-errors.js';

/** Of etcd's API that this member speaks. */
export const protocolVersion = '3.5.0';
export const quotaBytesDefault = 2 * 1024 ** 3;
/** Beside a request's own bytes, what a put takes (as etcd counts it). */
const putOverheadBytes = 256;

type MaintenanceCalls = Pick<
  EtcdServer,
  'status' | 'alarm' | 'defragment' | 'hash' | 'hashKv' | 'snapshot' | 'moveLeader'
>;

export function createMaintenance(parts: ServerParts): MaintenanceCalls {
  const { state, node } = parts;
  const { store } = state;
  const admit = (caller: Caller) => throwIf(state.auth.checkAdmin(originOf(parts, caller)));
  return {
    status: async (caller) => {
      throwIf(state.auth.checkUser(originOf(parts, caller)));
      return status(parts);
    },
    alarm: (request, caller) => alarm(parts, request, caller),
    defragment: async (caller) => {
      admit(caller);
      await store.defragment();
      return parts.header();
    },
    hash: async (caller) => {
      admit(caller);
      const { hash } = await store.hash();
      return { header: parts.header(), hash };
    },
    hashKv: async (revision, caller) => {
      admit(caller);
      const { hash, compactRevision } = ensured(await store.hashKv(revision));
      return { header: parts.header(), hash, compactRevision };
    },
    snapshot: async (caller) => {
      admit(caller);
      return snapshot(parts);
    },
    moveLeader: async (to, caller) => {
      admit(caller);
      if (node.status().role !== 'leader') throw storeError('notLeader');
      if (state.members.get(to)?.isLearner !== false) throw storeError('badLeaderTransferee');
      try {
        await node.transferLeadership(to);
      } catch (error) {
        throw storeErrorOf(error);
      }
      return parts.header();
    },
  };
}

function status(parts: ServerParts): Awaited<ReturnType<EtcdServer['status']>> {
  const { state, node, name } = parts;
  const raft = node.status();
  const alarms = state.alarms.list().map(({ memberId, alarm }) => {
    const type = alarm === 'noSpace' ? 'NOSPACE' : 'CORRUPT';
    return `memberID:${BigInt(`0x${memberId}`)} alarm:${type} `;
  });
  return {
    header: parts.header(),
    name,
    version: protocolVersion,
    role: raft.role,
    leader: raft.leader ?? noMember,
    raftTerm: raft.term,
    raftIndex: raft.lastIndex,
    raftAppliedIndex: raft.appliedIndex,
    dbBytes: state.store.bytes,
    dbBytesInUse: state.store.bytesInUse,
    compactRevision: state.store.compactRevision,
    isLearner: raft.role === 'learner',
    errors: raft.leader === undefined ? [...alarms, storeError('noLeader').message] : alarms,
  };
}

async function alarm(parts: ServerParts, request: AlarmRequest, caller: Caller): Promise<AlarmResponse> {
  const { alarms } = parts.state;
  const { action, memberId, alarm: type } = request;
  if (action === 'get') {
    await readBarrier(parts);
    throwIf(parts.state.auth.checkUser(originOf(parts, caller)));
    return { header: parts.header(), alarms: alarms.list(memberId, type) };
  }
  const before = alarms.list(memberId, type);
  const header = await proposeFor(parts, { type: 'alarm', action, memberId, alarm: type }, caller);
  return { header, alarms: action === 'deactivate' ? before : alarms.list(memberId, type) };
}

async function snapshot({ state, world, header }: ServerParts): ReturnType<EtcdServer['snapshot']> {
  const nextTurn = () => new Promise<void>((resolve) => void world.timers.setImmediate(resolve));
  return { header: header(), ...(await saveState(state, nextTurn)) };
}

/** Puts and new leases stop before the store is larger than its quota: the alarm that this raises stops them on every member. */
export class Quota {
  readonly #parts: ServerParts;
  readonly #bytesMax: number;
  #raising: Promise<void> | undefined;

  /** 0: etcd's default of 2 GiB; negative: no quota. */
  constructor(parts: ServerParts, bytesMax: number) {
    this.#parts = parts;
    this.#bytesMax = bytesMax === 0 ? quotaBytesDefault : bytesMax;
  }

  /** What must not be executed: refuse() then, which says why. */
  isExceededBy(request: TxnRequest, requestBytes: number): boolean {
    return this.isExceeded(requestBytes + putOverheadBytes) && mayPut(request);
  }

  isExceeded(moreBytes: number): boolean {
    return this.#bytesMax >= 0 && this.#parts.state.store.bytes + moreBytes > this.#bytesMax;
  }

  /** Rejects with noSpace, when the alarm is raised. */
  async refuse(): Promise<never> {
    const { state, memberId, telemetry } = this.#parts;
    if (state.alarms.list(memberId, 'noSpace').length === 0) {
      telemetry.log.warn({ bytes: state.store.bytes, quotaBytes: this.#bytesMax }, 'the quota is used up');
      this.#raising ??= this.#raise().finally(() => {
        this.#raising = undefined;
      });
      await this.#raising;
    }
    throw storeError('noSpace');
  }

  async #raise(): Promise<void> {
    const { memberId, telemetry } = this.#parts;
    const command = { type: 'alarm', action: 'activate', memberId, alarm: 'noSpace' } as const;
    try {
      await proposeInternally(this.#parts, command);
    } catch (error) {
      telemetry.log.warn({ error }, 'the alarm could not be raised; the next put tries again');
    }
  }
}
