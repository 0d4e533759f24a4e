import type { LeaseId } from '@kubelab/store';
import { protobuf } from '@kubelab/store/etcd';
import { Version } from '../mvcc/version.js';
import { BoltError } from './format.js';

/**
 * A version as etcd has it in its bucket `key`. Key: u64 main, '_', u64 sub, big-endian, and 't' behind them for a
 * delete. Value: mvccpb.KeyValue; of a delete the key alone. The trace context goes along in a field that etcd passes over.
 */
const revisionBytes = 17;
const tombstoneBytes = revisionBytes + 1;
const separator = 0x5f;
const tombstoneMark = 0x74;
const traceField = 1001;

const keyValue = protobuf.message({
  key: protobuf.bytes(1),
  createRevision: protobuf.int(2),
  version: protobuf.int(4),
  value: protobuf.bytes(5),
  lease: protobuf.int64(6),
  trace: protobuf.bytes(traceField),
});

const lengthDelimited = 2;
const tags = { key: 0x0a, createRevision: 0x10, modRevision: 0x18, version: 0x20, value: 0x2a, lease: 0x30 };
const traceTag = traceField * 8 + lengthDelimited;
/** From here on leases are counted and written as bigints. */
const smallLease = BigInt(Number.MAX_SAFE_INTEGER);

export function revisionKeyBytes(version: Version): number {
  return version.deleted ? tombstoneBytes : revisionBytes;
}

export function writeRevisionKey(target: Buffer, at: number, { main, sub, deleted }: RevisionKey): void {
  target.writeUInt32BE(Math.floor(main / 2 ** 32), at);
  target.writeUInt32BE(main % 2 ** 32, at + 4);
  target[at + 8] = separator;
  target.writeUInt32BE(0, at + 9);
  target.writeUInt32BE(sub, at + 13);
  if (deleted) target[at + revisionBytes] = tombstoneMark;
}

export function revisionKey(main: number): Buffer {
  const key = Buffer.alloc(revisionBytes);
  writeRevisionKey(key, 0, { main, sub: 0, deleted: false });
  return key;
}

export interface RevisionKey {
  readonly main: number;
  readonly sub: number;
  readonly deleted: boolean;
}

export function readRevisionKey(key: Buffer): RevisionKey {
  const deleted = key.byteLength === tombstoneBytes && key[revisionBytes] === tombstoneMark;
  const main = key.byteLength < revisionBytes ? -1 : Number(key.readBigUInt64BE(0));
  const sub = key.byteLength < revisionBytes ? -1 : Number(key.readBigUInt64BE(9));
  const whole = Number.isSafeInteger(main) && main > 0 && sub >= 0 && sub <= 0xffff_ffff;
  if (!whole || (key.byteLength !== revisionBytes && !deleted) || key[8] !== separator)
    throw new BoltError(`no revision: ${key.toString('hex')}`);
  return { main, sub, deleted };
}

export function keyValueBytes(version: Version): number {
  const { name, valueLength, traceLength, createRevision, main } = version;
  const trace = traceLength === 0 ? 0 : uintBytes(traceTag) + fieldBytes(traceLength);
  const key = name.length === 0 ? 0 : 1 + fieldBytes(name.length);
  if (version.deleted) return key + trace;
  const numbers = 3 + uintBytes(createRevision) + uintBytes(main) + uintBytes(version.version);
  const value = valueLength === 0 ? 0 : 1 + fieldBytes(valueLength);
  const lease = version.lease === 0n ? 0 : 1 + leaseBytes(version.lease);
  return key + numbers + value + lease + trace;
}

/** `body`: key, value and trace context, end to end. */
export function writeKeyValue(target: Buffer, start: number, version: Version, body: Uint8Array): void {
  const { name, valueLength, traceLength } = version;
  const keyEnd = name.length;
  const valueEnd = keyEnd + valueLength;
  let at = start;
  if (keyEnd > 0) at = writeBytes(target, writeUint(target, at, tags.key), body.subarray(0, keyEnd));
  if (!version.deleted) {
    at = writeUint(target, writeUint(target, at, tags.createRevision), version.createRevision);
    at = writeUint(target, writeUint(target, at, tags.modRevision), version.main);
    at = writeUint(target, writeUint(target, at, tags.version), version.version);
    if (valueLength > 0)
      at = writeBytes(target, writeUint(target, at, tags.value), body.subarray(keyEnd, valueEnd));
    if (version.lease !== 0n) at = writeLease(target, writeUint(target, at, tags.lease), version.lease);
  }
  if (traceLength > 0)
    writeBytes(target, writeUint(target, at, traceTag), body.subarray(valueEnd, valueEnd + traceLength));
}

/** The version, and what its body is made of. Views of `value`. */
export function readVersion(
  key: Buffer,
  value: Buffer,
): { readonly version: Version; readonly parts: readonly Uint8Array[] } {
  const { main, sub, deleted } = readRevisionKey(key);
  const kv = keyValue.decode(value);
  if (!deleted && kv.version < 1) throw new BoltError(`revision ${main}.${sub} has no version of its key`);
  const kept = deleted ? { ...kv, createRevision: 0, version: 0, lease: 0n, value: new Uint8Array(0) } : kv;
  const name = Buffer.from(kv.key.buffer, kv.key.byteOffset, kv.key.byteLength).toString('latin1');
  const trace = kv.trace.byteLength > 255 ? new Uint8Array(0) : kv.trace;
  const version = new Version({
    ...{ name, main, sub, createRevision: kept.createRevision, version: kept.version, lease: kept.lease },
    ...{ valueLength: kept.value.byteLength, traceLength: trace.byteLength },
  });
  return { version, parts: [kv.key, kept.value, trace] };
}

function fieldBytes(length: number): number {
  return uintBytes(length) + length;
}

function uintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes += 1;
  return bytes;
}

function leaseBytes(lease: LeaseId): number {
  if (lease >= 0n && lease <= smallLease) return uintBytes(Number(lease));
  let bytes = 1;
  for (let rest = BigInt.asUintN(64, lease); rest >= 0x80n; rest >>= 7n) bytes += 1;
  return bytes;
}

function writeUint(target: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
    target[at] = (rest % 0x80) | 0x80;
    at += 1;
  }
  target[at] = rest;
  return at + 1;
}

function writeLease(target: Buffer, start: number, lease: LeaseId): number {
  if (lease >= 0n && lease <= smallLease) return writeUint(target, start, Number(lease));
  let at = start;
  let rest = BigInt.asUintN(64, lease);
  for (; rest >= 0x80n; rest >>= 7n) {
    target[at] = Number(rest & 0x7fn) | 0x80;
    at += 1;
  }
  target[at] = Number(rest);
  return at + 1;
}

function writeBytes(target: Buffer, start: number, bytes: Uint8Array): number {
  const at = writeUint(target, start, bytes.byteLength);
  target.set(bytes, at);
  return at + bytes.byteLength;
}
