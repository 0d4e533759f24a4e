import type { Operation, PutOperation, StoreError, TxnRequest } from '@kubelab/store';
import type { AuthStore, Principal } from './auth.js';
import type { Lessor } from './lessor.js';

/** Whether a transaction may be executed: both branches are looked at, whichever is taken, and what lies within. */
export function checkTxn(
  request: TxnRequest,
  principal: Principal,
  state: { readonly auth: AuthStore; readonly lessor: Lessor },
): StoreError | undefined {
  if (!state.auth.enabled || principal.internal) return undefined;
  const nobody = state.auth.checkUser(principal);
  if (nobody !== undefined) return nobody;
  for (const compare of request.compare) {
    const refused = state.auth.checkRange(principal, compare, 'read');
    if (refused !== undefined) return refused;
  }
  for (const operation of [...request.success, ...request.failure]) {
    const refused = checkOperation(operation, principal, state);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

function checkOperation(
  operation: Operation,
  principal: Principal,
  state: { readonly auth: AuthStore; readonly lessor: Lessor },
): StoreError | undefined {
  const { auth } = state;
  switch (operation.type) {
    case 'range':
      return auth.checkRange(principal, operation, 'read');
    case 'deleteRange':
      return (
        auth.checkRange(principal, operation, 'write') ??
        (operation.prevKv === true ? auth.checkRange(principal, operation, 'read') : undefined)
      );
    case 'put':
      return checkPut(operation, principal, state);
    case 'txn':
      return checkTxn(operation, principal, state);
    default:
      return operation satisfies never;
  }
}

/** Who hangs a key on a lease decides over the other keys' end too: so these must be its own to write. */
function checkPut(
  put: PutOperation,
  principal: Principal,
  { auth, lessor }: { readonly auth: AuthStore; readonly lessor: Lessor },
): StoreError | undefined {
  const { key, lease = 0n } = put;
  const refused =
    auth.checkRange(principal, { key }, 'write') ??
    (put.prevKv === true ? auth.checkRange(principal, { key }, 'read') : undefined);
  return refused ?? (lease === 0n ? undefined : checkLeaseKeys(lease, 'write', principal, { auth, lessor }));
}

export function checkLeaseKeys(
  lease: bigint,
  wanted: 'read' | 'write',
  principal: Principal,
  { auth, lessor }: { readonly auth: AuthStore; readonly lessor: Lessor },
): StoreError | undefined {
  if (!auth.enabled || principal.internal) return undefined;
  for (const key of lessor.keys(lease)) {
    const refused = auth.checkRange(principal, { key }, wanted);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

/** True when it may put something, in either branch: refused when there is no space. */
export function mayPut(request: TxnRequest): boolean {
  return [...request.success, ...request.failure].some(
    (operation) => operation.type === 'put' || (operation.type === 'txn' && mayPut(operation)),
  );
}

/** True when it changes nothing whichever branch is taken: it need not go through the log. */
export function isReadOnly(request: TxnRequest): boolean {
  return [...request.success, ...request.failure].every(
    (operation) => operation.type === 'range' || (operation.type === 'txn' && isReadOnly(operation)),
  );
}

/** True when each of its reads may be stale. */
export function isSerializable(request: TxnRequest): boolean {
  return [...request.success, ...request.failure].every(
    (operation) =>
      (operation.type === 'range' && operation.serializable === true) ||
      (operation.type === 'txn' && isSerializable(operation)),
  );
}
