import type { ApiReply, StreamChunk } from '../endpoints/contract.js';
import type { UpgradeRequest } from './upgrade.adapter.js';
import { acceptWebSocket } from './websocket.adapter.js';

/** Whether an answer to a request with `Upgrade: websocket` is a watch, whose events can be messages. */
export function isWatch(
  client: UpgradeRequest,
  answer: ApiReply,
): answer is ApiReply & { body: AsyncIterable<StreamChunk> } {
  return (
    client.protocol === 'websocket' &&
    answer.code === 200 &&
    answer.finite !== true &&
    !(answer.body instanceof Uint8Array)
  );
}

/**
 * A watch as browsers do it: a text message for each event, or a binary one of protobuf, without the length of its frame.
 * Resolves when the watch is over. A client that reads slowly makes the watch wait; how long that may go on is the watch's own
 * limit.
 */
export function watchOverWebSocket(
  client: UpgradeRequest,
  { headers, body }: ApiReply & { body: AsyncIterable<StreamChunk> },
): Promise<void> {
  const binary = headers['content-type'] !== 'application/json';
  const { request, socket, head } = client;
  // A browser's token comes as one of the protocols: it is not sent back.
  const [protocol = ''] = (request.headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => !one.startsWith('base64url.bearer.authorization.k8s.io.'));
  return new Promise((resolve, reject) => {
    socket.once('close', resolve);
    acceptWebSocket(request, socket, head, protocol, (ws) => {
      ws.on('error', () => ws.terminate());
      const relay = async () => {
        for await (const { bytes } of body) {
          if (ws.readyState !== ws.OPEN) return;
          await new Promise<void>((sent) =>
            ws.send(binary ? bytes.subarray(4) : bytes, { binary }, () => sent()),
          );
        }
        ws.close(1000);
      };
      relay().then(resolve, reject);
    });
  });
}
