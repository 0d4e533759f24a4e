import {
  BytesError,
  decodeLeaseGrant,
  decodeLeaseId,
  decodeRange,
  decodeWatch,
  describeStoreMessage,
  encodeLeaseGrantResponse,
  encodeLeasesResponse,
  encodeRangeResponse,
  encodeTimeToLiveResponse,
  encodeTxnResponse,
  StoreError,
  storeError,
  toWireError,
} from '@kubelab/store';
import { type Message, noBytes, type RequestContext, type WireService } from '@kubelab/wire';
import type { Caller, EtcdServer } from '../etcd-server.js';
import { serveWatch } from './watch-session.js';

const allowedGroups = ['kubelab:apiservers', 'kubelab:operators'];

export interface StoreServiceOptions {
  readonly server: EtcdServer;
  /** The other member that leads, by the name that clients know it by; undefined where this one does, or none is known. */
  readonly leaderElsewhere: () => string | undefined;
}

type Answer = (request: Message, caller: Caller) => Promise<Message>;

/**
 * The store, for apiservers (and operators who look into it), over packages/wire. Errors are StoreErrors, as packages/store maps
 * them. A write that came to a follower is carried out; the answer's head says who leads, so that the next one goes there.
 */
export function storeService({ server, leaderElsewhere }: StoreServiceOptions): WireService {
  const answering =
    (answer: Answer) =>
    async (request: Message, context: RequestContext): Promise<Message> => {
      try {
        return await answer(request, callerOf(context));
      } catch (error) {
        throw refusal(error, leaderElsewhere());
      }
    };
  const payload = (bytes: Uint8Array): Message => ({ head: null, payload: bytes });
  const written = (bytes: Uint8Array): Message => {
    const leader = leaderElsewhere();
    return { head: leader === undefined ? null : { leader }, payload: bytes };
  };
  return {
    authorize: (peer, method) => {
      if (peer.organizations.some((group) => allowedGroups.includes(group))) return;
      const detail = `${method} is for members of ${allowedGroups.join(' or ')}; this is ${peer.commonName}`;
      throw toWireError(storeError('permissionDenied', { detail }));
    },
    describe: describeStoreMessage,
    unary: {
      'store.range': answering(async (request, caller) =>
        payload(encodeRangeResponse(await server.range(decodeRange(request.payload), caller))),
      ),
      'store.txn': answering(async (request, caller) =>
        written(encodeTxnResponse(await server.txn(request.payload, caller))),
      ),
      'store.compact': answering(async ({ head }, caller) => {
        await server.compact(readCompact(head), caller);
        return written(noBytes);
      }),
      'store.leaseGrant': answering(async (request, caller) =>
        written(encodeLeaseGrantResponse(await server.leaseGrant(decodeLeaseGrant(request.payload), caller))),
      ),
      'store.leaseRevoke': answering(async (request, caller) => {
        await server.leaseRevoke(decodeLeaseId(request.payload).id, caller);
        return written(noBytes);
      }),
      'store.leaseKeepAlive': answering(async (request, caller) => {
        const { id } = decodeLeaseId(request.payload);
        return written(encodeLeaseGrantResponse(await server.leaseKeepAlive(id, caller)));
      }),
      'store.leaseTimeToLive': answering(async (request, caller) =>
        payload(
          encodeTimeToLiveResponse(await server.leaseTimeToLive(decodeLeaseId(request.payload), caller)),
        ),
      ),
      'store.leaseLeases': answering(async (_request, caller) =>
        payload(encodeLeasesResponse(await server.leaseLeases(caller))),
      ),
      'store.status': answering(async (_request, caller) => ({
        head: await server.status(caller),
        payload: noBytes,
      })),
    },
    stream: {
      'store.watch': async (stream, request, context) => {
        try {
          await serveWatch({
            server,
            stream,
            request: decodeWatch(request.payload),
            caller: callerOf(context),
          });
        } catch (error) {
          throw refusal(error, undefined);
        }
      },
    },
  };
}

function callerOf(context: RequestContext): Caller {
  return {
    identity: context.peer,
    token: undefined,
    trace: context.trace,
    // Made when somebody asks for it, which few do: an AbortSignal costs more than the rest of a request.
    get signal() {
      return context.signal;
    },
  };
}

function readCompact(head: unknown): { readonly revision: number; readonly physical: boolean } {
  const field = (name: string): unknown =>
    typeof head === 'object' && head !== null ? Reflect.get(head, name) : undefined;
  const revision = field('revision');
  if (typeof revision !== 'number' || !Number.isSafeInteger(revision) || revision < 1)
    throw storeError('invalidArgument', { detail: 'revision is a whole number from 1 on' });
  return { revision, physical: field('physical') === true };
}

/** `leader` tells the caller where to go instead. */
function refusal(error: unknown, leader: string | undefined): unknown {
  if (error instanceof StoreError) return toWireError(error, leader);
  if (error instanceof BytesError)
    return toWireError(storeError('invalidArgument', { detail: error.message }));
  return error;
}
