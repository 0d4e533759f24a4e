import { ByteReader, BytesError, ByteWriter } from '@kubelab/store';
import { decodeEntries, encodedRuns } from './entries.js';
import type { RaftMessage } from './types.js';

const types = [
  'preVote',
  'preVoteReply',
  'requestVote',
  'requestVoteReply',
  'appendEntries',
  'appendReply',
  'heartbeat',
  'heartbeatReply',
  'readIndex',
  'readIndexReply',
  'timeoutNow',
  'commit',
] as const satisfies readonly RaftMessage['type'][];

/** Fields of a message, and the entries that it carries: views of the buffers that hold them, shared by all receivers. */
export interface EncodedMessage {
  readonly fields: Uint8Array;
  readonly entries: Uint8Array;
}

const none: Uint8Array = new Uint8Array(0);

/** A message as bytes: type, term, from, to, then the type's own fields. */
export function encodeMessage(message: RaftMessage): EncodedMessage {
  const writer = new ByteWriter(96);
  let entries: Uint8Array = none;
  writer.u8(types.indexOf(message.type)).uint(message.term).text(message.from).text(message.to);
  switch (message.type) {
    case 'preVote':
      writer.uint(message.lastIndex).uint(message.lastTerm);
      break;
    case 'requestVote':
      writer
        .uint(message.lastIndex)
        .uint(message.lastTerm)
        .u8(message.transfer ? 1 : 0);
      break;
    case 'preVoteReply':
    case 'requestVoteReply':
      writer.u8(message.granted ? 1 : 0);
      break;
    case 'appendEntries':
      writer.uint(message.prevIndex).uint(message.prevTerm).uint(message.commit).uint(message.entries.length);
      entries = joined(encodedRuns(message.entries));
      break;
    case 'appendReply':
      if (message.ok) writer.u8(1).uint(message.matchIndex);
      else writer.u8(0).uint(message.rejectedIndex).uint(message.hintIndex).uint(message.hintTerm);
      break;
    case 'heartbeat':
      writer.uint(message.commit).uint(message.round);
      break;
    case 'heartbeatReply':
      writer.uint(message.round);
      break;
    case 'readIndex':
      writer.uint(message.context);
      break;
    case 'readIndexReply':
      writer.uint(message.context).uint(message.index);
      break;
    case 'commit':
      writer.uint(message.commit);
      break;
    case 'timeoutNow':
      break;
    default:
      message satisfies never;
  }
  return { fields: writer.finish(), entries };
}

function joined(runs: readonly Uint8Array[]): Uint8Array {
  const [first] = runs;
  if (first === undefined) return none;
  return runs.length === 1 ? first : Buffer.concat(runs);
}

/** Throws BytesError for anything that encodeMessage cannot have written. */
export function decodeMessage(encoded: EncodedMessage): RaftMessage {
  const reader = new ByteReader(encoded.fields);
  const type = types[reader.u8()];
  if (type === undefined) throw new BytesError('no such raft message');
  const envelope = { term: reader.uint(), from: reader.text(), to: reader.text() };
  switch (type) {
    case 'preVote':
      return { ...envelope, type, lastIndex: reader.uint(), lastTerm: reader.uint() };
    case 'requestVote': {
      const log = { lastIndex: reader.uint(), lastTerm: reader.uint() };
      return { ...envelope, type, ...log, transfer: reader.u8() === 1 };
    }
    case 'preVoteReply':
    case 'requestVoteReply':
      return { ...envelope, type, granted: reader.u8() === 1 };
    case 'appendEntries': {
      const fields = { prevIndex: reader.uint(), prevTerm: reader.uint(), commit: reader.uint() };
      const entries = decodeEntries(encoded.entries, reader.uint());
      return { ...envelope, type, ...fields, entries };
    }
    case 'appendReply':
      if (reader.u8() === 1) return { ...envelope, type, ok: true, matchIndex: reader.uint() };
      return {
        ...envelope,
        type,
        ok: false,
        rejectedIndex: reader.uint(),
        hintIndex: reader.uint(),
        hintTerm: reader.uint(),
      };
    case 'heartbeat':
      return { ...envelope, type, commit: reader.uint(), round: reader.uint() };
    case 'heartbeatReply':
      return { ...envelope, type, round: reader.uint() };
    case 'readIndex':
      return { ...envelope, type, context: reader.uint() };
    case 'readIndexReply':
      return { ...envelope, type, context: reader.uint(), index: reader.uint() };
    case 'commit':
      return { ...envelope, type, commit: reader.uint() };
    case 'timeoutNow':
      return { ...envelope, type };
    default:
      return type satisfies never;
  }
}

const traceNames: Readonly<Record<RaftMessage['type'], string>> = {
  preVote: 'PreVote',
  preVoteReply: 'PreVoteReply',
  requestVote: 'RequestVote',
  requestVoteReply: 'RequestVoteReply',
  appendEntries: 'AppendEntries',
  appendReply: 'AppendEntriesReply',
  heartbeat: 'Heartbeat',
  heartbeatReply: 'HeartbeatReply',
  readIndex: 'ReadIndex',
  readIndexReply: 'ReadIndexReply',
  timeoutNow: 'TimeoutNow',
  commit: 'Commit',
};

/** A message for the eyes of people: `AppendEntries`, `term 3 idx 17..20`. Reads no more than the label needs. Throws BytesError. */
export function describeMessage(fields: Uint8Array): { kind: string; key: string } {
  const reader = new ByteReader(fields);
  const type = types[reader.u8()];
  if (type === undefined) throw new BytesError('no such raft message');
  const kind = traceNames[type];
  const term = `term ${reader.uint()}`;
  reader.bytes();
  reader.bytes();
  switch (type) {
    case 'appendEntries': {
      const prevIndex = reader.uint();
      reader.uint();
      const commit = reader.uint();
      const count = reader.uint();
      return {
        kind,
        key: count === 0 ? `${term} commit ${commit}` : `${term} idx ${prevIndex + 1}..${prevIndex + count}`,
      };
    }
    case 'commit':
      return { kind, key: `${term} commit ${reader.uint()}` };
    case 'appendReply':
      return { kind, key: `${term} ${reader.u8() === 1 ? 'match' : 'rejected'} ${reader.uint()}` };
    case 'preVoteReply':
    case 'requestVoteReply':
      return { kind, key: `${term} ${reader.u8() === 1 ? 'granted' : 'refused'}` };
    default:
      return { kind, key: term };
  }
}
