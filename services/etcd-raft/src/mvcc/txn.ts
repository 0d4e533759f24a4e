import {
  type Compare,
  compareKeys,
  inRange,
  invalidArgument,
  isUnbounded,
  type KeyRange,
  type KeyValue,
  type Operation,
  type PutOperation,
  type RangeRequest,
  type StoreError,
  storeError,
  type TxnRequest,
} from '@kubelab/store';
import { type KeyName, keyName } from './version.js';

/** etcd's default (--max-txn-ops). Bytes of a request are bounded by who takes it in. */
export const txnLimits = { operationsMax: 128 } as const;

const sortTargets = ['key', 'version', 'createRevision', 'modRevision', 'value'];
const sortOrders = ['none', 'ascend', 'descend'];

/** What is wrong with a request whatever the state; undefined when nothing is. Texts are etcd's (rpctypes/error.go). */
export function validateTxn(request: TxnRequest): StoreError | undefined {
  return validateLevel(request, txnLimits.operationsMax) ?? validateIntervals(request);
}

export function validateRange(request: RangeRequest): StoreError | undefined {
  if (request.key.byteLength === 0) return invalidArgument('key is not provided');
  const { sortTarget = 'key', sortOrder = 'none' } = request;
  if (!sortTargets.includes(sortTarget) || !sortOrders.includes(sortOrder))
    return invalidArgument('invalid sort option');
  return undefined;
}

/** Operations of a nested txn count against what its parents leave: 128 on the longest way down (checkTxnRequest). */
function validateLevel(request: TxnRequest, operationsMax: number): StoreError | undefined {
  const { compare, success, failure } = request;
  const operations = Math.max(compare.length, success.length, failure.length);
  if (operations > operationsMax) return storeError('tooManyOperations');
  if (compare.some((one) => one.key.byteLength === 0)) return invalidArgument('key is not provided');
  for (const operation of [...success, ...failure]) {
    const error = validateOperation(operation, operationsMax - operations);
    if (error !== undefined) return error;
  }
  return undefined;
}

function validateOperation(operation: Operation, operationsLeft: number): StoreError | undefined {
  switch (operation.type) {
    case 'put':
      return validatePut(operation);
    case 'deleteRange':
      return operation.key.byteLength === 0 ? invalidArgument('key is not provided') : undefined;
    case 'range':
      return validateRange(operation);
    case 'txn':
      return validateLevel(operation, operationsLeft);
    default:
      return operation satisfies never;
  }
}

function validatePut(put: PutOperation): StoreError | undefined {
  if (put.key.byteLength === 0) return invalidArgument('key is not provided');
  if (put.ignoreValue === true && put.value.byteLength > 0) return invalidArgument('value is provided');
  if (put.ignoreLease === true && (put.lease ?? 0n) !== 0n) return invalidArgument('lease is provided');
  return undefined;
}

interface Changes {
  readonly puts: Map<KeyName, PutOperation>;
  readonly deletes: KeyRange[];
}

function validateIntervals(request: TxnRequest): StoreError | undefined {
  for (const branch of [request.success, request.failure])
    if (branch.length > 1 || branch[0]?.type === 'txn') {
      const changes = intervals(branch);
      if (changes === undefined) return storeError('duplicateKey');
    }
  return undefined;
}

/**
 * What a branch may change; undefined when it changes a key twice. As etcd's checkIntervals: deletes of this level first,
 * then nested transactions one by one (both of their branches, which may put the same key, for only one is executed),
 * then puts of this level. And as there, a delete "from this key on" is not looked at: clearing everything and putting anew
 * is one transaction. Its changes of one key then have one main revision, and a sub each.
 */
function intervals(branch: readonly Operation[]): Changes | undefined {
  const puts = new Map<KeyName, PutOperation>();
  const deletes: KeyRange[] = branch.flatMap((operation) =>
    operation.type === 'deleteRange' && !isToTheEnd(operation) ? [operation] : [],
  );
  const clashes = (put: PutOperation) => deletes.some((range) => inRange(put.key, range));
  for (const nested of branch) {
    if (nested.type !== 'txn') continue;
    const then = intervals(nested.success);
    const otherwise = intervals(nested.failure);
    if (then === undefined || otherwise === undefined) return undefined;
    for (const [name, put] of then.puts) if (puts.has(name) || clashes(put)) return undefined;
    for (const [name, put] of otherwise.puts) if (puts.has(name) || clashes(put)) return undefined;
    for (const [name, put] of [...then.puts, ...otherwise.puts]) puts.set(name, put);
    deletes.push(...then.deletes, ...otherwise.deletes);
  }
  for (const put of branch) {
    if (put.type !== 'put') continue;
    const name = keyName(put.key);
    if (puts.has(name) || clashes(put)) return undefined;
    puts.set(name, put);
  }
  return { puts, deletes };
}

function isToTheEnd({ rangeEnd }: KeyRange): boolean {
  return rangeEnd !== undefined && isUnbounded(rangeEnd);
}

/** Whether the compare holds for one key; `kv` undefined for an absent one. */
export function compareHolds(compare: Compare, kv: KeyValue | undefined): boolean {
  const { result } = compare;
  switch (compare.target) {
    case 'value':
      // etcd: the value of an absent key equals nothing, not even an empty one.
      return kv !== undefined && ordered(compareKeys(kv.value, compare.bytes), result);
    case 'lease': {
      const lease = kv?.lease ?? 0n;
      return ordered(lease < compare.lease ? -1 : lease > compare.lease ? 1 : 0, result);
    }
    default:
      return ordered((kv?.[compare.target] ?? 0) - compare.number, result);
  }
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
