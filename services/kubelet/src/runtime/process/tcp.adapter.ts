import { connect } from 'node:net';
import { RuntimeError, type TcpStreams } from '../cri.js';

const connectTimeoutMs = 10_000;

/** A connection to a pod's port. Each side may end its half first, as with any TCP. */
export async function connectTcp(host: string, port: number): Promise<TcpStreams> {
  const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => reject(new RuntimeError(`failed to connect to ${host}:${port}: ${why}`));
    socket.setTimeout(connectTimeoutMs, () => {
      socket.destroy();
      fail('i/o timeout');
    });
    socket.once('error', (error) =>
      fail(Reflect.get(error, 'code') === 'ECONNREFUSED' ? 'connection refused' : error.message),
    );
    socket.once('connect', resolve);
  });
  socket.setTimeout(0);
  socket.on('error', () => undefined); // Whoever reads hears of it.
  const data = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of socket.iterator({ destroyOnReturn: false })) yield chunk;
    } catch (error) {
      throw new RuntimeError(`connection to ${host}:${port} broke: ${String(error)}`);
    }
  };
  return {
    data: data(),
    write: (bytes) =>
      new Promise((resolve) => {
        if (socket.destroyed || socket.writableEnded) resolve();
        else socket.write(bytes, () => resolve());
      }),
    end: () => void socket.end(),
    close: () => void socket.destroy(),
  };
}
