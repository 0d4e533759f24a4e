import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeTxn, type TxnRequest } from '@kubelab/store';
import t from 'tap';
import type { Configuration } from '../src/contract.js';
import type { Backend } from '../src/mvcc/backend.js';
import { LmdbBackend } from '../src/mvcc/lmdb-backend.adapter.js';
import { MemoryBackend } from '../src/mvcc/memory-backend.js';
import { MvccStore } from '../src/mvcc/mvcc-store.js';
import { type Command, encodeEntry, type Origin } from '../src/state/entry.js';
import { encodeMemberFacts, initialMemberId } from '../src/state/members.js';
import { StoreState } from '../src/state/state-machine.js';

const nobody: Origin = { trace: undefined, user: undefined, authRevision: 0, internal: false };
const timers = {
  setImmediate: (callback: () => void) => {
    const immediate = setImmediate(callback);
    return { cancel: () => clearImmediate(immediate) };
  },
};
const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const ids = ['a', 'b', 'c'].map((name) => initialMemberId('token', name, [`https://${name}:1`])).sort();
const configuration: Configuration = { voters: ids, votersOutgoing: [], learners: [] };
const facts = encodeMemberFacts(
  ids.map((id, at) => ({ id, name: `m${at}`, peerUrls: [`https://m${at}:1`] })),
);

function open(backend: Backend = new MemoryBackend()): StoreState {
  const header = (revision: number) => ({ clusterId: '', memberId: '', revision, raftTerm: 1 });
  return new StoreState({
    openStore: (leases) => new MvccStore({ backend, leases, timers, header }),
    nowMs: () => 0,
  });
}

/** A multiplicative generator: the same commands for the same seed. */
function commandsOf(seed: number, count: number): readonly Command[] {
  let state = seed;
  const int = (max: number) => {
    state = (state * 48_271) % 0x7fffffff;
    return state % max;
  };
  const key = () => bytes(`k${int(12)}`);
  const txn = (): TxnRequest => ({
    compare: [{ key: key(), target: 'version', result: 'greater', number: int(3) }],
    success: [{ type: 'put', key: key(), value: bytes(`${int(1_000)}`), lease: BigInt(int(4)) }],
    failure:
      int(3) === 0
        ? [{ type: 'deleteRange', key: key(), rangeEnd: new Uint8Array([0]) }]
        : [{ type: 'put', key: key(), value: bytes('x') }],
  });
  const roles = ['r', 's'];
  const role = () => roles[int(2)] ?? '';
  const one = (at: number): Command => {
    switch (int(12)) {
      case 0:
        return { type: 'leaseGrant', id: BigInt(int(4)), ttl: 10 + int(900) };
      case 1:
        return { type: 'leaseRevoke', id: BigInt(int(4)) };
      case 2:
        return { type: 'leaseCheckpoint', checkpoints: [{ id: BigInt(int(4)), remainingTtl: int(100) }] };
      case 3:
        return { type: 'compact', revision: Math.max(0, at - 20) };
      case 4:
        return { type: 'auth', operation: { type: 'roleAdd', role: role() } };
      case 5:
        return { type: 'auth', operation: { type: 'roleDelete', role: role() } };
      case 6:
        return {
          type: 'auth',
          operation: { type: 'roleGrantPermission', role: role(), permission: { type: 'read', key: key() } },
        };
      case 7:
        return { type: 'auth', operation: { type: 'userAdd', user: `u${int(3)}`, passwordHash: '' } };
      case 8:
        return {
          type: 'memberPublish',
          id: ids[int(3)] ?? '',
          name: `n${at}`,
          clientUrls: [`https://n${at}:2`],
        };
      default:
        return { type: 'txn', request: encodeTxn(txn()) };
    }
  };
  return Array.from({ length: count }, (_, at) => one(at));
}

function begin(state: StoreState): void {
  state.applyConfiguration(1, configuration, facts);
  state.applied(1);
}

function applyAll(state: StoreState, commands: readonly Command[], from: number, batch: number): void {
  commands.forEach((command, at) => {
    state.apply(from + at, encodeEntry(command, nobody));
    if (at % batch === batch - 1 || at === commands.length - 1) state.applied(from + at);
  });
}

t.test('the same entries make the same state, however they are batched, and over a snapshot', async (t) => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const commands = commandsOf(seed * 7_919, 300);
    const straight = open();
    begin(straight);
    applyAll(straight, commands, 2, 300);
    const interrupted = open();
    begin(interrupted);
    applyAll(interrupted, commands.slice(0, 150), 2, 7);
    const chunks = [...interrupted.snapshot()].map((chunk) => new Uint8Array(chunk));
    const restored = open();
    // What it held before is gone.
    begin(restored);
    applyAll(restored, commandsOf(seed, 50), 2, 10);
    await restored.restore(chunks);
    t.equal(restored.fingerprint(), interrupted.fingerprint());
    t.same(restored.members.configuration, configuration);
    applyAll(restored, commands.slice(150), 152, 3);
    t.equal(restored.fingerprint(), straight.fingerprint());
    for (const id of straight.lessor.ids()) t.same(restored.lessor.keys(id), straight.lessor.keys(id));
  }
});

t.test('on disk the state is as of an index, with the configuration of then', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'kubelab-state-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'state.mdb');
  const commands = commandsOf(77, 200);
  const state = open(new LmdbBackend({ path }));
  t.equal(state.durable, undefined, 'nothing is durable yet');
  begin(state);
  applyAll(state, commands, 2, 20);
  const voters = ids.slice(0, 2);
  state.applyConfiguration(202, { ...configuration, voters }, new Uint8Array(0));
  state.applied(202);
  const before = state.fingerprint();
  await state.store.close('over');
  const again = open(new LmdbBackend({ path }));
  t.same(again.durable, { index: 202, configuration: { ...configuration, voters } });
  t.equal(again.appliedIndex, 202);
  t.equal(again.fingerprint(), before);
  t.same(again.lessor.ids(), state.lessor.ids());
  for (const id of state.lessor.ids()) t.same(again.lessor.keys(id), state.lessor.keys(id));
  t.equal(again.members.list.length, 2);
  t.ok(again.members.wasRemoved(ids[2] ?? ''));
  await again.store.close('over');
});

t.test('alarms refuse what they are about, and are replicated', async (t) => {
  const state = open();
  begin(state);
  const run = (index: number, command: Command) => {
    const result = state.apply(index, encodeEntry(command, nobody));
    state.applied(index);
    return result.type === 'refused' ? result.error.message : result.type;
  };
  const put = (key: string): Command => ({
    type: 'txn',
    request: encodeTxn({
      compare: [],
      success: [{ type: 'put', key: bytes(key), value: bytes('1') }],
      failure: [],
    }),
  });
  const alarm = (action: 'activate' | 'deactivate', type: 'noSpace' | 'corrupt' | 'none'): Command => ({
    ...{ type: 'alarm', action, alarm: type },
    memberId: action === 'activate' ? (ids[0] ?? '') : '0'.repeat(16),
  });
  t.equal(run(2, put('a')), 'txn');
  run(3, alarm('activate', 'noSpace'));
  t.equal(run(4, put('a')), 'etcdserver: mvcc: database space exceeded');
  t.equal(run(5, { type: 'leaseGrant', id: 1n, ttl: 5 }), 'etcdserver: mvcc: database space exceeded');
  t.equal(run(6, { type: 'compact', revision: 2 }), 'done');
  run(7, alarm('activate', 'corrupt'));
  t.equal(run(8, { type: 'compact', revision: 3 }), 'etcdserver: corrupt cluster');
  run(9, alarm('deactivate', 'none'));
  t.same(state.alarms.list(), []);
  t.equal(run(10, put('a')), 'txn');
});
