import { compareKeys, type KeyValue, type RangeRequest } from '@kubelab/store';
import { type KeyIndex, nameRange } from './key-index.js';
import { keyName, type Version, withoutValue } from './version.js';

export interface RangeResult {
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
  readonly count: number;
}

/**
 * Keys of the range as they stood at `revision`. As etcd: `count` is of all keys in the range, before bounds on revisions
 * and `limit`; with countOnly there are no keys and never `more`.
 */
export function readRange(
  index: KeyIndex,
  request: RangeRequest,
  revision: number,
  toKv: (version: Version) => KeyValue,
): RangeResult {
  const range = nameRange(request);
  if (range === undefined) return readKey(index, request, revision, toKv);
  if (request.countOnly === true) return { kvs: [], more: false, count: index.count(range, revision) };
  const limit = request.limit === undefined || request.limit <= 0 ? Number.POSITIVE_INFINITY : request.limit;
  const { sortTarget = 'key', sortOrder = 'none' } = request;
  const inKeyOrder = sortTarget === 'key' && sortOrder !== 'descend';
  const isWanted = wanted(request);
  // One beyond the limit tells `more`.
  const readMax = inKeyOrder ? limit + 1 : Number.POSITIVE_INFINITY;
  const found: Version[] = [];
  let visited = 0;
  index.visit(range, revision, (version) => {
    visited += 1;
    if (isWanted === undefined || isWanted(version)) found.push(version);
    return found.length < readMax;
  });
  const count = found.length < readMax ? visited : index.count(range, revision);
  const taken = inKeyOrder ? found : sorted(found, request, toKv);
  const kvs: KeyValue[] = [];
  for (const version of taken) {
    if (kvs.length >= limit) break;
    kvs.push(request.keysOnly === true ? withoutValue(toKv(version)) : toKv(version));
  }
  return { kvs, more: found.length > limit, count };
}

function readKey(
  index: KeyIndex,
  request: RangeRequest,
  revision: number,
  toKv: (version: Version) => KeyValue,
): RangeResult {
  const version = index.at(keyName(request.key), revision);
  if (version === undefined) return { kvs: [], more: false, count: 0 };
  if (request.countOnly === true || wanted(request)?.(version) === false)
    return { kvs: [], more: false, count: 1 };
  const kv = toKv(version);
  return { kvs: [request.keysOnly === true ? withoutValue(kv) : kv], more: false, count: 1 };
}

/** Undefined: all are. */
function wanted(request: RangeRequest): ((version: Version) => boolean) | undefined {
  const { minModRevision = 0, maxModRevision = 0, minCreateRevision = 0, maxCreateRevision = 0 } = request;
  if (minModRevision === 0 && maxModRevision === 0 && minCreateRevision === 0 && maxCreateRevision === 0)
    return undefined;
  return ({ main, createRevision }) =>
    main >= minModRevision &&
    createRevision >= minCreateRevision &&
    (maxModRevision === 0 || main <= maxModRevision) &&
    (maxCreateRevision === 0 || createRevision <= maxCreateRevision);
}

/** Equal ones stay in key order. Any target but the key is sorted ascending where no order is given, as etcd does. */
function sorted(
  found: readonly Version[],
  request: RangeRequest,
  toKv: (version: Version) => KeyValue,
): readonly Version[] {
  const sign = request.sortOrder === 'descend' ? -1 : 1;
  switch (request.sortTarget) {
    case 'version':
      return found.toSorted((a, b) => sign * (a.version - b.version));
    case 'createRevision':
      return found.toSorted((a, b) => sign * (a.createRevision - b.createRevision));
    case 'modRevision':
      return found.toSorted((a, b) => sign * (a.main - b.main));
    case 'value': {
      const valued = found.map((version) => ({ version, value: toKv(version).value }));
      valued.sort((a, b) => sign * compareKeys(a.value, b.value));
      return valued.map(({ version }) => version);
    }
    default:
      return found.toReversed();
  }
}
