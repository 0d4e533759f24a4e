import { ByteReader, ByteWriter } from './bytes.js';
import { readHeader, whole, writeHeader } from './codec.js';
import type {
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseId,
  LeaseLeasesResponse,
  LeaseTimeToLiveResponse,
} from './contract.js';

/** Messages about leases. Heads of packages/wire hold no int64, so that these are payloads. */
export function encodeLeaseGrant({ id, ttl }: LeaseGrantRequest): Uint8Array {
  return new ByteWriter(24).bigUint(id).uint(ttl).finish();
}

export function decodeLeaseGrant(bytes: Uint8Array): LeaseGrantRequest {
  const reader = new ByteReader(bytes);
  return whole(reader, { id: reader.bigUint(), ttl: reader.uint() });
}

export function encodeLeaseGrantResponse({ header, id, ttl }: LeaseGrantResponse): Uint8Array {
  const writer = new ByteWriter(96);
  writeHeader(writer, header);
  return writer.bigUint(id).uint(ttl).finish();
}

export function decodeLeaseGrantResponse(bytes: Uint8Array): LeaseGrantResponse {
  const reader = new ByteReader(bytes);
  return whole(reader, { header: readHeader(reader), id: reader.bigUint(), ttl: reader.uint() });
}

/** `keys`: of a time-to-live request; nothing elsewhere. */
export function encodeLeaseId(id: LeaseId, keys = false): Uint8Array {
  return new ByteWriter(16)
    .bigUint(id)
    .u8(keys ? 1 : 0)
    .finish();
}

export function decodeLeaseId(bytes: Uint8Array): { readonly id: LeaseId; readonly keys: boolean } {
  const reader = new ByteReader(bytes);
  return whole(reader, { id: reader.bigUint(), keys: reader.flags(1) === 1 });
}

/** ttl is -1 for an absent lease, and travels one higher. */
export function encodeTimeToLiveResponse(response: LeaseTimeToLiveResponse): Uint8Array {
  const writer = new ByteWriter(128);
  writeHeader(writer, response.header);
  writer
    .bigUint(response.id)
    .uint(response.ttl + 1)
    .uint(response.grantedTtl)
    .uint(response.keys.length);
  for (const key of response.keys) writer.bytes(key);
  return writer.finish();
}

export function decodeTimeToLiveResponse(bytes: Uint8Array): LeaseTimeToLiveResponse {
  const reader = new ByteReader(bytes);
  return whole(reader, {
    header: readHeader(reader),
    id: reader.bigUint(),
    ttl: reader.uint() - 1,
    grantedTtl: reader.uint(),
    keys: Array.from({ length: reader.count() }, () => reader.bytes()),
  });
}

export function encodeLeasesResponse(response: LeaseLeasesResponse): Uint8Array {
  const writer = new ByteWriter(128);
  writeHeader(writer, response.header);
  writer.uint(response.ids.length);
  for (const id of response.ids) writer.bigUint(id);
  return writer.finish();
}

export function decodeLeasesResponse(bytes: Uint8Array): LeaseLeasesResponse {
  const reader = new ByteReader(bytes);
  return whole(reader, {
    header: readHeader(reader),
    ids: Array.from({ length: reader.count() }, () => reader.bigUint()),
  });
}
