import { type ResponseHeader, StoreError, storeError } from '@kubelab/store';
import type { Telemetry } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import type { RaftNode } from '../contract.js';
import type { Caller, ClusterIdentity } from '../etcd-server.js';
import { type Command, encodeEntry, type Origin } from '../state/entry.js';
import type { StoreState } from '../state/state-machine.js';
import type { Tokens } from '../state/tokens.js';
import type { Applied } from './peers.js';
import type { Proposer } from './proposer.js';

export interface ServerParts extends ClusterIdentity {
  readonly world: World;
  readonly telemetry: Telemetry;
  readonly name: string;
  readonly node: RaftNode;
  readonly state: StoreState;
  readonly proposer: Proposer;
  readonly tokens: Tokens;
  /** revision: default the store's. */
  readonly header: (revision?: number) => ResponseHeader;
}

/** By the cluster's own doing. */
const internalOrigin: Origin = { trace: undefined, user: undefined, authRevision: 0, internal: true };

/**
 * As whom a caller asks: while auth is enabled, the user that the token names, else the one that the certificate names. Throws
 * `invalidAuthToken`.
 */
export function originOf({ state, tokens, world }: ServerParts, caller: Caller): Origin {
  const { auth } = state;
  const { trace, token } = caller;
  if (!auth.enabled) return { trace, user: undefined, authRevision: 0, internal: false };
  const authRevision = auth.revision;
  if (token === undefined || token === '')
    return { trace, user: caller.identity?.commonName, authRevision, internal: false };
  const user = tokens.verify(token, world.clock.nowMs());
  if (user === undefined) throw storeError('invalidAuthToken');
  return { trace, user, authRevision, internal: false };
}

/** Everything that was committed when this is called has been applied here when it resolves. */
export function readBarrier({ proposer }: ServerParts): Promise<void> {
  return proposer.readBarrier();
}

/** Who changed the rules meanwhile is followed so often. */
const admissionsMax = 4;

/**
 * Proposes on behalf of a caller. An entry that was admitted under rules that changed before it was applied is refused by
 * all members, and executed by none: it is admitted anew, by the rules as they are then.
 */
export async function proposeAs(
  parts: ServerParts,
  caller: Caller,
  encode: (origin: Origin) => Uint8Array,
): Promise<Applied> {
  for (let attempt = 1; ; attempt += 1) {
    const origin = originOf(parts, caller);
    try {
      return await parts.proposer.propose(encode(origin));
    } catch (error) {
      if (!isStale(error, origin) || attempt >= admissionsMax) throw error;
      await readBarrier(parts);
    }
  }
}

function isStale(error: unknown, { user }: Origin): boolean {
  if (!(error instanceof StoreError)) return false;
  return error.code === 'authOldRevision' || (error.code === 'userEmpty' && user === undefined);
}

export function proposeInternally(parts: ServerParts, command: Command): Promise<Applied> {
  return parts.proposer.propose(encodeEntry(command, internalOrigin));
}

export async function proposeFor(
  parts: ServerParts,
  command: Command,
  caller: Caller,
): Promise<ResponseHeader> {
  const { revision } = await proposeAs(parts, caller, (origin) => encodeEntry(command, origin));
  return parts.header(revision);
}

export function throwIf(error: StoreError | undefined): void {
  if (error !== undefined) throw error;
}

export function ensured<T>(result: T | StoreError): T {
  if (result instanceof StoreError) throw result;
  return result;
}
