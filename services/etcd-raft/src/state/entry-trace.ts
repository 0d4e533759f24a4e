import { isSampled, type Traceparent } from '@kubelab/telemetry';

const hasTrace = 1;
const flagsByteAt = 1;
const lengthAt = 2;
const traceAt = 3;
const traceLength = 55;

/** The sampled context in an entry's head (entry.ts), read without decoding: the log is full of entries that have none. */
export function sampledTraceOf(data: Uint8Array): Traceparent | undefined {
  if (data.byteLength < traceAt + traceLength) return undefined;
  if (((data[flagsByteAt] ?? 0) & hasTrace) === 0 || data[lengthAt] !== traceLength) return undefined;
  // The lowest bit of the last hexadecimal digit: '1', '3', ... and 'b', 'd', 'f' have other codes than their values.
  const digit = data[traceAt + traceLength - 1] ?? 0;
  if (digit === 0x30) return undefined;
  const text = Buffer.from(data.buffer, data.byteOffset + traceAt, traceLength).toString('latin1');
  return isSampled(text) ? text : undefined;
}
