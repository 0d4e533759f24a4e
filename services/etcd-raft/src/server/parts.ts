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
export const internalOrigin: Origin = { trace: undefined, user: undefined, authRevision: 0, internal: true };

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

export function propose(parts: ServerParts, command: Command, origin: Origin): Promise<Applied> {
  return parts.proposer.propose(encodeEntry(command, origin));
}

export async function proposeFor(
  parts: ServerParts,
  command: Command,
  caller: Caller,
): Promise<ResponseHeader> {
  const { revision } = await propose(parts, command, originOf(parts, caller));
  return parts.header(revision);
}

export function throwIf(error: StoreError | undefined): void {
  if (error !== undefined) throw error;
}

export function ensured<T>(result: T | StoreError): T {
  if (result instanceof StoreError) throw result;
  return result;
}
