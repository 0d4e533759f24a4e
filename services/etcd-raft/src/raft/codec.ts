import { ByteReader, BytesError, ByteWriter } from '@kubelab/store';
import type { Entry, RaftMessage } from './types.js';

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
] as const satisfies readonly RaftMessage['type'][];

export function writeEntry(writer: ByteWriter, entry: Entry): void {
  writer.uint(entry.index).uint(entry.term).bytes(entry.data);
}

export function readEntry(reader: ByteReader): Entry {
  return { index: reader.uint(), term: reader.uint(), data: reader.bytes() };
}

/** A message as bytes: type, term, from, to, then the type's own fields. */
export function encodeMessage(message: RaftMessage): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(types.indexOf(message.type)).uint(message.term).text(message.from).text(message.to);
  switch (message.type) {
    case 'preVote':
    case 'requestVote':
      writer.uint(message.lastIndex).uint(message.lastTerm);
      break;
    case 'preVoteReply':
    case 'requestVoteReply':
      writer.u8(message.granted ? 1 : 0);
      break;
    case 'appendEntries':
      writer.uint(message.prevIndex).uint(message.prevTerm).uint(message.commit).uint(message.entries.length);
      for (const entry of message.entries) writeEntry(writer, entry);
      break;
    case 'appendReply':
      if (message.ok) writer.u8(1).uint(message.matchIndex);
      else writer.u8(0).uint(message.rejectedIndex).uint(message.hintIndex).uint(message.hintTerm);
      break;
    case 'heartbeat':
      writer.uint(message.commit).uint(message.readSequence);
      break;
    case 'heartbeatReply':
      writer.uint(message.readSequence);
      break;
    case 'readIndex':
      writer.uint(message.context);
      break;
    case 'readIndexReply':
      writer.uint(message.context).uint(message.index);
      break;
    default:
      message satisfies never;
  }
  return writer.finish();
}

/** Throws BytesError for anything that encodeMessage cannot have written. */
export function decodeMessage(bytes: Uint8Array): RaftMessage {
  const reader = new ByteReader(bytes);
  const type = types[reader.u8()];
  if (type === undefined) throw new BytesError('no such raft message');
  const envelope = { term: reader.uint(), from: reader.text(), to: reader.text() };
  switch (type) {
    case 'preVote':
    case 'requestVote':
      return { ...envelope, type, lastIndex: reader.uint(), lastTerm: reader.uint() };
    case 'preVoteReply':
    case 'requestVoteReply':
      return { ...envelope, type, granted: reader.u8() === 1 };
    case 'appendEntries': {
      const fields = { prevIndex: reader.uint(), prevTerm: reader.uint(), commit: reader.uint() };
      const entries = Array.from({ length: reader.count() }, () => readEntry(reader));
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
      return { ...envelope, type, commit: reader.uint(), readSequence: reader.uint() };
    case 'heartbeatReply':
      return { ...envelope, type, readSequence: reader.uint() };
    case 'readIndex':
      return { ...envelope, type, context: reader.uint() };
    case 'readIndexReply':
      return { ...envelope, type, context: reader.uint(), index: reader.uint() };
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
};

/** A message for the eyes of people: `AppendEntries`, `term 3 idx 17..20`. */
export function describeMessage(message: RaftMessage): { kind: string; key: string } {
  const term = `term ${message.term}`;
  const kind = traceNames[message.type];
  switch (message.type) {
    case 'appendEntries': {
      const first = message.prevIndex + 1;
      const count = message.entries.length;
      return {
        kind,
        key: count === 0 ? `${term} commit ${message.commit}` : `${term} idx ${first}..${first + count - 1}`,
      };
    }
    case 'appendReply':
      return {
        kind,
        key: message.ok ? `${term} match ${message.matchIndex}` : `${term} rejected ${message.rejectedIndex}`,
      };
    case 'preVoteReply':
    case 'requestVoteReply':
      return { kind, key: `${term} ${message.granted ? 'granted' : 'refused'}` };
    default:
      return { kind, key: term };
  }
}
