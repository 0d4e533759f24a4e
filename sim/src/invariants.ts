import type { RaftObservation } from '@kubelab/etcd-raft';

/** A property that did not hold: which, where, and what was seen. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly property: string;
  constructor(property: string, message: string) {
    super(`${property}: ${message}`);
    this.property = property;
  }
}

interface Applied {
  readonly term: number;
  readonly data: string;
  readonly by: string;
}

/**
 * Raft's five safety properties (paper, figure 3), looked at after every step of every member. What any
 * member has applied is what the group has committed.
 */
export class RaftInvariants {
  readonly #leaders = new Map<number, string>();
  readonly #committed = new Map<number, Applied>();
  #highest = 0;
  readonly #progress = new Map<
    string,
    { appliedIndex: number; role: string; term: number; lastIndex: number }
  >();

  /** A member begins again from its disk: what it had in memory only is gone. */
  restarted(name: string): void {
    this.#progress.delete(name);
  }

  observe(name: string, { status, applied, raft }: RaftObservation): void {
    const { role, term } = status;
    const before = this.#progress.get(name);
    if (role === 'leader') {
      const known = this.#leaders.get(term);
      if (known !== undefined && known !== name)
        throw new Violation('election safety', `term ${term} has two leaders, ${known} and ${name}`);
      this.#leaders.set(term, name);
      if (before?.role !== 'leader' || before.term !== term) this.#leaderCompleteness(name, term, raft);
      else if (status.lastIndex < before.lastIndex)
        throw new Violation('leader append-only', `${name} shortened its log in term ${term}`);
    }
    if (before !== undefined && status.appliedIndex < before.appliedIndex) {
      throw new Violation(
        'applied index monotonic',
        `${name} went from ${before.appliedIndex} back to ${status.appliedIndex}`,
      );
    }
    for (const entry of applied)
      this.#stateMachineSafety(name, entry.index, {
        term: entry.term,
        data: fingerprint(entry.data),
        by: name,
      });
    this.#logMatching(name, raft);
    this.#progress.set(name, { appliedIndex: status.appliedIndex, role, term, lastIndex: status.lastIndex });
  }

  #leaderCompleteness(name: string, term: number, raft: RaftObservation['raft']): void {
    for (let index = raft.log.firstIndex; index <= this.#highest; index += 1) {
      const committed = this.#committed.get(index);
      if (committed === undefined || committed.term > term || raft.log.termAt(index) === committed.term)
        continue;
      const has = raft.log.termAt(index) ?? 'nothing';
      throw new Violation(
        'leader completeness',
        `${name} leads term ${term}; entry ${index} was committed in term ${committed.term}, it has ${has}`,
      );
    }
  }

  /** A committed entry stands in the log of whoever says that it is committed. */
  #logMatching(name: string, raft: RaftObservation['raft']): void {
    const index = Math.min(raft.log.commit, this.#highest);
    const committed = this.#committed.get(index);
    const term = raft.log.termAt(index);
    if (committed === undefined || term === undefined || term === committed.term) return;
    throw new Violation(
      'log matching',
      `${name} has entry ${index} of term ${term} as committed, ${committed.by} of term ${committed.term}`,
    );
  }

  #stateMachineSafety(name: string, index: number, entry: Applied): void {
    const known = this.#committed.get(index);
    if (known === undefined) {
      this.#committed.set(index, entry);
      this.#highest = Math.max(this.#highest, index);
      return;
    }
    if (known.term === entry.term && known.data === entry.data) return;
    throw new Violation(
      'state machine safety',
      `entry ${index} is of term ${known.term} at ${known.by} and of term ${entry.term} at ${name}`,
    );
  }
}

function fingerprint(data: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of data) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return `${data.byteLength}:${hash}`;
}
