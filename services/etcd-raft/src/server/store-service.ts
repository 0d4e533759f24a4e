import {
  BytesError,
  decodeRange,
  decodeWatch,
  describeStoreMessage,
  encodeRangeResponse,
  encodeTxnResponse,
  type ResponseHeader,
  StoreError,
  storeError,
  toWireError,
} from '@kubelab/store';
import { type Message, noBytes, type RequestContext, WireError, type WireService } from '@kubelab/wire';
import { type RaftNode, RaftUnavailableError } from '../contract.js';
import { encodeCompactEntry, encodeTxnEntry } from '../mvcc/entry.js';
import { type ApplyResult, type MvccStore, readTxn } from '../mvcc/mvcc-store.js';
import { serveWatch } from './watch-session.js';

const version = '0.1.0';
const allowedGroups = ['kubelab:apiservers', 'kubelab:operators'];

export interface StoreServiceOptions {
  readonly node: RaftNode;
  readonly store: MvccStore;
  readonly clusterId: string;
  readonly memberId: string;
}

/**
 * The store, for apiservers (and operators who look into it). Errors are StoreErrors, as packages/store maps
 * them.
 */
export function storeService(options: StoreServiceOptions): WireService {
  const { node, store } = options;
  const header = (revision = store.revision): ResponseHeader => ({
    clusterId: options.clusterId,
    memberId: options.memberId,
    revision,
    raftTerm: node.status().term,
  });
  return {
    authorize: (peer, method) => {
      if (peer.organizations.some((group) => allowedGroups.includes(group))) return;
      const detail = `${method} is for members of ${allowedGroups.join(' or ')}; this is ${peer.commonName}`;
      throw toWireError(storeError('permissionDenied', { detail }));
    },
    describe: describeStoreMessage,
    unary: {
      'store.range': answering(node, (request) => range(options, header, request)),
      'store.txn': answering(node, (request, context) => txn(options, header, request, context)),
      'store.compact': answering(node, (request) => compact(node, request)),
      'store.status': answering(node, () => status(options, header())),
    },
    stream: {
      'store.watch': (stream, request) =>
        withStoreErrors(node, () =>
          serveWatch({ store, header, stream, request: decodeWatch(request.payload) }),
        ),
    },
  };
}

type Header = (revision?: number) => ResponseHeader;

async function range(
  { node, store }: StoreServiceOptions,
  header: Header,
  { payload }: Message,
): Promise<Message> {
  const request = decodeRange(payload);
  if (request.key.byteLength === 0) throw storeError('invalidArgument', { detail: 'key is not provided' });
  if (request.serializable !== true) await node.readIndex();
  return { head: null, payload: encodeRangeResponse({ header: header(), ...store.range(request) }) };
}

async function txn(
  { node }: StoreServiceOptions,
  header: Header,
  { payload }: Message,
  context: RequestContext,
): Promise<Message> {
  const checked = readTxn(payload); // Refused here what every member would refuse after it went through the log.
  if ('error' in checked) throw checked.error;
  const result = await propose(node, encodeTxnEntry(payload, context.trace));
  if (result.type !== 'txn') throw storeError('corrupt', { detail: `a txn gave a ${result.type}` });
  const { revision, succeeded, responses } = result;
  return { head: null, payload: encodeTxnResponse({ header: header(revision), succeeded, responses }) };
}

async function compact(node: RaftNode, { head }: Message): Promise<Message> {
  const revision =
    typeof head === 'object' && head !== null && 'revision' in head ? head.revision : undefined;
  if (typeof revision !== 'number' || !Number.isSafeInteger(revision) || revision < 1)
    throw storeError('invalidArgument', { detail: 'revision is a whole number from 1 on' });
  await propose(node, encodeCompactEntry(revision));
  return { head: null, payload: noBytes };
}

function status({ node, store }: StoreServiceOptions, header: ResponseHeader): Message {
  const raft = node.status();
  const head = {
    header: { ...header },
    name: raft.name,
    version,
    role: raft.role,
    leader: raft.leader ?? '',
    raftTerm: raft.term,
    raftIndex: raft.lastIndex,
    raftAppliedIndex: raft.appliedIndex,
    dbBytes: store.bytes,
    compactRevision: store.compactRevision,
  };
  return { head, payload: noBytes };
}

async function propose(node: RaftNode, entry: Uint8Array): Promise<ApplyResult> {
  const result = await node.propose(entry);
  if (!isApplyResult(result)) throw storeError('corrupt', { detail: 'the state machine gave no result' });
  if (result.type === 'refused') throw result.error;
  return result;
}

function isApplyResult(result: unknown): result is ApplyResult {
  return typeof result === 'object' && result !== null && 'type' in result;
}

function answering(
  node: RaftNode,
  handler: (request: Message, context: RequestContext) => Promise<Message> | Message,
): (request: Message, context: RequestContext) => Promise<Message> {
  return (request, context) => withStoreErrors(node, async () => handler(request, context));
}

async function withStoreErrors<T>(node: RaftNode, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw refusal(error, node);
  }
}

/** One table for what goes wrong: the caller learns whether to repeat it, and where. */
function refusal(error: unknown, node: RaftNode): unknown {
  if (error instanceof WireError) return error;
  if (error instanceof StoreError) return toWireError(error);
  if (error instanceof BytesError)
    return toWireError(storeError('invalidArgument', { detail: error.message }));
  if (!(error instanceof RaftUnavailableError)) return error;
  const code = error.reason === 'tooManyProposals' ? 'tooManyRequests' : 'noLeader';
  const { message, mayHaveCommitted } = error;
  const text =
    code === 'noLeader' && mayHaveCommitted ? 'etcdserver: leader changed' : `etcdserver: ${message}`;
  const mapped = new StoreError(mayHaveCommitted ? 'unavailable' : code, text, {
    retryable: !mayHaveCommitted,
    mayHaveExecuted: mayHaveCommitted,
    cause: error,
  });
  return toWireError(mapped, error.leader ?? node.status().leader);
}
