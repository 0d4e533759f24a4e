import type { RangeResponse, ResponseHeader } from '@kubelab/store';
import {
  type AcknowledgedWrite,
  type HistoryEntry,
  type LeaseRecord,
  MonotonicReads,
  type RegisterOperation,
  type RevisionEntry,
  type RevisionRead,
  type SetOperation,
  type TxnOperation,
  type WatchRecord,
} from '../checker/index.js';

const decoder = new TextDecoder();

/** All that the clients of a run did and saw, as they saw it. */
export class Recorder {
  readonly registers: HistoryEntry<RegisterOperation>[] = [];
  readonly sets: HistoryEntry<SetOperation>[] = [];
  readonly txns: HistoryEntry<TxnOperation>[] = [];
  readonly revisions: RevisionEntry[] = [];
  readonly writes: AcknowledgedWrite[] = [];
  readonly reads: RevisionRead[] = [];
  readonly leases: LeaseRecord[] = [];
  readonly watches: WatchRecord[] = [];
  /** The highest revision that a compaction was asked for. */
  compactedTo = 0;
  /** What a client saw at once to be wrong, whatever else happened. */
  violation: { readonly property: string; readonly message: string } | undefined;
  /** When an answer of any kind last came, for the longest silence; and how many came. */
  answered = 0;
  unknown = 0;
  refused = 0;
  readonly #monotonic = new MonotonicReads();

  fail(property: string, message: string): void {
    this.violation ??= { property, message };
  }

  /** `session`: one client and one incarnation of the member that answers; undefined where nobody can tell. */
  read(
    client: string,
    matches: (key: string) => boolean,
    response: RangeResponse,
    session: string | undefined,
  ): void {
    const found = response.kvs.map((kv) => ({
      key: decoder.decode(kv.key),
      value: decoder.decode(kv.value),
      modRevision: kv.modRevision,
    }));
    const { revision } = response.header;
    this.reads.push({ client, matches, revision, found });
    if (session === undefined) return;
    const wrong = this.#monotonic.read(`${client} at ${session}`, revision);
    if (wrong !== undefined) this.fail('monotonic reads', wrong);
  }

  /** An answer of an operation that is linearizable. */
  answer(
    client: string,
    what: string,
    times: { calledAtMs: number; returnedAtMs: number },
    header: ResponseHeader,
    changed: boolean,
  ): void {
    this.revisions.push({ client, what, ...times, revision: header.revision, changed });
  }
}
