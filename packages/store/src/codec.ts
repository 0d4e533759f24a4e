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
const operationTypes = ['put', 'deleteRange', 'range', 'txn'] as const;
const sortTargets = ['key', 'version', 'createRevision', 'modRevision', 'value'] as const;
const sortOrders = ['none', 'ascend', 'descend'] as const;
/** Transactions within transactions; a deeper one is refused, for reading it costs stack. */
export const txnDepthMax = 16;
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
  return reader.flags(1) === 0 ? { key } : { key, rangeEnd: reader.bytes() };
}

function bitsOf(...flags: readonly (boolean | undefined)[]): number {
  return flags.reduce<number>((bits, flag, at) => bits | (flag === true ? 1 << at : 0), 0);
}

/** Key, end, limit, revision, flags; then sort and bounds where the flags say that they are there. */
function writeRange(writer: ByteWriter, request: RangeRequest): void {
  writeKeyRange(writer, request);
  writer.int(request.limit ?? 0).int(request.revision ?? 0);
  const { minModRevision = 0, maxModRevision = 0, minCreateRevision = 0, maxCreateRevision = 0 } = request;
  const target = sortTargets.indexOf(request.sortTarget ?? 'key');
  const order = sortOrders.indexOf(request.sortOrder ?? 'none');
  const sorted = target + order > 0;
  const bounds = [minModRevision, maxModRevision, minCreateRevision, maxCreateRevision];
  const bounded = bounds.some((bound) => bound !== 0);
  writer.u8(bitsOf(request.keysOnly, request.countOnly, request.serializable, sorted, bounded));
  if (sorted) writer.u8(target).u8(order);
  if (bounded) for (const bound of bounds) writer.int(bound);
}

function readRange(reader: ByteReader): RangeRequest {
  const range = readKeyRange(reader);
  const limit = reader.int();
  const revision = reader.int();
  const bits = reader.flags(31);
  const request: RangeRequest = {
    ...range,
    limit,
    revision,
    keysOnly: (bits & 1) > 0,
    countOnly: (bits & 2) > 0,
    serializable: (bits & 4) > 0,
  };
  if (bits < 8) return request;
  const sort =
    (bits & 8) === 0
      ? {}
      : { sortTarget: pick(sortTargets, reader.u8()), sortOrder: pick(sortOrders, reader.u8()) };
  if ((bits & 16) === 0) return { ...request, ...sort };
  const minModRevision = reader.int();
  const maxModRevision = reader.int();
  const minCreateRevision = reader.int();
  const maxCreateRevision = reader.int();
  return { ...request, ...sort, minModRevision, maxModRevision, minCreateRevision, maxCreateRevision };
}

function writeOperation(writer: ByteWriter, operation: Operation): void {
  writer.u8(operationTypes.indexOf(operation.type));
  switch (operation.type) {
    case 'put':
      writer.bytes(operation.key).bytes(operation.value);
      writer.bigUint(operation.lease ?? 0n);
      writer.u8(bitsOf(operation.prevKv, operation.ignoreValue, operation.ignoreLease));
      return;
    case 'deleteRange':
      writeKeyRange(writer, operation);
      writer.u8(bitsOf(operation.prevKv));
      return;
    case 'range':
      writeRange(writer, operation);
      return;
    case 'txn':
      writeTxn(writer, operation);
      return;
    default:
      operation satisfies never;
  }
}

function readOperation(reader: ByteReader, depth: number): Operation {
  const type = pick(operationTypes, reader.u8());
  switch (type) {
    case 'put': {
      const key = reader.bytes();
      const value = reader.bytes();
      const lease = reader.bigUint();
      const bits = reader.flags(7);
      const put = { type, key, value, lease, prevKv: (bits & 1) > 0 };
      return bits < 2 ? put : { ...put, ignoreValue: (bits & 2) > 0, ignoreLease: (bits & 4) > 0 };
    }
    case 'deleteRange':
      return { type, ...readKeyRange(reader), prevKv: reader.flags(1) === 1 };
    case 'range':
      return { type, ...readRange(reader) };
    case 'txn':
      return { type, ...readTxn(reader, depth + 1) };
    default:
      return type satisfies never;
  }
}

function writeCompare(writer: ByteWriter, compare: Compare): void {
  writeKeyRange(writer, compare);
  writer.u8(compareTargets.indexOf(compare.target)).u8(compareResults.indexOf(compare.result));
  if (compare.target === 'value') writer.bytes(compare.bytes);
  else if (compare.target === 'lease') writer.bigUint(compare.lease);
  else writer.int(compare.number);
}

function readCompare(reader: ByteReader): Compare {
  const range = readKeyRange(reader);
  const target = pick(compareTargets, reader.u8());
  const result = pick(compareResults, reader.u8());
  if (target === 'value') return { ...range, target, result, bytes: reader.bytes() };
  if (target === 'lease') return { ...range, target, result, lease: reader.bigUint() };
  return { ...range, target, result, number: reader.int() };
}

function writeTxn(writer: ByteWriter, request: TxnRequest): void {
  writeList(writer, request.compare, writeCompare);
  writeList(writer, request.success, writeOperation);
  writeList(writer, request.failure, writeOperation);
}

function readTxn(reader: ByteReader, depth: number): TxnRequest {
  if (depth > txnDepthMax) throw new BytesError(`transactions nested more than ${txnDepthMax} deep`);
  const operation = () => readOperation(reader, depth);
  return {
    compare: list(reader, readCompare),
    success: list(reader, operation),
    failure: list(reader, operation),
  };
}

export function encodeTxn(request: TxnRequest): Uint8Array {
  const writer = new ByteWriter();
  writeTxn(writer, request);
  return writer.finish();
}

export function decodeTxn(bytes: Uint8Array): TxnRequest {
  const reader = new ByteReader(bytes);
  return whole(reader, readTxn(reader, 0));
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
  const { prevKv, progressNotify, fragment, filters = [] } = request;
  writer
    .int(request.startRevision ?? 0)
    .u8(bitsOf(prevKv, progressNotify, fragment, filters.includes('noPut'), filters.includes('noDelete')));
  return writer.finish();
}

export function decodeWatch(bytes: Uint8Array): WatchRequest {
  const reader = new ByteReader(bytes);
  const range = readKeyRange(reader);
  const startRevision = reader.int();
  const bits = reader.flags(31);
  const filters: ('noPut' | 'noDelete')[] = [];
  if ((bits & 8) > 0) filters.push('noPut');
  if ((bits & 16) > 0) filters.push('noDelete');
  return whole(reader, {
    ...range,
    startRevision,
    prevKv: (bits & 1) > 0,
    progressNotify: (bits & 2) > 0,
    fragment: (bits & 4) > 0,
    filters,
  });
}

export function writeKeyValue(writer: ByteWriter, kv: KeyValue): void {
  writer.bytes(kv.key).bytes(kv.value).uint(kv.createRevision).uint(kv.modRevision);
  writer
    .uint(kv.version)
    .bigUint(kv.lease)
    .text(kv.trace ?? '');
}

export function readKeyValue(reader: ByteReader): KeyValue {
  const key = reader.bytes();
  const value = reader.bytes();
  const createRevision = reader.uint();
  const modRevision = reader.uint();
  const kv = { key, value, createRevision, modRevision, version: reader.uint(), lease: reader.bigUint() };
  const trace = reader.text();
  return trace === '' ? kv : { ...kv, trace };
}

export function writeHeader(writer: ByteWriter, header: ResponseHeader): void {
  writer.text(header.clusterId).text(header.memberId).uint(header.revision).uint(header.raftTerm);
}

export function readHeader(reader: ByteReader): ResponseHeader {
  return {
    clusterId: reader.text(),
    memberId: reader.text(),
    revision: reader.uint(),
    raftTerm: reader.uint(),
  };
}

export function writeOperationResponse(writer: ByteWriter, response: OperationResponse): void {
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
    case 'txn':
      writer.u8(response.succeeded ? 1 : 0);
      writeList(writer, response.responses, writeOperationResponse);
      return;
    default:
      response satisfies never;
  }
}

function readOperationResponse(reader: ByteReader, depth = 0): OperationResponse {
  if (depth > txnDepthMax) throw new BytesError(`answers nested more than ${txnDepthMax} deep`);
  const type = pick(operationTypes, reader.u8());
  switch (type) {
    case 'put': {
      const [prevKv] = list(reader, readKeyValue);
      return prevKv === undefined ? { type } : { type, prevKv };
    }
    case 'deleteRange':
      return { type, deleted: reader.uint(), prevKvs: list(reader, readKeyValue) };
    case 'range':
      return { type, kvs: list(reader, readKeyValue), more: reader.flags(1) === 1, count: reader.uint() };
    case 'txn': {
      const succeeded = reader.flags(1) === 1;
      return { type, succeeded, responses: list(reader, () => readOperationResponse(reader, depth + 1)) };
    }
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
    succeeded: reader.flags(1) === 1,
    responses: list(reader, () => readOperationResponse(reader)),
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
    more: reader.flags(1) === 1,
    count: reader.uint(),
  });
}

function writeEvent(writer: ByteWriter, event: StoreEvent): void {
  writer.u8((event.type === 'put' ? 0 : 1) | (event.prevKv === undefined ? 0 : 2));
  writeKeyValue(writer, event.kv);
  if (event.prevKv !== undefined) writeKeyValue(writer, event.prevKv);
}

function readEvent(reader: ByteReader): StoreEvent {
  const bits = reader.flags(3);
  const event = { type: (bits & 1) === 0 ? ('put' as const) : ('delete' as const), kv: readKeyValue(reader) };
  return (bits & 2) === 0 ? event : { ...event, prevKv: readKeyValue(reader) };
}

export function encodeWatchResponse(response: WatchResponse): Uint8Array {
  const writer = new ByteWriter(512);
  writeHeader(writer, response.header);
  writer.u8(bitsOf(response.fragment));
  writeList(writer, response.events, writeEvent);
  return writer.finish();
}

export function decodeWatchResponse(bytes: Uint8Array): WatchResponse {
  const reader = new ByteReader(bytes);
  const header = readHeader(reader);
  const fragment = reader.flags(1) === 1;
  return whole(reader, { header, events: list(reader, readEvent), ...(fragment ? { fragment } : {}) });
}

/** About what the event takes on the wire, for bounds. */
export function eventBytes({ kv, prevKv }: StoreEvent): number {
  const of = (one: KeyValue) => one.key.byteLength + one.value.byteLength + 90;
  return of(kv) + (prevKv === undefined ? 0 : of(prevKv));
}

export function whole<T>(reader: ByteReader, value: T): T {
  if (!reader.done) throw new BytesError('bytes left over');
  return value;
}
