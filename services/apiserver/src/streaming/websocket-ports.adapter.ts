import { WireError, type WireStream } from '@kubelab/wire';
import type { WebSocket } from 'ws';
import type { Upgrade } from '../endpoints/contract.js';
import { queuedBytesMax } from './spdy/command.js';
import { fromBinary, fromText, isText, sent } from './websocket.adapter.js';

/**
 * port-forward as libraries do it (@kubernetes/client-node; kubectl does not): one connection for each port of
 * the query, port `i` on the channels `2i` (data) and `2i + 1` (errors). The first message of each channel is
 * the port, 16 bits little endian.
 */
export async function portsOverWebSocket(
  ws: WebSocket,
  protocol: string,
  upgrade: Extract<Upgrade, { type: 'portForward' }>,
): Promise<void> {
  const text = isText(protocol);
  const streams = upgrade.ports.map((port) => upgrade.dial(port));
  ws.on('error', () => ws.terminate());
  ws.on('close', () => upgrade.close());
  ws.on('message', (raw) => {
    const { channel, payload } = text ? fromText(raw) : fromBinary(raw);
    const stream = channel % 2 === 0 ? streams[channel / 2] : undefined;
    if (stream === undefined) return;
    stream.send({ head: null, payload });
    if (stream.queuedBytes <= queuedBytesMax) return;
    ws.pause();
    void stream.writable().then(() => ws.resume());
  });
  const relays = streams.map((stream, index) => {
    const port = upgrade.ports[index] ?? 0;
    return relay(ws, { stream, port, data: 2 * index, text });
  });
  await Promise.all(relays);
  ws.close(1000);
}

async function relay(
  ws: WebSocket,
  {
    stream,
    port,
    data,
    text,
  }: { readonly stream: WireStream; readonly port: number; readonly data: number; readonly text: boolean },
): Promise<void> {
  const number = Uint8Array.of(port & 0xff, port >> 8);
  await sent(ws, data, number, text);
  await sent(ws, data + 1, number, text);
  try {
    for await (const { payload } of stream) if (payload.length > 0) await sent(ws, data, payload, text);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const why = new TextEncoder().encode(`error forwarding port ${port}: ${error.message}`);
    await sent(ws, data + 1, why, text);
  }
}
