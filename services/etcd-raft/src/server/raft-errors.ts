import { StoreError, storeError } from '@kubelab/store';
import { InvalidMembershipChangeError, RaftUnavailableError } from '../contract.js';

/** One table for what goes wrong below: the caller learns whether to repeat it. Anything else is returned as it is. */
export function storeErrorOf(error: unknown): unknown {
  if (error instanceof InvalidMembershipChangeError)
    return new StoreError('invalidArgument', `etcdserver: ${error.message}`, { cause: error });
  return error instanceof RaftUnavailableError ? unavailable(error) : error;
}

export function unavailable(error: RaftUnavailableError): StoreError {
  const { reason, message, mayHaveCommitted } = error;
  const lost = (text: string) =>
    new StoreError('unavailable', `etcdserver: ${text}`, {
      retryable: !mayHaveCommitted,
      mayHaveExecuted: mayHaveCommitted,
      cause: error,
    });
  switch (reason) {
    case 'tooManyProposals':
      return storeError('tooManyRequests', { cause: error });
    case 'notLeader':
    case 'noLeader':
    case 'transferring':
      return storeError('noLeader', { cause: error });
    case 'leadershipLost':
      return lost('leader changed');
    case 'stopped':
      return lost('server stopped');
    case 'diskFailed':
      return lost(message);
    case 'changing':
      return new StoreError('unhealthyCluster', 'etcdserver: unhealthy cluster', { cause: error });
    case 'learnerNotReady':
      return storeError('learnerNotReady', { cause: error });
    case 'badTransferee':
      return storeError('badLeaderTransferee', { cause: error });
    case 'transferTimeout':
      return storeError('leaderTransferTimeout', { cause: error });
    default:
      return reason satisfies never;
  }
}

/** Certainly not appended, and another member (or this one, a little later) will take it. */
export function isMisdirected(error: unknown): error is RaftUnavailableError {
  if (!(error instanceof RaftUnavailableError) || error.mayHaveCommitted) return false;
  const { reason } = error;
  return reason === 'notLeader' || reason === 'noLeader' || reason === 'transferring';
}
