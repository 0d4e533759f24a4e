import type { Traceparent } from './contract.js';

/** What trace ids are drawn from; packages/world's Random fits. */
export interface RandomBytes {
  bytes(length: number): Uint8Array;
}

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/;

export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: string;
}

/** Undefined for what W3C Trace Context says to ignore: another form, version ff, ids of all zeros. */
export function parseTraceparent(text: string | undefined): TraceContext | undefined {
  const match = form.exec(text ?? '');
  const [, version, traceId = '', spanId = '', flags = ''] = match ?? [];
  if (version === undefined || version === 'ff' || /^0+$/.test(traceId) || /^0+$/.test(spanId))
    return undefined;
  if (version === '00' && text?.length !== 55) return undefined;
  return { traceId, spanId, flags };
}

export function newTraceparent(random: RandomBytes): Traceparent {
  return `00-${hex(random.bytes(16))}-${hex(random.bytes(8))}-01`;
}

/** A new span of the same trace; a new trace when the parent is none. */
export function childTraceparent(parent: Traceparent | undefined, random: RandomBytes): Traceparent {
  const context = parseTraceparent(parent);
  if (context === undefined) return newTraceparent(random);
  return `00-${context.traceId}-${hex(random.bytes(8))}-${context.flags}`;
}

export function traceIdOf(trace: Traceparent | undefined): string | undefined {
  return parseTraceparent(trace)?.traceId;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
