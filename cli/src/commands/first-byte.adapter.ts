import { connect } from 'node:net';
import type { Address } from '@kubelab/world';

/** Asks as an HTTP client would, and tells whether a byte came back in time. Which byte does not matter. */
export function firstByte({ host, port }: Address, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const done = (came: boolean) => {
      socket.destroy();
      resolve(came);
    };
    socket.once('connect', () =>
      socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`),
    );
    socket.once('data', () => done(true));
    for (const event of ['error', 'timeout', 'end']) socket.once(event, () => done(false));
  });
}
