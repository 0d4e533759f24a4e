import type { MemberId } from '@kubelab/store';
import type { Configuration } from '../contract.js';

type Outcome = 'won' | 'lost' | 'open';

/**
 * What decides: a majority of the voters, and while a change goes through a joint configuration a majority of the outgoing
 * ones too (paper, section 6). Of a configuration without voters nothing decides.
 */
export class Quorum {
  readonly #sets: readonly (readonly MemberId[])[];

  constructor(configuration: Configuration) {
    const { voters, votersOutgoing } = configuration;
    this.#sets = votersOutgoing.length === 0 ? [voters] : [voters, votersOutgoing];
  }

  /** The largest value that is reached by a quorum. */
  reached(levelOf: (member: MemberId) => number): number {
    return Math.min(...this.#sets.map((voters) => reachedByMajority(voters, levelOf)));
  }

  /** Of votes so far: won, lost, or still open. */
  outcome(voteOf: (member: MemberId) => boolean | undefined): Outcome {
    const outcomes = this.#sets.map((voters) => majority(voters, voteOf));
    if (outcomes.includes('lost')) return 'lost';
    return outcomes.includes('open') ? 'open' : 'won';
  }
}

function reachedByMajority(voters: readonly MemberId[], levelOf: (member: MemberId) => number): number {
  const levels = voters.map(levelOf).sort((a, b) => b - a);
  return levels[Math.floor(voters.length / 2)] ?? 0;
}

function majority(voters: readonly MemberId[], voteOf: (member: MemberId) => boolean | undefined): Outcome {
  const needed = Math.floor(voters.length / 2) + 1;
  const granted = voters.filter((member) => voteOf(member) === true).length;
  const refused = voters.filter((member) => voteOf(member) === false).length;
  if (granted >= needed) return 'won';
  return refused > voters.length - needed ? 'lost' : 'open';
}
