/**
 * Frames of SPDY/3.1 (https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/, section 2.2). A control frame is
 * `[1 bit set, 15 bits version][u16 type][u8 flags][u24 length]`, a data frame `[u31 stream][u8 flags][u24 length]`; big endian.
 */
export type Frame =
  | { readonly type: 'data'; readonly stream: number; readonly fin: boolean; readonly payload: Uint8Array }
  | {
      readonly type: 'synStream' | 'synReply' | 'headers';
      readonly stream: number;
      readonly fin: boolean;
      /** Still compressed. */
      readonly block: Uint8Array;
    }
  | { readonly type: 'reset'; readonly stream: number; readonly status: number }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'goAway' }
  /** SETTINGS, WINDOW_UPDATE and whatever else needs no answer: nobody keeps windows in this use of SPDY. */
  | { readonly type: 'other' };

export const resetStatus = { refusedStream: 3 } as const;

/** Clients of Kubernetes send 32 KiB at once. */
const frameBytesMax = 2 ** 20;
const payloadBytesMax = 64 * 1024;
const finFlag = 1;
const spdyVersion = 3;
const types = { synStream: 1, synReply: 2, reset: 3, ping: 6, goAway: 7, headers: 8 } as const;

export class SpdyError extends Error {
  override readonly name = 'SpdyError';
}

/** Cuts a stream of bytes into frames, however it comes in pieces. Holds at most one frame and a piece. */
export class FrameReader {
  #pending: Uint8Array = new Uint8Array(0);

  push(chunk: Uint8Array): Frame[] {
    let data = this.#pending.length === 0 ? chunk : joined([this.#pending, chunk]);
    const frames: Frame[] = [];
    while (data.length >= 8) {
      const view = viewOf(data);
      const length = view.getUint32(4) & 0xff_ffff;
      if (length > frameBytesMax) throw new SpdyError(`a frame of ${length} bytes; at most ${frameBytesMax}`);
      if (data.length < 8 + length) break;
      frames.push(frameOf(view, data.subarray(8, 8 + length)));
      data = data.subarray(8 + length);
    }
    this.#pending = data;
    return frames;
  }
}

function frameOf(head: DataView, body: Uint8Array): Frame {
  const first = head.getUint32(0);
  const fin = (head.getUint8(4) & finFlag) !== 0;
  if (first < 0x8000_0000) return { type: 'data', stream: first, fin, payload: body };
  const version = (first >>> 16) & 0x7fff;
  if (version !== spdyVersion) throw new SpdyError(`SPDY version ${version}; 3 is spoken`);
  const view = viewOf(body);
  const stream = () => need(body, 4) && view.getUint32(0) & 0x7fff_ffff;
  switch (first & 0xffff) {
    case types.synStream:
      need(body, 10);
      return { type: 'synStream', stream: stream(), fin, block: body.subarray(10) };
    case types.synReply:
      return { type: 'synReply', stream: stream(), fin, block: body.subarray(4) };
    case types.headers:
      return { type: 'headers', stream: stream(), fin, block: body.subarray(4) };
    case types.reset:
      need(body, 8);
      return { type: 'reset', stream: stream(), status: view.getUint32(4) };
    case types.ping:
      need(body, 4);
      return { type: 'ping', id: view.getUint32(0) };
    case types.goAway:
      return { type: 'goAway' };
    default:
      return { type: 'other' };
  }
}

function need(body: Uint8Array, bytes: number): number {
  if (body.length < bytes) throw new SpdyError(`a frame's body of ${body.length} bytes; ${bytes} are needed`);
  return bytes;
}

export function synStreamFrame(stream: number, block: Uint8Array, fin: boolean): Uint8Array {
  const fields = new Uint8Array(10);
  viewOf(fields).setUint32(0, stream);
  return control(types.synStream, fin ? finFlag : 0, [fields, block]);
}

export function synReplyFrame(stream: number, block: Uint8Array): Uint8Array {
  return control(types.synReply, 0, [numbers(stream), block]);
}

export function resetFrame(stream: number, status: number): Uint8Array {
  return control(types.reset, 0, [numbers(stream, status)]);
}

export function pingFrame(id: number): Uint8Array {
  return control(types.ping, 0, [numbers(id)]);
}

/** A payload in as many frames as it needs. */
export function dataFrames(stream: number, payload: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < payload.length; at += payloadBytesMax) {
    const piece = payload.subarray(at, at + payloadBytesMax);
    parts.push(numbers(stream, piece.length), piece);
  }
  return joined(parts);
}

export function finFrame(stream: number): Uint8Array {
  return numbers(stream, finFlag << 24);
}

function control(type: number, flags: number, body: readonly Uint8Array[]): Uint8Array {
  const length = body.reduce((sum, part) => sum + part.length, 0);
  return joined([numbers((0x8000_0000 | (spdyVersion << 16) | type) >>> 0, (flags << 24) | length), ...body]);
}

function numbers(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = viewOf(bytes);
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value);
  return bytes;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
