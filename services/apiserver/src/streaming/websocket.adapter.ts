import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { apiError, channelHead, channels, closeChannel } from '@kubelab/api';
import { noBytes, WireError } from '@kubelab/wire';
import { createWebSocketStream, type RawData, WebSocket, WebSocketServer } from 'ws';
import type { Upgrade } from '../endpoints/contract.js';
import type { ByteTransport } from './spdy/connection.js';

/** Larger messages close the connection with 1009; kubectl sends 32 KiB at once. */
const messageBytesMax = 2 ** 20;
/** What a kubelet has not taken yet, beyond which the client is not read. */
const queuedBytesMax = 256 * 1024;

/** Of exec and attach, in the order of preference. */
export const commandProtocols: readonly string[] = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
];

/** Messages are base64 text, their channel a digit. */
export function isText(protocol: string): boolean {
  return protocol === 'v4.base64.channel.k8s.io';
}

/** Completes the handshake; refuses by itself (400) what is no WebSocket request. */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  protocol: string,
  accepted: (ws: WebSocket) => void,
): void {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: messageBytesMax,
    handleProtocols: () => protocol,
  });
  server.handleUpgrade(request, socket, head, accepted);
}

/**
 * A command's channels over a WebSocket: the first byte of a message is its channel. Version 5 can also say that a channel ends
 * (255); before it, a client cannot end its input but by going.
 */
export async function commandOverWebSocket(
  ws: WebSocket,
  protocol: string,
  upgrade: Extract<Upgrade, { type: 'command' }>,
): Promise<void> {
  const { stream } = upgrade;
  const text = isText(protocol);
  ws.on('error', () => ws.terminate());
  ws.on('close', () => upgrade.close());
  ws.on('message', (raw) => {
    const { channel, payload } = text ? fromText(raw) : fromBinary(raw);
    const ends = channel === closeChannel && protocol === 'v5.channel.k8s.io';
    stream.send(
      ends
        ? { head: { channel: payload[0] ?? closeChannel, end: true }, payload: noBytes }
        : { head: { channel }, payload },
    );
    if (stream.queuedBytes <= queuedBytesMax) return;
    ws.pause();
    void stream.writable().then(() => ws.resume());
  });
  try {
    for await (const { head, payload } of stream) {
      const channel = channelHead(head)?.channel;
      if (channel !== undefined) await sent(ws, channel, payload, text);
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const { status } = apiError('InternalError', `the kubelet's stream broke: ${error.message}`);
    await sent(ws, channels.error, new TextEncoder().encode(JSON.stringify(status)), text);
  }
  ws.close(1000);
}

/** Resolves when the connection took it, or is gone: a slow client is waited for. */
export function sent(ws: WebSocket, channel: number, payload: Uint8Array, text: boolean): Promise<void> {
  if (ws.readyState !== WebSocket.OPEN) return Promise.resolve();
  const message = text
    ? `${channel}${Buffer.from(payload).toString('base64')}`
    : Buffer.concat([Uint8Array.of(channel), payload]);
  return new Promise((resolve) => ws.send(message, () => resolve()));
}

function bytesOf(raw: RawData): Buffer {
  if (Array.isArray(raw)) return Buffer.concat(raw);
  return raw instanceof ArrayBuffer ? Buffer.from(raw) : raw;
}

export function fromBinary(raw: RawData): { channel: number; payload: Uint8Array } {
  const data = bytesOf(raw);
  return { channel: data[0] ?? closeChannel, payload: new Uint8Array(data.subarray(1)) };
}

export function fromText(raw: RawData): { channel: number; payload: Uint8Array } {
  const data = bytesOf(raw).toString();
  return { channel: Number(data.charAt(0)), payload: new Uint8Array(Buffer.from(data.slice(1), 'base64')) };
}

/** The bytes of its binary messages, laid end to end: SPDY inside of a WebSocket. */
export function webSocketTransport(ws: WebSocket): ByteTransport {
  const stream = createWebSocketStream(ws);
  const source = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* stream;
    } catch {
      // It broke: for whoever reads that is its end.
    }
  };
  return {
    source: source(),
    write: (data) =>
      new Promise((resolve) => {
        if (stream.destroyed || stream.writableEnded) resolve();
        else stream.write(data, () => resolve());
      }),
    close: () => void stream.end(),
  };
}
