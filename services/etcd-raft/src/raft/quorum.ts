import type { MemberName } from './types.js';

/** The voting members, and what a majority of them is. Joint configurations will be two of these. */
export class Quorum {
  readonly members: readonly MemberName[];

  constructor(members: readonly MemberName[]) {
    this.members = members;
  }

  get size(): number {
    return Math.floor(this.members.length / 2) + 1;
  }

  /** The largest value that a majority has reached. */
  reached(levelOf: (member: MemberName) => number): number {
    const values = this.members.map(levelOf).sort((a, b) => b - a);
    return values[this.size - 1] ?? 0;
  }

  /** Of votes so far: won, lost, or still open. */
  outcome(votes: ReadonlyMap<MemberName, boolean>): 'won' | 'lost' | 'open' {
    const granted = this.members.filter((member) => votes.get(member) === true).length;
    const refused = this.members.filter((member) => votes.get(member) === false).length;
    if (granted >= this.size) return 'won';
    return refused > this.members.length - this.size ? 'lost' : 'open';
  }
}
