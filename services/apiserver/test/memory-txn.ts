import {
  inRange,
  invalidArgument,
  type KeyRange,
  type Operation,
  storeError,
  type TxnRequest,
} from '@kubelab/store';

/** etcd's --max-txn-ops: on the longest way down through transactions within transactions. */
const operationsMax = 128;

/** Throws what is wrong with a transaction whatever the store holds, as etcd finds it. */
export function checkTxn(request: TxnRequest): void {
  checkLevel(request, operationsMax);
  checkKeys(request.success);
  checkKeys(request.failure);
}

function checkLevel({ compare, success, failure }: TxnRequest, left: number): void {
  const longest = Math.max(compare.length, success.length, failure.length);
  if (longest > left) throw storeError('tooManyOperations');
  for (const { key } of compare) checkKey(key);
  for (const operation of [...success, ...failure]) {
    if (operation.type === 'txn') {
      checkLevel(operation, left - longest);
      continue;
    }
    checkKey(operation.key);
    if (operation.type !== 'put') continue;
    if (operation.ignoreValue === true && operation.value.byteLength > 0)
      throw invalidArgument('value is provided');
    if (operation.ignoreLease === true && (operation.lease ?? 0n) !== 0n)
      throw invalidArgument('lease is provided');
  }
}

function checkKey(key: Uint8Array): void {
  if (key.byteLength === 0) throw invalidArgument('key is not provided');
}

interface Written {
  readonly puts: readonly Uint8Array[];
  readonly deletes: readonly KeyRange[];
}

/**
 * No key is put twice, nor put and deleted, in the order in which etcd looks (its checkIntervals): this level's deletes, then
 * the transactions within, then this level's puts. The two ways of one within exclude each other, so they may put the same;
 * and what a later one deletes is not held against the puts of an earlier one.
 */
function checkKeys(operations: readonly Operation[]): Written {
  const deletes: KeyRange[] = operations.filter((operation) => operation.type === 'deleteRange');
  const puts: Uint8Array[] = [];
  const put = (key: Uint8Array, excluded: readonly Uint8Array[] = []) => {
    const known = has(puts, key);
    if (known && !has(excluded, key)) throw storeError('duplicateKey');
    if (deletes.some((range) => inRange(key, range))) throw storeError('duplicateKey');
    if (!known) puts.push(key);
  };
  for (const operation of operations) {
    if (operation.type !== 'txn') continue;
    const [success, failure] = [checkKeys(operation.success), checkKeys(operation.failure)];
    for (const key of success.puts) put(key);
    for (const key of failure.puts) put(key, success.puts);
    deletes.push(...success.deletes, ...failure.deletes);
  }
  for (const operation of operations) if (operation.type === 'put') put(operation.key);
  return { puts, deletes };
}

function has(keys: readonly Uint8Array[], key: Uint8Array): boolean {
  return keys.some((one) => Buffer.compare(one, key) === 0);
}
