import { WireError, type WireStream } from '@kubelab/wire';
import type { Upgrade } from '../../endpoints/contract.js';
import { queuedBytesMax } from './command.js';
import { type ByteTransport, SpdyConnection, type SpdyStream } from './connection.js';

interface Pair {
  data?: SpdyStream;
  error?: SpdyStream;
  kubelet?: WireStream;
}

/**
 * port-forward: each connection that a client took is a pair of streams, `data` and `error`, with one
 * `requestid` and a `port`. What goes wrong with one is told on its error stream, and the others go
 * on.
 */
export async function portForwardOverSpdy(
  transport: ByteTransport,
  upgrade: Extract<Upgrade, { type: 'portForward' }>,
): Promise<void> {
  const pairs = new Map<string, Pair>();
  const ofStream = (stream: SpdyStream): Pair => {
    const id = stream.headers.get('requestid') ?? `${stream.id}`;
    const pair = pairs.get(id) ?? {};
    pairs.set(id, pair);
    return pair;
  };
  const forget = (stream: SpdyStream) => pairs.delete(stream.headers.get('requestid') ?? `${stream.id}`);
  const connection = new SpdyConnection(transport, {
    opened: (stream) => {
      const pair = ofStream(stream);
      if (stream.headers.get('streamtype') === 'error') pair.error = stream;
      else pair.data = stream;
      const { data, error } = pair;
      if (data === undefined || error === undefined || pair.kubelet !== undefined) return;
      const port = Number(data.headers.get('port'));
      const kubelet = upgrade.dial(port);
      pair.kubelet = kubelet;
      void relay(kubelet, data, error, port).finally(() => forget(data));
    },
    data: async (stream, payload) => {
      const { kubelet, data } = ofStream(stream);
      if (kubelet === undefined || data !== stream) return;
      kubelet.send({ head: null, payload });
      if (kubelet.queuedBytes > queuedBytesMax) await kubelet.writable();
    },
    ended: (stream) => {
      const pair = pairs.get(stream.headers.get('requestid') ?? '');
      if (pair?.data === stream) pair.kubelet?.end();
    },
    reset: (stream) => {
      const pair = pairs.get(stream.headers.get('requestid') ?? '');
      pair?.kubelet?.fail(new WireError('canceled', 'the client closed the connection'));
      forget(stream);
    },
  });
  try {
    await connection.run();
  } finally {
    upgrade.close();
  }
}

async function relay(kubelet: WireStream, data: SpdyStream, error: SpdyStream, port: number): Promise<void> {
  try {
    for await (const { payload } of kubelet) if (payload.length > 0) await data.write(payload);
  } catch (failure) {
    const why = failure instanceof Error ? failure.message : String(failure);
    const text = `error forwarding port ${port}: ${why}`;
    await error.write(new TextEncoder().encode(text));
  }
  await data.end();
  await error.end();
}
