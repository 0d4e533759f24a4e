import type { Key, KeyValue, LeaseId } from '@kubelab/store';
import type { Slab } from './slab.js';

/** A key's bytes as a string of char codes 0-255: compares in byte order, hashes, and cannot change. */
export type KeyName = string;

export function keyName(key: Key): KeyName {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}

export interface VersionFields {
  readonly name: KeyName;
  readonly main: number;
  readonly sub: number;
  readonly createRevision: number;
  readonly version: number;
  readonly lease: LeaseId;
  readonly valueLength: number;
  readonly traceLength: number;
}

/**
 * One change of one key (etcd: revision {main, sub}; `sub` is its place among the changes of that transaction). A
 * delete has version 0. Its body is key, value and trace context, end to end, in a slab or in the backend. One million
 * of these are usual, so the fields are few and flat.
 */
export class Version implements VersionFields {
  readonly name: KeyName;
  readonly main: number;
  readonly sub: number;
  readonly createRevision: number;
  readonly version: number;
  readonly lease: LeaseId;
  readonly valueLength: number;
  readonly traceLength: number;
  /** Main revision of the key's next change; 0 while this is the newest. */
  supersededAt = 0;
  /** Undefined: the backend has the body. */
  slab: Slab | undefined = undefined;
  at = 0;

  constructor(fields: VersionFields) {
    this.name = fields.name;
    this.main = fields.main;
    this.sub = fields.sub;
    this.createRevision = fields.createRevision;
    this.version = fields.version;
    this.lease = fields.lease;
    this.valueLength = fields.valueLength;
    this.traceLength = fields.traceLength;
  }

  get deleted(): boolean {
    return this.version === 0;
  }

  get bodyLength(): number {
    return this.name.length + this.valueLength + this.traceLength;
  }

  supersededBy(revision: number): boolean {
    return this.supersededAt !== 0 && this.supersededAt <= revision;
  }

  /**
   * Compaction at `revision` takes what reads at or after it cannot see. A tombstone of that very revision stays, for
   * a watch may start there. Worked example: put at 2, delete at 4, put at 7. Compacted at 5: [7], for the
   * tombstone says nothing that absence does not. Compacted at 4: [4 deleted, 7].
   */
  compactedBy(revision: number): boolean {
    if (this.main > revision) return false;
    return this.supersededBy(revision) || (this.version === 0 && this.main < revision);
  }
}

const noValue = new Uint8Array(0);

/** Views into `body` (at `at`), not copies. */
export function toKeyValue(version: Version, body: Uint8Array, at: number): KeyValue {
  const { buffer } = body;
  const keyAt = body.byteOffset + at;
  const keyLength = version.name.length;
  const key = new Uint8Array(buffer, keyAt, keyLength);
  const { valueLength, traceLength } = version;
  const value = valueLength === 0 ? noValue : new Uint8Array(buffer, keyAt + keyLength, valueLength);
  const { createRevision, main: modRevision, lease } = version;
  const kv = { key, value, createRevision, modRevision, version: version.version, lease };
  if (traceLength === 0) return kv;
  const trace = Buffer.from(buffer, keyAt + keyLength + valueLength, traceLength).toString('latin1');
  return { ...kv, trace };
}

export function withoutValue(kv: KeyValue): KeyValue {
  return { ...kv, value: noValue };
}

/**
 * A version as bytes, in snapshots and in LMDB, big-endian:
 * f64 main, u32 sub, f64 createRevision, f64 version, i64 lease, u32 bytes of key, u32 of value, u8 of trace; body.
 * (Positive doubles sort as their bytes do and are exact up to 2^53.)
 */
export const recordHeadBytes = 45;

export function recordBytes(version: Version): number {
  return recordHeadBytes + version.bodyLength;
}

export function writeRecord(target: Buffer, at: number, version: Version, body: Uint8Array): void {
  target.writeDoubleBE(version.main, at);
  target.writeUInt32BE(version.sub, at + 8);
  target.writeDoubleBE(version.createRevision, at + 12);
  target.writeDoubleBE(version.version, at + 20);
  if (version.lease === 0n) target.fill(0, at + 28, at + 36);
  else target.writeBigInt64BE(version.lease, at + 28);
  target.writeUInt32BE(version.name.length, at + 36);
  target.writeUInt32BE(version.valueLength, at + 40);
  target.writeUInt8(version.traceLength, at + 44);
  target.set(body, at + recordHeadBytes);
}

const noLease: LeaseId = 0n;

/** Throws RangeError where the record ends too early. */
export function readRecord(record: Buffer): Version {
  const keyLength = record.readUInt32BE(36);
  const leaseLow = record.readUInt32BE(32);
  const leaseHigh = record.readUInt32BE(28);
  const version = new Version({
    name: record.toString('latin1', recordHeadBytes, recordHeadBytes + keyLength),
    main: record.readDoubleBE(0),
    sub: record.readUInt32BE(8),
    createRevision: record.readDoubleBE(12),
    version: record.readDoubleBE(20),
    lease: leaseLow === 0 && leaseHigh === 0 ? noLease : record.readBigInt64BE(28),
    valueLength: record.readUInt32BE(40),
    traceLength: record.readUInt8(44),
  });
  if (record.byteLength !== recordBytes(version)) throw new RangeError('a version of wrong length');
  return version;
}
