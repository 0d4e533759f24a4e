import type { Configuration, MembershipChange } from '../src/contract.js';
import { decodeConfigurationData } from '../src/raft/configuration.js';
import { RaftLog } from '../src/raft/log.js';
import { Raft } from '../src/raft/raft.js';
import type { Entry, HardState, RaftConfig, RaftMessage } from '../src/raft/types.js';

export const members = ['a', 'b', 'c'];
const fresh: HardState = { term: 0, votedFor: undefined, commit: 0 };
export const bytes = (text: string) => new Uint8Array(Buffer.from(text));
export const entry = (index: number, term: number, text: string): Entry => ({
  index,
  term,
  type: 'normal',
  data: bytes(text),
  headBytes: 0,
});
export const votersOf = (...voters: string[]): Configuration => ({
  voters,
  votersOutgoing: [],
  learners: [],
});

export interface Saved {
  readonly hardState?: HardState;
  readonly entries?: readonly Entry[];
  readonly configuration?: Configuration;
  readonly config?: Partial<RaftConfig>;
}

/** A member of a core group: no disk, no clock but ticks; who stands first is decided by the name. */
export function member(id: string, saved: Saved = {}): Raft {
  const log = new RaftLog({ index: 0, term: 0 }, saved.entries ?? [], 0);
  return new Raft(
    {
      id,
      electionTicks: 10,
      heartbeatTicks: 1,
      random: () => Math.min(0.9, (id.charCodeAt(0) - 'a'.charCodeAt(0)) * 0.2),
      nowMs: () => 0,
      leaseMs: 0,
      learnerReadyEntries: 5,
      ...saved.config,
    },
    { hardState: saved.hardState ?? fresh, log, configuration: saved.configuration ?? votersOf(...members) },
  );
}

/** Persists at once and gives everything it has to say. */
export function settle(raft: Raft): RaftMessage[] {
  const said: RaftMessage[] = [];
  while (raft.hasReady(true)) {
    const ready = raft.takeReady(true);
    raft.persisted(ready);
    for (const { type, data } of ready.committed)
      if (type === 'configuration') raft.applyConfiguration(decodeConfigurationData(data).configuration);
    const applied = ready.committed.at(-1);
    if (applied !== undefined) raft.applied(applied.index);
    said.push(...ready.messages, ...ready.messagesAfterPersist);
  }
  return said;
}

/** Delivers messages until nobody has anything to say; `passes` may hold some back. */
export function exchange(
  rafts: readonly Raft[],
  passes: (message: RaftMessage) => boolean = () => true,
): void {
  for (let round = 0; round < 200; round += 1) {
    const messages = rafts.flatMap(settle).filter(passes);
    if (messages.length === 0) return;
    for (const message of messages) rafts.find((raft) => raft.id === message.to)?.step(message);
  }
  throw new Error('they do not come to an end');
}

/** Ticks all and lets them talk, so often. */
export function live(
  rafts: readonly Raft[],
  ticks: number,
  passes?: (message: RaftMessage) => boolean,
): void {
  for (let tick = 0; tick < ticks; tick += 1) {
    for (const raft of rafts) raft.tick();
    exchange(rafts, passes);
  }
}

/** `a` leads. */
export function elected(config: Partial<RaftConfig> = {}): Raft[] {
  const rafts = members.map((name) => member(name, { config }));
  for (let tick = 0; tick < 10; tick += 1) rafts[0]?.tick();
  exchange(rafts);
  return rafts;
}

export const at = (rafts: readonly Raft[], id: string): Raft => {
  const found = rafts.find((raft) => raft.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};

export const change = (raft: Raft, ...changes: MembershipChange[]) =>
  raft.proposeChange(changes, bytes('why'));
