import { createHash } from 'node:crypto';
import { etcdServices } from '@kubelab/store/etcd';
import type { EtcdServer } from '../etcd-server.js';
import { type Call, type MessageOutput, serverStream, unary } from './calls.js';

const { maintenanceMethods: methods, snapshotMethod } = etcdServices;

export function maintenanceCalls(server: EtcdServer): readonly Call[] {
  return [
    unary(methods.alarm, (request, caller) => server.alarm(request, caller)),
    unary(methods.status, async (_request, caller) => {
      const { dbBytes, dbBytesInUse, ...status } = await server.status(caller);
      return { ...status, dbSize: dbBytes, dbSizeInUse: dbBytesInUse };
    }),
    unary(methods.defragment, async (_request, caller) => ({ header: await server.defragment(caller) })),
    unary(methods.hash, (_request, caller) => server.hash(caller)),
    unary(methods.hashKv, ({ revision }, caller) => server.hashKv(revision, caller)),
    unary(methods.moveLeader, async ({ targetId }, caller) => ({
      header: await server.moveLeader(targetId, caller),
    })),
    serverStream(snapshotMethod, async (_request, output, caller) => {
      const { header, bytes, chunks } = await server.snapshot(caller);
      await sendSnapshot({ header, bytes, chunks, output, signal: caller.signal });
    }),
  ];
}

/** A message holds at most this much: clients of etcd refuse messages of more than 4 MiB. */
const blobBytesMax = 1 << 20;

type SnapshotOutput = MessageOutput<{
  readonly header?: Awaited<ReturnType<EtcdServer['snapshot']>>['header'];
  readonly remainingBytes?: number;
  readonly blob?: Uint8Array;
}>;

export async function sendSnapshot(
  options: Awaited<ReturnType<EtcdServer['snapshot']>> & {
    readonly output: SnapshotOutput;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { header, bytes, chunks, output, signal } = options;
  const digest = createHash('sha256');
  let sent = 0;
  const send = async (blob: Uint8Array) => {
    digest.update(blob);
    sent += blob.byteLength;
    output.send({ header, remainingBytes: Math.max(0, bytes - sent), blob });
    await output.drained();
    signal.throwIfAborted();
  };
  for await (const chunk of chunks)
    for (let at = 0; at < chunk.byteLength; at += blobBytesMax)
      await send(chunk.subarray(at, at + blobBytesMax));
  // Behind the database, which etcdctl finds by its length: pages are a multiple of 512 bytes, this is 32 more.
  output.send({ header, blob: digest.digest() });
}
