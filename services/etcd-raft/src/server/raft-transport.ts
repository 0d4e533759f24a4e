import { BytesError, type MemberId } from '@kubelab/store';
import {
  dialWire,
  type Message,
  noBytes,
  type WireClient,
  type WireContext,
  WireError,
  type WireService,
  type WireStream,
} from '@kubelab/wire';
import type { Address, TlsMaterial } from '@kubelab/world';
import { decodeMessage, describeMessage, type EncodedMessage, encodeMessage } from '../raft/codec.js';
import type { RaftMessage } from '../raft/types.js';
import type { SnapshotOffer } from '../wal/snapshot-file.js';

/** Group (certificate O) of the members: nobody else may speak Raft. */
export const membersGroup = 'kubelab:etcd-members';
/** Of one attempt; the next one goes on where it broke off. */
const snapshotDeadlineMs = 120_000;
const messageMethod = 'raft.message';
const snapshotMethod = 'raft.snapshot';

/** A snapshot that another member offers: which, and as whose leader it does so. */
export interface SnapshotTransfer extends SnapshotOffer {
  readonly from: MemberId;
  readonly term: number;
}

/** Where a snapshot goes on its way in. */
export interface SnapshotSink {
  /** How much of it is here already: the sender begins there. */
  readonly offset: number;
  write(piece: Uint8Array): Promise<void>;
  /** All was sent: resolves once it is installed or found unneeded. */
  finish(): Promise<void>;
  /** It broke off. */
  abandon(): Promise<void>;
}

/** What comes in from other members. */
export interface RaftReceiver {
  message(message: RaftMessage): void;
  snapshot(transfer: SnapshotTransfer): Promise<SnapshotSink>;
}

export interface Peer {
  /** As in its certificate and on the links. */
  readonly name: string;
  readonly address: Address;
}

/** Between members. Messages may be lost, doubled and overtaken; a snapshot arrives whole or fails. */
export interface RaftTransport {
  /** Whom messages can be sent to from now on. */
  setPeers(peers: ReadonlyMap<MemberId, Peer>): void;
  send(message: RaftMessage): void;
  /** Who refuses connections: nobody listens there. May be called again and again. */
  onRefused(listener: (member: MemberId) => void): void;
  /** `pieces`: the file from an offset on. */
  sendSnapshot(
    to: MemberId,
    transfer: SnapshotTransfer,
    pieces: (offset: number) => AsyncIterable<Uint8Array>,
  ): Promise<void>;
  close(): Promise<void>;
}

/** Connections to the other members over packages/wire. */
export function createRaftTransport(
  context: WireContext,
  options: {
    readonly id: MemberId;
    readonly tls: TlsMaterial;
    /** There is a message for a member whose address nobody has told. */
    readonly unknown?: ((member: MemberId) => void) | undefined;
  },
): RaftTransport {
  const { id, tls, unknown } = options;
  const refused = new Set<(member: MemberId) => void>();
  const clients = new Map<MemberId, Peer & { readonly client: WireClient }>();
  const forget = (peer: MemberId) => {
    const known = clients.get(peer);
    clients.delete(peer);
    return known?.client.close();
  };
  return {
    setPeers: (peers) => {
      for (const [peer, known] of clients) {
        const now = peers.get(peer);
        const same = now?.address.host === known.address.host && now.address.port === known.address.port;
        if (!same) void forget(peer);
      }
      for (const [peer, { name, address }] of peers) {
        if (peer === id || clients.has(peer)) continue;
        const client = dialWire(context, {
          ...{ addresses: [address], tls, to: name, describe },
          refused: () => {
            for (const listener of refused) listener(peer);
          },
        });
        clients.set(peer, { name, address, client });
      }
    },
    send: (message) => {
      const known = clients.get(message.to);
      if (known === undefined) unknown?.(message.to);
      else known.client.datagram(messageMethod, toWire(encodeMessage(message)));
    },
    onRefused: (listener) => void refused.add(listener),
    sendSnapshot: async (to, { term, index, bytes, checksum }, pieces) => {
      const client = clients.get(to)?.client;
      if (client === undefined) throw new WireError('notFound', `the address of member ${to} is not known`);
      const head = { from: id, term, index, bytes, checksum };
      const stream = client.openStream(
        snapshotMethod,
        { head, payload: noBytes },
        { deadlineMs: snapshotDeadlineMs },
      );
      await sendPieces(stream, pieces);
    },
    close: async () => {
      await Promise.all([...clients.keys()].map(forget));
    },
  };
}

/** The receiver says first what it has; it ends its side when the snapshot is installed, and fails it otherwise. */
async function sendPieces(
  stream: WireStream,
  pieces: (offset: number) => AsyncIterable<Uint8Array>,
): Promise<void> {
  let begun = false;
  for await (const { head } of stream) {
    if (begun) continue;
    begun = true;
    for await (const payload of pieces(wholeNumber(head, 'offset'))) {
      await stream.writable();
      if (!stream.send({ head: null, payload })) break;
    }
    stream.end();
  }
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
      [messageMethod]: (message) => {
        const decoded = decodeQuietly(fromWire(message));
        if (decoded !== undefined) receiver.message(decoded);
      },
    },
    stream: {
      [snapshotMethod]: async (stream, { head }) => {
        const from: unknown =
          typeof head === 'object' && head !== null ? Reflect.get(head, 'from') : undefined;
        if (typeof from !== 'string')
          throw new WireError('invalidArgument', 'snapshot: from must be a member');
        const numbers = {
          term: wholeNumber(head, 'term'),
          index: wholeNumber(head, 'index'),
          bytes: wholeNumber(head, 'bytes'),
          checksum: wholeNumber(head, 'checksum'),
        };
        const sink = await receiver.snapshot({ from, ...numbers });
        let whole = false;
        try {
          stream.send({ head: { offset: sink.offset }, payload: noBytes });
          for await (const { payload } of stream) await sink.write(payload);
          whole = true;
        } finally {
          if (!whole) await sink.abandon();
        }
        await sink.finish();
      },
    },
  };
}

/** Entries travel as the payload, as they stand in the log; of a message without any, the fields do. */
function toWire({ fields, entries }: EncodedMessage): Message {
  return entries.byteLength === 0 ? { head: null, payload: fields } : { head: fields, payload: entries };
}

function fromWire({ head, payload }: Message): EncodedMessage {
  return head instanceof Uint8Array
    ? { fields: head, entries: payload }
    : { fields: payload, entries: noBytes };
}

function decodeQuietly(message: EncodedMessage): RaftMessage | undefined {
  try {
    return decodeMessage(message);
  } catch (error) {
    if (error instanceof BytesError) return undefined; // A datagram has nobody to answer to; what cannot be read is as good as lost.
    throw error;
  }
}

function wholeNumber(head: unknown, name: string): number {
  const value: unknown = typeof head === 'object' && head !== null ? Reflect.get(head, name) : undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new WireError('invalidArgument', `snapshot: ${name} must be a whole number`);
}

function describe(method: string, message: Message): { kind: string; key: string } {
  if (method === snapshotMethod) return { kind: 'InstallSnapshot', key: '' };
  try {
    return describeMessage(fromWire(message).fields);
  } catch (error) {
    if (error instanceof BytesError) return { kind: method, key: '' };
    throw error;
  }
}
