import type { MemberName, RaftMessage, ReadState } from './types.js';

/** Messages that promise something durable: they leave after the disk has it. */
const promises: ReadonlySet<RaftMessage['type']> = new Set([
  'requestVote',
  'requestVoteReply',
  'appendReply',
  'heartbeatReply',
]);

interface Outgoing {
  readonly messages: readonly RaftMessage[];
  readonly messagesAfterPersist: readonly RaftMessage[];
  readonly readStates: readonly ReadState[];
  readonly snapshotsWanted: readonly MemberName[];
}

/** What a core has to say since it was last asked; part of Ready. */
export class Outbox {
  #messages: RaftMessage[] = [];
  #afterPersist: RaftMessage[] = [];
  #readStates: ReadState[] = [];
  #snapshotsWanted: MemberName[] = [];

  get isEmpty(): boolean {
    return (
      this.#messages.length +
        this.#afterPersist.length +
        this.#readStates.length +
        this.#snapshotsWanted.length ===
      0
    );
  }

  send(message: RaftMessage): void {
    (promises.has(message.type) ? this.#afterPersist : this.#messages).push(message);
  }

  readState(state: ReadState): void {
    this.#readStates.push(state);
  }

  wantSnapshot(to: MemberName): void {
    this.#snapshotsWanted.push(to);
  }

  take(): Outgoing {
    const outgoing = {
      messages: this.#messages,
      messagesAfterPersist: this.#afterPersist,
      readStates: this.#readStates,
      snapshotsWanted: this.#snapshotsWanted,
    };
    this.#messages = [];
    this.#afterPersist = [];
    this.#readStates = [];
    this.#snapshotsWanted = [];
    return outgoing;
  }
}
