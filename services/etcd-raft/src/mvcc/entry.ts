import { ByteReader, ByteWriter } from '@kubelab/store';
import type { Traceparent } from '@kubelab/telemetry';

/**
 * What stands in the log: a kind, the trace context of the request, and for a txn the request's bytes exactly
 * as the client encoded them
 * (they are moved, not decoded and encoded again).
 */
export type LogEntry =
  | { readonly type: 'txn'; readonly trace: Traceparent | undefined; readonly request: Uint8Array }
  | { readonly type: 'compact'; readonly revision: number };

const txnKind = 1;
const compactKind = 2;

export function encodeTxnEntry(request: Uint8Array, trace: Traceparent | undefined): Uint8Array {
  return new ByteWriter(request.byteLength + 80)
    .u8(txnKind)
    .text(trace ?? '')
    .bytes(request)
    .finish();
}

export function encodeCompactEntry(revision: number): Uint8Array {
  return new ByteWriter(16).u8(compactKind).uint(revision).finish();
}

/** Throws for anything else: a log that holds it is corrupt, and a member must not guess. */
export function decodeEntry(data: Uint8Array): LogEntry {
  const reader = new ByteReader(data);
  const kind = reader.u8();
  if (kind === compactKind) return { type: 'compact', revision: reader.uint() };
  if (kind !== txnKind) throw new Error(`log entry of unknown kind ${kind}: this log is of another version`);
  const trace = reader.text();
  return { type: 'txn', trace: trace === '' ? undefined : trace, request: reader.bytes() };
}
