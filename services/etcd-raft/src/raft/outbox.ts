import type { MemberId } from '@kubelab/store';
import type { RaftMessage, ReadState } from './types.js';

/** Messages that promise something durable: they leave after the disk has it. */
const promises: ReadonlySet<RaftMessage['type']> = new Set([
  'requestVote',
  'requestVoteReply',
  'appendReply',
]);

interface Outgoing {
  readonly messages: readonly RaftMessage[];
  readonly messagesAfterPersist: readonly RaftMessage[];
  readonly readStates: readonly ReadState[];
  readonly snapshotsWanted: readonly MemberId[];
}

/** What a core has to say since it was last asked; part of Ready. */
export class Outbox {
  #messages: RaftMessage[] = [];
  #afterPersist: RaftMessage[] = [];
  #readStates: ReadState[] = [];
  #snapshotsWanted: MemberId[] = [];

  /** `diskFree`: whether promises may be taken. */
  isEmpty(diskFree: boolean): boolean {
    const promised = diskFree ? this.#afterPersist.length : 0;
    return this.#messages.length + promised + this.#readStates.length + this.#snapshotsWanted.length === 0;
  }

  /**
   * `termDurable`: the sender's term is on its disk. An answer to a heartbeat promises nothing else, so that reads do not wait
   * for entries that are being written.
   */
  send(message: RaftMessage, termDurable: boolean): void {
    const promise = promises.has(message.type) || (message.type === 'heartbeatReply' && !termDurable);
    (promise ? this.#afterPersist : this.#messages).push(message);
  }

  readState(state: ReadState): void {
    this.#readStates.push(state);
  }

  wantSnapshot(to: MemberId): void {
    this.#snapshotsWanted.push(to);
  }

  /** Promises stay while the disk is at work: what they promise goes to it next. */
  take(diskFree: boolean): Outgoing {
    const outgoing = {
      messages: this.#messages,
      messagesAfterPersist: diskFree ? this.#afterPersist : [],
      readStates: this.#readStates,
      snapshotsWanted: this.#snapshotsWanted,
    };
    this.#messages = [];
    if (diskFree) this.#afterPersist = [];
    this.#readStates = [];
    this.#snapshotsWanted = [];
    return outgoing;
  }
}
