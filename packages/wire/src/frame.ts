import { Packr } from 'msgpackr';
import { type Message, noBytes, WireError, type WireErrorCode } from './contract.js';

/**
 * One WebSocket message is one frame: [u32 little endian: length of head][head: msgpack array][payload: the
 * rest].
 * Only the side that dialled opens requests and streams, so that one counter numbers both.
 */
export const protocolVersion = 1;

export type Frame =
  | { readonly type: 'hello'; readonly version: number; readonly name: string }
  | {
      readonly type: 'request';
      readonly id: number;
      readonly method: string;
      readonly message: Message;
      readonly deadlineMs: number;
      readonly trace: string | undefined;
    }
  | { readonly type: 'response'; readonly id: number; readonly message: Message }
  | { readonly type: 'error'; readonly id: number; readonly error: WireError }
  | { readonly type: 'cancel'; readonly id: number }
  | {
      readonly type: 'streamOpen';
      readonly id: number;
      readonly method: string;
      readonly message: Message;
      readonly deadlineMs: number;
      readonly trace: string | undefined;
    }
  | {
      readonly type: 'streamMessage';
      readonly id: number;
      readonly message: Message;
      readonly trace: string | undefined;
    }
  | { readonly type: 'streamEnd'; readonly id: number }
  | { readonly type: 'streamFail'; readonly id: number; readonly error: WireError }
  | { readonly type: 'window'; readonly id: number; readonly bytes: number }
  | {
      readonly type: 'datagram';
      readonly method: string;
      readonly message: Message;
      readonly trace: string | undefined;
    }
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  | { readonly type: 'goAway' };

/** A stream without end travels as -1. */
const endless = -1;
const packr = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number', moreTypes: false });
const codes: Readonly<Record<Frame['type'], number>> = {
  hello: 0,
  request: 1,
  response: 2,
  error: 3,
  cancel: 4,
  streamOpen: 5,
  streamMessage: 6,
  streamEnd: 7,
  streamFail: 8,
  window: 9,
  datagram: 10,
  ping: 11,
  pong: 12,
  goAway: 13,
};

/** The parts to send end to end; the payload is not copied. */
export function encodeFrame(frame: Frame): Uint8Array[] {
  const head = packr.pack(headOf(frame));
  const prefixed = new Uint8Array(4 + head.byteLength);
  new DataView(prefixed.buffer).setUint32(0, head.byteLength, true);
  prefixed.set(head, 4);
  const payload = 'message' in frame ? frame.message.payload : noBytes;
  return payload.byteLength === 0 ? [prefixed] : [prefixed, payload];
}

function headOf(frame: Frame): unknown[] {
  const code = codes[frame.type];
  switch (frame.type) {
    case 'hello':
      return [code, frame.version, frame.name];
    case 'request':
    case 'streamOpen': {
      const deadline = Number.isFinite(frame.deadlineMs) ? Math.max(0, Math.ceil(frame.deadlineMs)) : endless;
      return [code, frame.id, frame.method, frame.message.head, deadline, frame.trace ?? ''];
    }
    case 'response':
      return [code, frame.id, frame.message.head];
    case 'error':
    case 'streamFail': {
      const { code: name, message, retryable, mayHaveExecuted, details } = frame.error;
      return [code, frame.id, name, message, retryable, mayHaveExecuted, details];
    }
    case 'streamMessage':
      return [code, frame.id, frame.message.head, frame.trace ?? ''];
    case 'window':
      return [code, frame.id, frame.bytes];
    case 'cancel':
    case 'streamEnd':
      return [code, frame.id];
    case 'datagram':
      return [code, frame.method, frame.message.head, frame.trace ?? ''];
    case 'ping':
    case 'pong':
    case 'goAway':
      return [code];
    default:
      return frame satisfies never;
  }
}

/** Thrown by decodeFrame; the connection is closed with 1002 and this message. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** The payload is a view of `data`. Throws ProtocolError for anything that encodeFrame cannot have made. */
export function decodeFrame(data: Uint8Array): Frame {
  if (data.byteLength < 5) throw new ProtocolError('frame too short');
  const headBytes = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(0, true);
  if (headBytes > data.byteLength - 4) throw new ProtocolError('head longer than its frame');
  let head: unknown;
  try {
    head = packr.unpack(data.subarray(4, 4 + headBytes));
  } catch (error) {
    throw new ProtocolError('head is not msgpack', { cause: error });
  }
  if (!Array.isArray(head)) throw new ProtocolError('head is not an array');
  return frameFrom(new Fields(head), data.subarray(4 + headBytes));
}

const types = Object.entries(codes)
  .sort((a, b) => a[1] - b[1])
  .map(([type]) => type);

function frameFrom(fields: Fields, payload: Uint8Array): Frame {
  const type = types[fields.number(0)];
  switch (type) {
    case 'hello':
      return { type, version: fields.number(1), name: fields.text(2) };
    case 'request':
    case 'streamOpen': {
      const deadline = fields.number(4);
      const deadlineMs = deadline === endless ? Number.POSITIVE_INFINITY : deadline;
      const message = { head: fields.any(3), payload };
      return {
        type,
        id: fields.number(1),
        method: fields.text(2),
        message,
        deadlineMs,
        trace: fields.trace(5),
      };
    }
    case 'response':
      return { type, id: fields.number(1), message: { head: fields.any(2), payload } };
    case 'error':
    case 'streamFail':
      return { type, id: fields.number(1), error: fields.error() };
    case 'streamMessage':
      return {
        type,
        id: fields.number(1),
        message: { head: fields.any(2), payload },
        trace: fields.trace(3),
      };
    case 'window':
      return { type, id: fields.number(1), bytes: fields.number(2) };
    case 'cancel':
    case 'streamEnd':
      return { type, id: fields.number(1) };
    case 'datagram':
      return {
        type,
        method: fields.text(1),
        message: { head: fields.any(2), payload },
        trace: fields.trace(3),
      };
    case 'ping':
    case 'pong':
    case 'goAway':
      return { type };
    default:
      throw new ProtocolError('unknown frame type');
  }
}

const errorCodes: ReadonlySet<string> = new Set<WireErrorCode>([
  'canceled',
  'invalidArgument',
  'deadlineExceeded',
  'notFound',
  'alreadyExists',
  'permissionDenied',
  'unauthenticated',
  'resourceExhausted',
  'failedPrecondition',
  'aborted',
  'outOfRange',
  'unimplemented',
  'internal',
  'unavailable',
  'dataLoss',
]);

function isErrorCode(text: string): text is WireErrorCode {
  return errorCodes.has(text);
}

/** A head's fields, each checked as it is taken. */
class Fields {
  readonly #values: readonly unknown[];
  constructor(values: readonly unknown[]) {
    this.#values = values;
  }
  any(index: number): unknown {
    return this.#values[index];
  }
  number(index: number): number {
    const value = this.#values[index];
    if (typeof value !== 'number' || !Number.isSafeInteger(value))
      throw new ProtocolError(`field ${index} is not a whole number`);
    return value;
  }
  text(index: number): string {
    const value = this.#values[index];
    if (typeof value !== 'string') throw new ProtocolError(`field ${index} is not text`);
    return value;
  }
  trace(index: number): string | undefined {
    const value = this.#values[index];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }
  error(): WireError {
    const code = this.text(2);
    const details = this.any(6);
    return new WireError(isErrorCode(code) ? code : 'internal', this.text(3), {
      retryable: this.any(4) === true,
      mayHaveExecuted: this.any(5) === true,
      details: typeof details === 'object' && details !== null ? { ...details } : {},
    });
  }
}
