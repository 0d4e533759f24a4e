import { Packr } from 'msgpackr';
import { type Message, noBytes, WireError, type WireErrorCode } from './contract.js';
import { limits } from './limits.js';

/**
 * A WebSocket message holds one frame or several, those that were sent in one turn of the event loop. A frame is
 * `[u32: bytes that follow][u8: type][its fields][payload: the rest]`, little endian; README.md has the fields. Only the side
 * that dialled opens requests and streams, so that one counter numbers both.
 */
export const protocolVersion = 2;

interface OpeningFrame<T> {
  readonly type: T;
  readonly id: number;
  readonly method: string;
  readonly message: Message;
  readonly deadlineMs: number;
  readonly trace: string | undefined;
}

interface FailureFrame<T> {
  readonly type: T;
  readonly id: number;
  readonly error: WireError;
}

export type Frame =
  | { readonly type: 'hello'; readonly version: number; readonly name: string }
  | OpeningFrame<'request'>
  | OpeningFrame<'streamOpen'>
  | { readonly type: 'response'; readonly id: number; readonly message: Message }
  | FailureFrame<'error'>
  | FailureFrame<'streamFail'>
  | {
      readonly type: 'streamMessage';
      readonly id: number;
      readonly message: Message;
      readonly trace: string | undefined;
    }
  | { readonly type: 'cancel' | 'streamEnd'; readonly id: number }
  | { readonly type: 'window'; readonly id: number; readonly bytes: number }
  | {
      readonly type: 'datagram';
      readonly method: string;
      readonly message: Message;
      readonly trace: string | undefined;
    }
  | { readonly type: 'ping' | 'pong' | 'goAway' };

const types = [
  'hello',
  'request',
  'response',
  'error',
  'cancel',
  'streamOpen',
  'streamMessage',
  'streamEnd',
  'streamFail',
  'window',
  'datagram',
  'ping',
  'pong',
  'goAway',
] as const satisfies readonly Frame['type'][];
const codeOf: ReadonlyMap<Frame['type'], number> = new Map(types.map((type, code) => [type, code]));

/** A stream without end: no deadline in milliseconds is that large. */
const endless = 2 ** 53 - 1;
const packr = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number', moreTypes: false });
const noHead = Buffer.alloc(0);

/** Thrown by decodeFrames; the connection is closed with 1002 and this message. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/* ---------------------------------------------------------------- writing */

const blockBytes = 16 * 1024;
/** A payload from this size on is sent as it lies; a smaller one is cheaper to copy. */
const referencedBytesMin = 8 * 1024;

/** Frames that leave together, as parts to be laid end to end. */
export class FrameBatch {
  #block = Buffer.allocUnsafeSlow(blockBytes);
  #start = 0;
  #at = 0;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Gives the frame's size. Throws a WireError for a head that is no msgpack or a frame that is too large; nothing is added then. */
  add(frame: Frame): number {
    const message = 'message' in frame ? frame.message : undefined;
    const payload = message?.payload ?? noBytes;
    const head = headOf(frame);
    const texts = textsOf(frame);
    const around = 64 + head.byteLength + 3 * (texts.first.length + texts.second.length);
    if (around + payload.byteLength > limits.messageBytesMax)
      throw tooLarge(payload.byteLength + head.byteLength);
    const copied = payload.byteLength < referencedBytesMin ? payload.byteLength : 0;
    this.#reserve(around + copied);
    const from = this.#at;
    this.#at += 4;
    this.#u8(codeOf.get(frame.type) ?? 0);
    if ('id' in frame) this.#uint(frame.id);
    if (frame.type === 'hello') this.#uint(frame.version);
    if (frame.type === 'window') this.#uint(frame.bytes);
    if ('deadlineMs' in frame)
      this.#uint(Number.isFinite(frame.deadlineMs) ? Math.max(0, Math.ceil(frame.deadlineMs)) : endless);
    if (texts.count > 0) this.#text(texts.first);
    if (texts.count > 1) this.#text(texts.second);
    if (carriesHead(frame)) this.#bytesOf(head);
    if (copied > 0) {
      this.#block.set(payload, this.#at);
      this.#at += copied;
    }
    const size = this.#at - from + payload.byteLength - copied;
    this.#block.writeUInt32LE(size - 4, from);
    this.#bytes += size;
    if (copied < payload.byteLength) {
      this.#cut();
      this.#parts.push(payload);
    }
    return size;
  }

  /** All frames so far; the batch is empty then. */
  take(): Uint8Array[] {
    this.#cut();
    const parts = this.#parts;
    this.#parts = [];
    this.#bytes = 0;
    return parts;
  }

  #cut(): void {
    if (this.#at > this.#start) this.#parts.push(this.#block.subarray(this.#start, this.#at));
    this.#start = this.#at;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#block.byteLength) return;
    this.#cut();
    this.#block = Buffer.allocUnsafeSlow(Math.max(blockBytes, bytes));
    this.#start = 0;
    this.#at = 0;
  }

  #u8(value: number): void {
    this.#block[this.#at] = value;
    this.#at += 1;
  }

  /** LEB128. */
  #uint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#u8((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#u8(rest);
  }

  #text(text: string): void {
    // Names and traces are short: the length takes one byte, and is known once the text stands behind it.
    const length = Buffer.byteLength(text);
    this.#uint(length);
    this.#at += this.#block.write(text, this.#at, length, 'utf8');
  }

  #bytesOf(bytes: Uint8Array): void {
    this.#uint(bytes.byteLength);
    this.#block.set(bytes, this.#at);
    this.#at += bytes.byteLength;
  }
}

function tooLarge(bytes: number): WireError {
  const text = `a message of ${bytes} bytes is more than the ${limits.messageBytesMax} that a connection takes`;
  return new WireError('resourceExhausted', text);
}

function carriesHead(frame: Frame): boolean {
  return 'message' in frame || 'error' in frame;
}

/** Empty stands for null, which most of the many have. */
function headOf(frame: Frame): Uint8Array {
  if ('message' in frame) return frame.message.head === null ? noHead : pack(frame.message.head);
  if (!('error' in frame)) return noHead;
  const { code, message, retryable, mayHaveExecuted, details } = frame.error;
  return pack([code, message, retryable, mayHaveExecuted, details]);
}

function pack(value: unknown): Uint8Array {
  try {
    return packr.pack(value);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new WireError('invalidArgument', `a message that cannot be encoded: ${why}`, { cause: error });
  }
}

const noTexts = { count: 0, first: '', second: '' };

function textsOf(frame: Frame): { readonly count: number; readonly first: string; readonly second: string } {
  if (frame.type === 'hello') return { count: 1, first: frame.name, second: '' };
  if ('method' in frame) return { count: 2, first: frame.method, second: frame.trace ?? '' };
  return frame.type === 'streamMessage' ? { count: 1, first: frame.trace ?? '', second: '' } : noTexts;
}

/* ---------------------------------------------------------------- reading */

export interface ReceivedFrame {
  readonly frame: Frame;
  /** As the sender counted it. */
  readonly bytes: number;
}

/** Payloads are views of `data`. Throws ProtocolError for anything that a FrameBatch cannot have made. */
export function* decodeFrames(data: Uint8Array): Generator<ReceivedFrame, void, undefined> {
  const buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (buffer.byteLength === 0) throw new ProtocolError('a message without a frame');
  let at = 0;
  while (at < buffer.byteLength) {
    if (at + 5 > buffer.byteLength) throw new ProtocolError('frame too short');
    const end = at + 4 + buffer.readUInt32LE(at);
    if (end > buffer.byteLength || end < at + 5)
      throw new ProtocolError('a frame of another length than it says');
    yield { frame: new FrameReader(buffer, at + 4, end).frame(), bytes: end - at };
    at = end;
  }
}

/** Takes one frame apart, checking each field. */
class FrameReader {
  readonly #buffer: Buffer;
  readonly #end: number;
  #at: number;

  constructor(buffer: Buffer, at: number, end: number) {
    this.#buffer = buffer;
    this.#at = at;
    this.#end = end;
  }

  frame(): Frame {
    const type = types[this.#u8()];
    switch (type) {
      case 'request':
      case 'streamOpen': {
        const id = this.#uint();
        const deadline = this.#uint();
        const deadlineMs = deadline === endless ? Number.POSITIVE_INFINITY : deadline;
        const method = this.#text();
        const trace = this.#trace();
        return { type, id, method, message: this.#message(), deadlineMs, trace };
      }
      case 'response':
        return { type, id: this.#uint(), message: this.#message() };
      case 'error':
      case 'streamFail':
        return { type, id: this.#uint(), error: this.#error() };
      case 'streamMessage': {
        const id = this.#uint();
        const trace = this.#trace();
        return { type, id, message: this.#message(), trace };
      }
      case 'datagram': {
        const method = this.#text();
        const trace = this.#trace();
        return { type, method, message: this.#message(), trace };
      }
      default:
        return this.#whole(this.#plain(type));
    }
  }

  #plain(type: 'hello' | 'window' | 'cancel' | 'streamEnd' | 'ping' | 'pong' | 'goAway' | undefined): Frame {
    switch (type) {
      case 'hello':
        return { type, version: this.#uint(), name: this.#text() };
      case 'window':
        return { type, id: this.#uint(), bytes: this.#uint() };
      case 'cancel':
      case 'streamEnd':
        return { type, id: this.#uint() };
      case 'ping':
      case 'pong':
      case 'goAway':
        return { type };
      default:
        throw new ProtocolError('unknown frame type');
    }
  }

  #whole(frame: Frame): Frame {
    if (this.#at !== this.#end) throw new ProtocolError(`${frame.type} with something behind it`);
    return frame;
  }

  #u8(): number {
    if (this.#at >= this.#end) throw new ProtocolError('a frame that ends within a field');
    const value = this.#buffer[this.#at] ?? 0;
    this.#at += 1;
    return value;
  }

  #uint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 56; scale *= 0x80) {
      const byte = this.#u8();
      value += (byte & 0x7f) * scale;
      if (byte >= 0x80) continue;
      if (Number.isSafeInteger(value)) return value;
      break;
    }
    throw new ProtocolError('a number that is too large');
  }

  #take(): Buffer {
    const length = this.#uint();
    const end = this.#at + length;
    if (end > this.#end) throw new ProtocolError('a field that is longer than its frame');
    const taken = this.#buffer.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  #text(): string {
    return this.#take().toString();
  }

  #trace(): string | undefined {
    const text = this.#take().toString('latin1');
    return text === '' ? undefined : text;
  }

  #head(): unknown {
    const bytes = this.#take();
    if (bytes.byteLength === 0) return null;
    try {
      return packr.unpack(bytes);
    } catch (error) {
      throw new ProtocolError('head is not msgpack', { cause: error });
    }
  }

  #message(): Message {
    const head = this.#head();
    const { buffer, byteOffset } = this.#buffer;
    const payload =
      this.#at === this.#end ? noBytes : new Uint8Array(buffer, byteOffset + this.#at, this.#end - this.#at);
    return { head, payload };
  }

  #error(): WireError {
    const fields = this.#head();
    if (!Array.isArray(fields)) throw new ProtocolError('an error that is none');
    const [code, message, retryable, mayHaveExecuted, details]: unknown[] = fields;
    if (typeof code !== 'string' || typeof message !== 'string')
      throw new ProtocolError('an error without code or message');
    return new WireError(isErrorCode(code) ? code : 'internal', message, {
      retryable: retryable === true,
      mayHaveExecuted: mayHaveExecuted === true,
      details: typeof details === 'object' && details !== null ? { ...details } : {},
    });
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
