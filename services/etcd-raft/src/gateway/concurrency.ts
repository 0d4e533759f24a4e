import {
  encodeTxn,
  type KeyValue,
  type LeaseId,
  type Operation,
  prefixEnd,
  type ResponseHeader,
  StoreError,
} from '@kubelab/store';
import { etcdServices } from '@kubelab/store/etcd';
import type { Caller, EtcdServer, ServerWatch } from '../etcd-server.js';
import { type Call, serverStream, unary } from './calls.js';
import { single } from './kv.js';

/**
 * Locks and elections as etcd makes them, of keys alone: who wants one creates `<name>/<lease in hex>` with its lease, and has it when no
 * older key stands under the name. A holder whose lease ends loses it. So clients that do this themselves (etcdctl lock, elect) and those
 * that call here exclude each other.
 */
const { electionMethods, lockMethods, observeMethod } = etcdServices;

/** Of a lock that was asked for without a lease, in seconds; nothing renews it. */
const defaultTtl = 60;

interface Candidate {
  readonly key: Uint8Array;
  readonly revision: number;
  readonly header: ResponseHeader;
}

export function lockCalls(server: EtcdServer): readonly Call[] {
  return [
    unary(lockMethods.lock, async ({ name, lease }, caller) => {
      const holder = lease === 0n ? (await server.leaseGrant({ id: 0n, ttl: defaultTtl }, caller)).id : lease;
      const { key, header } = await acquire(server, { name, lease: holder, value: noBytes }, caller);
      return { key, header };
    }),
    unary(lockMethods.unlock, async ({ key }, caller) => {
      const { header } = await single(server, { type: 'deleteRange', key }, caller);
      return { header };
    }),
  ];
}

export function electionCalls(server: EtcdServer): readonly Call[] {
  return [
    unary(electionMethods.campaign, async ({ name, lease, value }, caller) => {
      const { key, revision, header } = await acquire(server, { name, lease, value }, caller);
      return { header, leader: { name, key, revision, lease } };
    }),
    unary(electionMethods.proclaim, async ({ leader, value }, caller) => {
      if (leader === undefined) throw refused('"leader" field must be provided');
      const { key, lease, revision } = leader;
      return whileLeading(server, { key, revision }, { type: 'put', key, value, lease }, caller);
    }),
    unary(electionMethods.leader, async ({ name }, caller) => {
      const { header, kv } = await oldest(server, name, caller);
      if (kv === undefined) throw refused('election: no leader');
      return { header, kv };
    }),
    unary(electionMethods.resign, async ({ leader }, caller) => {
      if (leader === undefined) throw refused('"leader" field must be provided');
      const { key } = leader;
      try {
        return await whileLeading(server, leader, { type: 'deleteRange', key }, caller);
      } catch (error) {
        // It does not lead: that is what was wanted.
        if (!(error instanceof NotLeading)) throw error;
        return { header: error.header };
      }
    }),
    serverStream(observeMethod, async ({ name }, output, caller) => {
      let told = 0;
      while (!caller.signal.aborted) {
        const { header, kv } = await oldest(server, name, caller);
        if (kv !== undefined && kv.modRevision > told) {
          told = kv.modRevision;
          output.send({ header, kv });
          await output.drained();
        }
        const prefix = prefixOf(name);
        const range = { key: prefix, rangeEnd: prefixEnd(prefix) };
        await nextChange(server, { ...range, startRevision: header.revision + 1 }, caller);
      }
    }),
  ];
}

const noBytes = new Uint8Array();

function prefixOf(name: Uint8Array): Uint8Array {
  return Buffer.concat([name, Buffer.from('/')]);
}

function refused(text: string): StoreError {
  return new StoreError('invalidArgument', text);
}

class NotLeading extends StoreError {
  readonly header: ResponseHeader;
  constructor(header: ResponseHeader) {
    super('invalidArgument', 'election: not leader');
    this.header = header;
  }
}

/** Creates the caller's key and waits until it is the oldest one; takes it back when the caller gives up. */
async function acquire(
  server: EtcdServer,
  request: { readonly name: Uint8Array; readonly lease: LeaseId; readonly value: Uint8Array },
  caller: Caller,
): Promise<Candidate> {
  const prefix = prefixOf(request.name);
  const key = Buffer.concat([prefix, Buffer.from(request.lease.toString(16))]);
  const candidate = await stand(server, { ...request, key }, caller);
  try {
    const header = await waitForOlder(server, { prefix, before: candidate.revision }, caller);
    const own = await server.range({ key }, caller);
    if (own.kvs[0]?.createRevision !== candidate.revision) throw refused('mutex: session is expired');
    return { ...candidate, header: header ?? candidate.header };
  } catch (error) {
    // The caller's own signal may be what ended the wait: its key is taken back all the same.
    const anyway: Caller = { ...caller, signal: new AbortController().signal };
    await single(server, { type: 'deleteRange', key }, anyway);
    throw error;
  }
}

/** The key as it stands already, when the same lease asked before. */
async function stand(
  server: EtcdServer,
  { key, lease, value }: { key: Uint8Array; lease: LeaseId; value: Uint8Array },
  caller: Caller,
): Promise<Candidate> {
  const request = encodeTxn({
    compare: [{ key, result: 'equal', target: 'createRevision', number: 0 }],
    success: [{ type: 'put', key, value, lease }],
    failure: [{ type: 'range', key }],
  });
  const { header, succeeded, responses } = await server.txn(request, caller);
  const [response] = responses;
  const standing = response?.type === 'range' ? response.kvs[0] : undefined;
  if (succeeded || standing === undefined) return { key, revision: header.revision, header };
  const candidate = { key, revision: standing.createRevision };
  if (Buffer.compare(standing.value, value) === 0) return { ...candidate, header };
  const changed = await whileLeading(server, candidate, { type: 'put', key, value, lease }, caller);
  return { ...candidate, ...changed };
}

/** One operation, if the candidate's key is still the one that it created. */
async function whileLeading(
  server: EtcdServer,
  { key, revision }: { readonly key: Uint8Array; readonly revision: number },
  operation: Operation,
  caller: Caller,
): Promise<{ readonly header: ResponseHeader }> {
  const request = encodeTxn({
    compare: [{ key, result: 'equal', target: 'createRevision', number: revision }],
    success: [operation],
    failure: [],
  });
  const { header, succeeded } = await server.txn(request, caller);
  if (!succeeded) throw new NotLeading(header);
  return { header };
}

/** Waits for the youngest of the older keys to go, until there is none; so that one key's end wakes one waiter. */
async function waitForOlder(
  server: EtcdServer,
  { prefix, before }: { readonly prefix: Uint8Array; readonly before: number },
  caller: Caller,
): Promise<ResponseHeader | undefined> {
  for (;;) {
    caller.signal.throwIfAborted();
    const { header, kvs } = await server.range(
      {
        key: prefix,
        rangeEnd: prefixEnd(prefix),
        sortTarget: 'createRevision',
        sortOrder: 'descend',
        maxCreateRevision: before - 1,
        limit: 1,
        keysOnly: true,
      },
      caller,
    );
    const [older] = kvs;
    if (older === undefined) return header;
    await nextChange(
      server,
      { key: older.key, startRevision: header.revision + 1, filters: ['noPut'] },
      caller,
    );
  }
}

async function oldest(
  server: EtcdServer,
  name: Uint8Array,
  caller: Caller,
): Promise<{ readonly header: ResponseHeader; readonly kv: KeyValue | undefined }> {
  const prefix = prefixOf(name);
  const range = { key: prefix, rangeEnd: prefixEnd(prefix), limit: 1 };
  const { header, kvs } = await server.range(
    { ...range, sortTarget: 'createRevision', sortOrder: 'ascend' },
    caller,
  );
  return { header, kv: kvs[0] };
}

/** Resolves at the first event, and where the watch is over: whoever waits looks again. */
function nextChange(
  server: EtcdServer,
  request: Parameters<EtcdServer['watch']>[0],
  caller: Caller,
): Promise<void> {
  let watch: ServerWatch | undefined;
  let over: (() => void) | undefined;
  return new Promise<void>((resolve) => {
    over = resolve;
    watch = server.watch(request, caller, {
      deliver: ({ events }) => {
        if (events.length > 0) resolve();
        return true;
      },
      writable: () => Promise.resolve(),
      canceled: () => resolve(),
    });
    caller.signal.addEventListener('abort', over, { once: true });
    if (caller.signal.aborted) resolve();
  }).finally(() => {
    if (over !== undefined) caller.signal.removeEventListener('abort', over);
    watch?.cancel();
  });
}
