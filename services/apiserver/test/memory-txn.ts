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
 * No key is put twice, nor put and deleted; of a transaction within, its two ways exclude each other, so they may write the same.
 */
function checkKeys(operations: readonly Operation[]): Written {
  const puts: Uint8Array[] = [];
  const deletes: KeyRange[] = [];
  const add = (written: Written, also: Written = { puts: [], deletes: [] }) => {
    for (const put of written.puts) {
      const known = also.puts.some((key) => Buffer.compare(key, put) === 0);
      const twice = puts.some((key) => Buffer.compare(key, put) === 0) && !known;
      if (twice || deletes.some((range) => inRange(put, range))) throw storeError('duplicateKey');
    }
    for (const range of written.deletes)
      if (puts.some((put) => inRange(put, range))) throw storeError('duplicateKey');
  };
  for (const operation of operations) {
    const ways: Written[] = [];
    if (operation.type === 'put') ways.push({ puts: [operation.key], deletes: [] });
    if (operation.type === 'deleteRange') ways.push({ puts: [], deletes: [operation] });
    if (operation.type === 'txn') ways.push(checkKeys(operation.success), checkKeys(operation.failure));
    for (const way of ways) add(way);
    for (const way of ways) {
      puts.push(...way.puts);
      deletes.push(...way.deletes);
    }
  }
  return { puts, deletes };
}
