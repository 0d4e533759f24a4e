import type { MemberId } from '@kubelab/store';
import type { Configuration } from '../contract.js';
import type { RaftLog } from './log.js';
import { Outbox } from './outbox.js';
import { Quorum } from './quorum.js';
import type { HardState, RaftConfig, RaftMessage, Role } from './types.js';

export type MessageBody = RaftMessage extends infer M
  ? M extends RaftMessage
    ? Omit<M, 'from' | 'to' | 'term'> & { readonly term?: number }
    : never
  : never;

/**
 * What the parts of one member share: its term and vote, its log, who the members are, and the way out. Only Raft (raft.ts)
 * changes role and term.
 */
export class Core {
  readonly config: RaftConfig;
  readonly log: RaftLog;
  readonly outbox = new Outbox();
  role: Role = 'follower';
  term: number;
  votedFor: MemberId | undefined;
  leader: MemberId | undefined;
  electionTicks: number;
  heartbeatTicks: number;
  /** The last term that is known to be on this member's disk. */
  durableTerm: number;
  #configuration: Configuration;
  #quorum: Quorum;

  constructor(
    config: RaftConfig,
    saved: { readonly hardState: HardState; readonly log: RaftLog; readonly configuration: Configuration },
  ) {
    this.config = config;
    this.log = saved.log;
    this.term = saved.hardState.term;
    this.durableTerm = this.term;
    this.votedFor = saved.hardState.votedFor;
    this.electionTicks = config.electionTicks;
    this.heartbeatTicks = config.heartbeatTicks;
    this.#configuration = saved.configuration;
    this.#quorum = new Quorum(saved.configuration);
  }

  get id(): MemberId {
    return this.config.id;
  }

  /** As of the last applied entry: configuration.ts says why not as of the last one in the log. */
  get configuration(): Configuration {
    return this.#configuration;
  }

  get quorum(): Quorum {
    return this.#quorum;
  }

  setConfiguration(configuration: Configuration): void {
    const counted = this.config.plantedBug === 'staleMembership' ? this.#configuration : configuration;
    this.#quorum = new Quorum(counted);
    this.#configuration = configuration;
  }

  send(to: MemberId, body: MessageBody): void {
    const message: RaftMessage = { ...body, from: this.id, to, term: body.term ?? this.term };
    this.outbox.send(message, this.durableTerm === this.term);
  }
}
