import type { MemberId } from '@kubelab/store';
import { type MembershipChange, RaftUnavailableError } from '../contract.js';
import { decodeConfigurationData, isJoint } from '../raft/configuration.js';
import type { Raft } from '../raft/raft.js';
import type { Entry } from '../raft/types.js';

/** Proposals that wait to be committed; more are refused with `tooManyProposals`. */
const proposalsMax = 20_000;
/** Of those that wait to be appended. */
const queuedBytesMax = 64 << 20;

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Proposal extends Waiting {
  readonly data: Uint8Array;
}

/** What this member proposed and has not heard the end of. */
export class Proposals {
  readonly #raft: Raft;
  #queued: Proposal[] = [];
  #queuedBytes = 0;
  /** Appended and not applied, by index; `term` tells whether an applied entry is the one proposed. */
  readonly #appended = new Map<number, Waiting & { readonly term: number }>();
  /** A joint configuration is applied; the change is done when it is left. */
  #leavingJoint: { readonly waiting: Waiting; readonly result: unknown } | undefined;

  constructor(raft: Raft) {
    this.#raft = raft;
  }

  /** Why this member cannot propose, or undefined. */
  refusal(): RaftUnavailableError | undefined {
    const { role, leader, transferee } = this.#raft;
    if (role === 'leader' && transferee !== undefined)
      return new RaftUnavailableError('transferring', `leadership goes over to ${transferee}`, {
        leader: transferee,
      });
    if (role === 'leader') return undefined;
    if (leader === undefined)
      return new RaftUnavailableError('noLeader', 'there is no leader at this moment');
    return new RaftUnavailableError('notLeader', `${leader} leads`, { leader });
  }

  /** Goes to the log with the others of this turn. */
  add(data: Uint8Array): Promise<unknown> {
    const refusal = this.refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    if (this.#queued.length + this.#appended.size >= proposalsMax)
      return Promise.reject(
        new RaftUnavailableError('tooManyProposals', `more than ${proposalsMax} proposals wait`),
      );
    if (this.#queuedBytes > 0 && this.#queuedBytes + data.byteLength > queuedBytesMax)
      return Promise.reject(tooMuch());
    this.#queuedBytes += data.byteLength;
    return new Promise((resolve, reject) => void this.#queued.push({ data, resolve, reject }));
  }

  /** Throws InvalidMembershipChangeError. */
  addChange(changes: readonly MembershipChange[], context: Uint8Array): Promise<unknown> {
    // What was proposed earlier stands earlier in the log.
    this.append();
    const outcome = this.#raft.proposeChange(changes, context);
    switch (outcome) {
      case 'notLeader':
      case 'transferring':
        return Promise.reject(this.refusal() ?? tooMuch());
      case 'tooMuch':
        return Promise.reject(tooMuch());
      case 'changing':
        return Promise.reject(
          new RaftUnavailableError('changing', 'another membership change is not done yet'),
        );
      case 'learnerNotReady':
        return Promise.reject(
          new RaftUnavailableError('learnerNotReady', 'the learner has not caught up yet'),
        );
      default:
        return new Promise((resolve, reject) => {
          this.#appended.set(outcome.first, { resolve, reject, term: outcome.term });
        });
    }
  }

  /** Hands what gathered to the log. */
  append(): void {
    if (this.#queued.length === 0) return;
    const proposals = this.#queued;
    this.#queued = [];
    this.#queuedBytes = 0;
    const outcome = this.#raft.propose(proposals.map((proposal) => proposal.data));
    if (typeof outcome === 'string') {
      const refused = outcome === 'tooMuch' ? tooMuch() : (this.refusal() ?? tooMuch());
      for (const proposal of proposals) proposal.reject(refused);
      return;
    }
    proposals.forEach(({ resolve, reject }, at) => {
      this.#appended.set(outcome.first + at, { resolve, reject, term: outcome.term });
    });
  }

  /** An entry was applied, with this result. */
  applied(entry: Entry, result: unknown): void {
    const waiting = this.#appended.get(entry.index);
    if (waiting !== undefined) this.#appended.delete(entry.index);
    if (entry.type === 'configuration') this.#configurationApplied(entry, waiting, result);
    else if (waiting?.term === entry.term) waiting.resolve(result);
    else waiting?.reject(this.#replaced());
  }

  #configurationApplied(
    entry: Entry,
    waiting: (Waiting & { readonly term: number }) | undefined,
    result: unknown,
  ): void {
    if (waiting !== undefined && waiting.term !== entry.term) waiting.reject(this.#replaced());
    const own = waiting?.term === entry.term ? waiting : undefined;
    if (isJoint(decodeConfigurationData(entry.data).configuration)) {
      if (own !== undefined) this.#leavingJoint = { waiting: own, result };
      return;
    }
    own?.resolve(result);
    this.#leavingJoint?.waiting.resolve(this.#leavingJoint.result);
    this.#leavingJoint = undefined;
  }

  /** Of a leadership that ended, the fate is unknown. */
  lost(leader: MemberId | undefined): void {
    this.fail(
      new RaftUnavailableError('leadershipLost', 'leadership was lost', { leader, mayHaveCommitted: true }),
    );
  }

  fail(reason: RaftUnavailableError): void {
    for (const waiting of [...this.#queued, ...this.#appended.values()]) waiting.reject(reason);
    this.#leavingJoint?.waiting.reject(reason);
    this.#leavingJoint = undefined;
    this.#queued = [];
    this.#queuedBytes = 0;
    this.#appended.clear();
  }

  #replaced(): RaftUnavailableError {
    const { leader } = this.#raft;
    return new RaftUnavailableError('leadershipLost', 'another leader replaced the proposal', { leader });
  }
}

function tooMuch(): RaftUnavailableError {
  return new RaftUnavailableError('tooManyProposals', 'too much is proposed and not committed');
}
