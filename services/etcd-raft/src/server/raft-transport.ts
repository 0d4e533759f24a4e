import {
  dialWire,
  noBytes,
  type WireClient,
  type WireContext,
  WireError,
  type WireService,
} from '@kubelab/wire';
import type { Address, TlsMaterial } from '@kubelab/world';
import { decodeMessage, describeMessage, encodeMessage } from '../raft/codec.js';
import type { MemberName, RaftMessage, SnapshotMetadata } from '../raft/types.js';

/** Group (certificate O) of the members: nobody else may speak Raft. */
export const membersGroup = 'kubelab:etcd-members';
export const snapshotChunkBytes = 256 * 1024;
const snapshotDeadlineMs = 120_000;
const messageMethod = 'raft.message';
const snapshotMethod = 'raft.snapshot';

export interface SnapshotTransfer {
  readonly from: MemberName;
  readonly term: number;
  readonly metadata: SnapshotMetadata;
  /** The snapshot file, whole. */
  readonly bytes: Uint8Array;
}

/** What comes in from other members. */
export interface RaftReceiver {
  message(message: RaftMessage): void;
  /** Resolves once the snapshot is installed or found unneeded. */
  snapshot(transfer: SnapshotTransfer): Promise<void>;
}

/** Between members. Messages may be lost, doubled and overtaken; a snapshot arrives whole or fails. */
export interface RaftTransport {
  send(message: RaftMessage): void;
  sendSnapshot(to: MemberName, transfer: Omit<SnapshotTransfer, 'from'>): Promise<void>;
  close(): Promise<void>;
}

/** Connections to the other members over packages/wire. */
export function createRaftTransport(
  context: WireContext,
  options: {
    readonly name: MemberName;
    readonly peers: Readonly<Record<MemberName, Address>>;
    readonly tls: TlsMaterial;
  },
): RaftTransport {
  const clients = new Map<MemberName, WireClient>();
  for (const [peer, address] of Object.entries(options.peers)) {
    if (peer === options.name) continue;
    clients.set(peer, dialWire(context, { addresses: [address], tls: options.tls, to: peer, describe }));
  }
  return {
    send: (message) =>
      void clients.get(message.to)?.datagram(messageMethod, { head: null, payload: encodeMessage(message) }),
    sendSnapshot: async (to, transfer) => {
      const { term, metadata, bytes } = transfer;
      const head = { term, index: metadata.index, snapshotTerm: metadata.term, size: bytes.byteLength };
      const stream = clients
        .get(to)
        ?.openStream(snapshotMethod, { head, payload: noBytes }, { deadlineMs: snapshotDeadlineMs });
      if (stream === undefined) throw new WireError('notFound', `no member is called ${to}`);
      for (let at = 0; at < bytes.byteLength; at += snapshotChunkBytes) {
        await stream.writable();
        if (!stream.send({ head: null, payload: bytes.subarray(at, at + snapshotChunkBytes) })) break;
      }
      stream.end();
      // The receiver ends its side when the snapshot is installed, and fails it otherwise.
      for await (const _message of stream);
    },
    close: async () => {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}

/** The receiving side, to be served on the member's listener. */
export function raftService(receiver: RaftReceiver): WireService {
  return {
    authorize: (peer, method) => {
      if (peer.organizations.includes(membersGroup)) return;
      throw new WireError(
        'permissionDenied',
        `${method} is for members of ${membersGroup}; this is ${peer.commonName}`,
      );
    },
    describe,
    datagram: {
      [messageMethod]: (message, context) => {
        const decoded = decodeQuietly(message.payload);
        // A member speaks for itself only.
        if (decoded !== undefined && decoded.from === context.peer.commonName) receiver.message(decoded);
      },
    },
    stream: {
      [snapshotMethod]: async (stream, request, context) => {
        const { term, index, snapshotTerm, size } = numbers(request.head);
        const bytes = new Uint8Array(size);
        let filled = 0;
        for await (const { payload } of stream) {
          if (filled + payload.byteLength > size)
            throw new WireError('invalidArgument', 'more bytes than announced');
          bytes.set(payload, filled);
          filled += payload.byteLength;
        }
        if (filled !== size) throw new WireError('dataLoss', `${filled} of ${size} bytes arrived`);
        const metadata = { index, term: snapshotTerm };
        await receiver.snapshot({ from: context.peer.commonName, term, metadata, bytes });
      },
    },
  };
}

function decodeQuietly(payload: Uint8Array): RaftMessage | undefined {
  try {
    return decodeMessage(payload);
  } catch {
    return undefined; // A datagram has nobody to answer to; what cannot be read is as good as lost.
  }
}

function numbers(head: unknown): { term: number; index: number; snapshotTerm: number; size: number } {
  const field = (name: string): number => {
    const value: unknown = typeof head === 'object' && head !== null ? Reflect.get(head, name) : undefined;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
      throw new WireError('invalidArgument', `snapshot: ${name} must be a whole number`);
    }
    return value;
  };
  return {
    term: field('term'),
    index: field('index'),
    snapshotTerm: field('snapshotTerm'),
    size: field('size'),
  };
}

function describe(method: string, message: { readonly payload: Uint8Array }): { kind: string; key: string } {
  if (method === snapshotMethod) return { kind: 'InstallSnapshot', key: '' };
  const decoded = decodeQuietly(message.payload);
  return decoded === undefined ? { kind: method, key: '' } : describeMessage(decoded);
}
