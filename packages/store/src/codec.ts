import { ByteReader, BytesError, ByteWriter } from './bytes.js';
import type {
  Compare,
  KeyRange,
  KeyValue,
  Operation,
  OperationResponse,
  RangeRequest,
  RangeResponse,
  ResponseHeader,
  StoreEvent,
  TxnRequest,
  TxnResponse,
  WatchRequest,
  WatchResponse,
} from './contract.js';

/**
 * How the store's messages travel and how transactions stand in the log: fields in the order written here, no
 * tags. README.md has the layout.
 * Decoders throw BytesError on anything an encoder cannot have written.
 */
const operationTypes = ['put', 'deleteRange', 'range'] as const;
const compareTargets = ['version', 'createRevision', 'modRevision', 'lease', 'value'] as const;
const compareResults = ['equal', 'notEqual', 'greater', 'less'] as const;

function pick<T>(options: readonly T[], index: number): T {
  const found = options[index];
  if (found === undefined) throw new BytesError(`no such choice: ${index}`);
  return found;
}

function list<T>(reader: ByteReader, read: (reader: ByteReader) => T): T[] {
  return Array.from({ length: reader.count() }, () => read(reader));
}

function writeList<T>(
  writer: ByteWriter,
  items: readonly T[],
  write: (writer: ByteWriter, item: T) => void,
): void {
  writer.uint(items.length);
  for (const item of items) write(writer, item);
}

/** rangeEnd: 0 for none, else 1 and the bytes. */
function writeKeyRange(writer: ByteWriter, range: KeyRange): void {
  writer.bytes(range.key);
  if (range.rangeEnd === undefined) writer.u8(0);
  else writer.u8(1).bytes(range.rangeEnd);
}

function readKeyRange(reader: ByteReader): KeyRange {
  const key = reader.bytes();
  return reader.u8() === 0 ? { key } : { key, rangeEnd: reader.bytes() };
}

function writeRange(writer: ByteWriter, request: RangeRequest): void {
  writeKeyRange(writer, request);
  writer.uint(request.limit ?? 0).uint(request.revision ?? 0);
  const flags = [request.keysOnly, request.countOnly, request.serializable];
  writer.u8(flags.reduce<number>((bits, flag, at) => bits | (flag === true ? 1 << at : 0), 0));
}

function readRange(reader: ByteReader): RangeRequest {
  const range = readKeyRange(reader);
  const limit = reader.uint();
  const revision = reader.uint();
  const bits = reader.u8();
  return {
    ...range,
    limit,
    revision,
    keysOnly: (bits & 1) > 0,
    countOnly: (bits & 2) > 0,
    serializable: (bits & 4) > 0,
  };
}

function writeOperation(writer: ByteWriter, operation: Operation): void {
  writer.u8(operationTypes.indexOf(operation.type));
  switch (operation.type) {
    case 'put':
      writer.bytes(operation.key).bytes(operation.value);
      writer.uint(operation.lease ?? 0).u8(operation.prevKv === true ? 1 : 0);
      return;
    case 'deleteRange':
      writeKeyRange(writer, operation);
      writer.u8(operation.prevKv === true ? 1 : 0);
      return;
    case 'range':
      writeRange(writer, operation);
      return;
    default:
      operation satisfies never;
  }
}

function readOperation(reader: ByteReader): Operation {
  const type = pick(operationTypes, reader.u8());
  switch (type) {
    case 'put':
      return {
        type,
        key: reader.bytes(),
        value: reader.bytes(),
        lease: reader.uint(),
        prevKv: reader.u8() === 1,
      };
    case 'deleteRange':
      return { type, ...readKeyRange(reader), prevKv: reader.u8() === 1 };
    case 'range':
      return { type, ...readRange(reader) };
    default:
      return type satisfies never;
  }
}

function writeCompare(writer: ByteWriter, compare: Compare): void {
  writeKeyRange(writer, compare);
  writer.u8(compareTargets.indexOf(compare.target)).u8(compareResults.indexOf(compare.result));
  if (compare.target === 'value') writer.bytes(compare.bytes);
  else writer.uint(compare.number);
}

function readCompare(reader: ByteReader): Compare {
  const range = readKeyRange(reader);
  const target = pick(compareTargets, reader.u8());
  const result = pick(compareResults, reader.u8());
  if (target === 'value') return { ...range, target, result, bytes: reader.bytes() };
  return { ...range, target, result, number: reader.uint() };
}

export function encodeTxn(request: TxnRequest): Uint8Array {
  const writer = new ByteWriter();
  writeList(writer, request.compare, writeCompare);
  writeList(writer, request.success, writeOperation);
  writeList(writer, request.failure, writeOperation);
  return writer.finish();
}

export function decodeTxn(bytes: Uint8Array): TxnRequest {
  const reader = new ByteReader(bytes);
  return whole(reader, {
    compare: list(reader, readCompare),
    success: list(reader, readOperation),
    failure: list(reader, readOperation),
  });
}

export function encodeRange(request: RangeRequest): Uint8Array {
  const writer = new ByteWriter();
  writeRange(writer, request);
  return writer.finish();
}

export function decodeRange(bytes: Uint8Array): RangeRequest {
  const reader = new ByteReader(bytes);
  return whole(reader, readRange(reader));
}

export function encodeWatch(request: WatchRequest): Uint8Array {
  const writer = new ByteWriter();
  writeKeyRange(writer, request);
  writer
    .uint(request.startRevision ?? 0)
    .u8((request.prevKv === true ? 1 : 0) | (request.progressNotify === true ? 2 : 0));
  return writer.finish();
}

export function decodeWatch(bytes: Uint8Array): WatchRequest {
  const reader = new ByteReader(bytes);
  const range = readKeyRange(reader);
  const startRevision = reader.uint();
  const bits = reader.u8();
  return whole(reader, { ...range, startRevision, prevKv: (bits & 1) > 0, progressNotify: (bits & 2) > 0 });
}

export function writeKeyValue(writer: ByteWriter, kv: KeyValue): void {
  writer.bytes(kv.key).bytes(kv.value).uint(kv.createRevision).uint(kv.modRevision);
  writer
    .uint(kv.version)
    .uint(kv.lease)
    .text(kv.trace ?? '');
}

export function readKeyValue(reader: ByteReader): KeyValue {
  const key = reader.bytes();
  const value = reader.bytes();
  const createRevision = reader.uint();
  const modRevision = reader.uint();
  const kv = { key, value, createRevision, modRevision, version: reader.uint(), lease: reader.uint() };
  const trace = reader.text();
  return trace === '' ? kv : { ...kv, trace };
}

function writeHeader(writer: ByteWriter, header: ResponseHeader): void {
  writer.text(header.clusterId).text(header.memberId).uint(header.revision).uint(header.raftTerm);
}

function readHeader(reader: ByteReader): ResponseHeader {
  return {
    clusterId: reader.text(),
    memberId: reader.text(),
    revision: reader.uint(),
    raftTerm: reader.uint(),
  };
}

function writeOperationResponse(writer: ByteWriter, response: OperationResponse): void {
  writer.u8(operationTypes.indexOf(response.type));
  switch (response.type) {
    case 'put':
      writeList(writer, response.prevKv === undefined ? [] : [response.prevKv], writeKeyValue);
      return;
    case 'deleteRange':
      writer.uint(response.deleted);
      writeList(writer, response.prevKvs, writeKeyValue);
      return;
    case 'range':
      writeList(writer, response.kvs, writeKeyValue);
      writer.u8(response.more ? 1 : 0).uint(response.count);
      return;
    default:
      response satisfies never;
  }
}

function readOperationResponse(reader: ByteReader): OperationResponse {
  const type = pick(operationTypes, reader.u8());
  switch (type) {
    case 'put': {
      const [prevKv] = list(reader, readKeyValue);
      return prevKv === undefined ? { type } : { type, prevKv };
    }
    case 'deleteRange':
      return { type, deleted: reader.uint(), prevKvs: list(reader, readKeyValue) };
    case 'range':
      return { type, kvs: list(reader, readKeyValue), more: reader.u8() === 1, count: reader.uint() };
    default:
      return type satisfies never;
  }
}

export function encodeTxnResponse(response: TxnResponse): Uint8Array {
  const writer = new ByteWriter();
  writeHeader(writer, response.header);
  writer.u8(response.succeeded ? 1 : 0);
  writeList(writer, response.responses, writeOperationResponse);
  return writer.finish();
}

export function decodeTxnResponse(bytes: Uint8Array): TxnResponse {
  const reader = new ByteReader(bytes);
  return whole(reader, {
    header: readHeader(reader),
    succeeded: reader.u8() === 1,
    responses: list(reader, readOperationResponse),
  });
}

export function encodeRangeResponse(response: RangeResponse): Uint8Array {
  const writer = new ByteWriter(1024);
  writeHeader(writer, response.header);
  writeList(writer, response.kvs, writeKeyValue);
  writer.u8(response.more ? 1 : 0).uint(response.count);
  return writer.finish();
}

export function decodeRangeResponse(bytes: Uint8Array): RangeResponse {
  const reader = new ByteReader(bytes);
  return whole(reader, {
    header: readHeader(reader),
    kvs: list(reader, readKeyValue),
    more: reader.u8() === 1,
    count: reader.uint(),
  });
}

function writeEvent(writer: ByteWriter, event: StoreEvent): void {
  writer.u8((event.type === 'put' ? 0 : 1) | (event.prevKv === undefined ? 0 : 2));
  writeKeyValue(writer, event.kv);
  if (event.prevKv !== undefined) writeKeyValue(writer, event.prevKv);
}

function readEvent(reader: ByteReader): StoreEvent {
  const bits = reader.u8();
  const event = { type: (bits & 1) === 0 ? ('put' as const) : ('delete' as const), kv: readKeyValue(reader) };
  return (bits & 2) === 0 ? event : { ...event, prevKv: readKeyValue(reader) };
}

export function encodeWatchResponse(response: WatchResponse): Uint8Array {
  const writer = new ByteWriter(512);
  writeHeader(writer, response.header);
  writeList(writer, response.events, writeEvent);
  return writer.finish();
}

export function decodeWatchResponse(bytes: Uint8Array): WatchResponse {
  const reader = new ByteReader(bytes);
  return whole(reader, { header: readHeader(reader), events: list(reader, readEvent) });
}

function whole<T>(reader: ByteReader, value: T): T {
  if (!reader.done) throw new BytesError('bytes left over');
  return value;
}
