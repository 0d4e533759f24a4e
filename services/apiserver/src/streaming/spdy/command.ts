import { apiError, channelHead, channels } from '@kubelab/api';
import { noBytes, WireError } from '@kubelab/wire';
import type { World } from '@kubelab/world';
import type { Upgrade } from '../../endpoints/contract.js';
import { type ByteTransport, SpdyConnection, type SpdyStream } from './connection.js';

/** A client has so long to open the streams that it asked for. */
const openTimeoutMs = 30_000;
/** What a kubelet has not taken yet, beyond which the client is not read. */
export const queuedBytesMax = 256 * 1024;

const channelOf: Readonly<Record<string, number>> = channels;

/** exec and attach: a stream per channel, told by its header `streamtype`. Ends with a Status on the error stream. */
export async function commandOverSpdy(
  world: World,
  transport: ByteTransport,
  upgrade: Extract<Upgrade, { type: 'command' }>,
): Promise<void> {
  const { stream: kubelet, wanted } = upgrade;
  const open = new Map<number, SpdyStream>();
  const channelsOpen = new Map<number, number>();
  const expected = ['error', ...(['stdin', 'stdout', 'stderr'] as const).filter((name) => wanted[name])]
    .map((name) => channelOf[name])
    .concat(wanted.tty ? [channels.resize] : []);
  let complete: () => void = () => {};
  const allOpen = new Promise<void>((resolve) => {
    complete = resolve;
  });
  const connection = new SpdyConnection(transport, {
    opened: (stream) => {
      const channel = channelOf[stream.headers.get('streamtype') ?? ''];
      if (channel === undefined) return;
      open.set(channel, stream);
      channelsOpen.set(stream.id, channel);
      if (expected.every((one) => one !== undefined && open.has(one))) complete();
    },
    data: async ({ id }, payload) => {
      const channel = channelsOpen.get(id);
      if (channel !== undefined) kubelet.send({ head: { channel }, payload });
      if (kubelet.queuedBytes > queuedBytesMax) await kubelet.writable();
    },
    ended: ({ id }) => {
      const channel = channelsOpen.get(id);
      if (channel === channels.stdin) kubelet.send({ head: { channel, end: true }, payload: noBytes });
    },
    reset: () => {},
  });
  const timer = world.timers.setTimeout(() => transport.close(), openTimeoutMs);
  const running = connection.run().finally(() => upgrade.close());
  try {
    await Promise.race([allOpen, running]);
    timer.cancel();
    await relay(kubelet, open);
    for (const stream of open.values()) await stream.end();
  } finally {
    timer.cancel();
    transport.close();
  }
  await running;
}

async function relay(
  kubelet: Extract<Upgrade, { type: 'command' }>['stream'],
  open: ReadonlyMap<number, SpdyStream>,
): Promise<void> {
  try {
    for await (const { head, payload } of kubelet) {
      const channel = channelHead(head)?.channel;
      if (channel !== undefined) await open.get(channel)?.write(payload);
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const { status } = apiError('InternalError', `the kubelet's stream broke: ${error.message}`);
    await open.get(channels.error)?.write(new TextEncoder().encode(JSON.stringify(status)));
  }
}
