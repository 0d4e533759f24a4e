import {
  type Compare,
  compareKeys,
  inRange,
  type KeyValue,
  type Operation,
  type StoreError,
  storeError,
  type TxnRequest,
} from '@kubelab/store';

/** etcd's defaults: --max-txn-ops 128, --max-request-bytes 1.5 MiB. */
export const txnLimits = { operationsMax: 128, requestBytesMax: 1.5 * 1024 * 1024 } as const;

/** What is wrong with a request whatever the state; undefined when nothing is. */
export function validateTxn(request: TxnRequest): StoreError | undefined {
  const { compare, success, failure } = request;
  if (Math.max(compare.length, success.length, failure.length) > txnLimits.operationsMax)
    return storeError('tooManyOperations');
  const keys = [...compare, ...success, ...failure];
  if (keys.some((one) => one.key.byteLength === 0))
    return storeError('invalidArgument', { detail: 'key is not provided' });
  return validateBranch(success) ?? validateBranch(failure);
}

/**
 * No key may be changed twice by one transaction: not put twice, nor put and deleted (etcd: checkIntervals).
 */
function validateBranch(operations: readonly Operation[]): StoreError | undefined {
  const puts = operations.filter((operation) => operation.type === 'put');
  const deletes = operations.filter((operation) => operation.type === 'deleteRange');
  // No leases are granted by this store, so that none can be found.
  if (puts.some((put) => (put.lease ?? 0) !== 0)) return storeError('leaseNotFound');
  const sorted = puts.map((put) => put.key).sort(compareKeys);
  const twice = sorted.some((key, at) => {
    const before = sorted[at - 1];
    return before !== undefined && compareKeys(before, key) === 0;
  });
  const deleted = puts.some((put) => deletes.some((range) => inRange(put.key, range)));
  return twice || deleted ? storeError('duplicateKey') : undefined;
}

/** Whether the compare holds for one key; `kv` undefined for an absent one. */
export function compareHolds(compare: Compare, kv: KeyValue | undefined): boolean {
  if (compare.target === 'value') {
    // etcd: the value of an absent key equals nothing, not even an empty one.
    return kv !== undefined && ordered(compareKeys(kv.value, compare.bytes), compare.result);
  }
  return ordered((kv?.[compare.target] ?? 0) - compare.number, compare.result);
}

function ordered(difference: number, result: Compare['result']): boolean {
  switch (result) {
    case 'equal':
      return difference === 0;
    case 'notEqual':
      return difference !== 0;
    case 'greater':
      return difference > 0;
    case 'less':
      return difference < 0;
    default:
      return result satisfies never;
  }
}
