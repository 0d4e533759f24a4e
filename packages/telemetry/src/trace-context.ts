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

/** A trace that nobody keeps: its id only marks log lines and messages that belong together. */
export function newTraceparent(random: RandomBytes): Traceparent {
  return `00-${hex(random.bytes(16))}-${hex(random.bytes(8))}-00`;
}

/** A new span of the same trace; a new trace when the parent is none. */
export function childTraceparent(parent: Traceparent | undefined, random: RandomBytes): Traceparent {
  const context = parseTraceparent(parent);
  if (context === undefined) return newTraceparent(random);
  return `00-${context.traceId}-${hex(random.bytes(8))}-${context.flags}`;
}

const flagsAt = 53;
const sampledDigits = '13579bdf';

/** Looks at one character of it: costs nothing where nothing is sampled. */
export function isSampled(trace: Traceparent | undefined): trace is Traceparent {
  return (
    trace !== undefined && trace.length >= flagsAt + 2 && sampledDigits.includes(trace.charAt(flagsAt + 1))
  );
}

/** A new trace, sampled or not by its own id (OpenTelemetry's TraceIdRatioBased): nothing more is drawn. */
export function rootTraceparent(random: RandomBytes, ratio: number): Traceparent {
  const traceId = hex(random.bytes(16));
  const share = Number.parseInt(traceId.slice(19), 16) / 16 ** 13;
  return `00-${traceId}-${hex(random.bytes(8))}-${share < ratio ? '01' : '00'}`;
}

export function traceIdOf(trace: Traceparent | undefined): string | undefined {
  return parseTraceparent(trace)?.traceId;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
