import { type KeyValue, type RangeRequest, type RangeResponse, StoreError } from '../contract.js';

/** Keys asked for at once: an answer of so many is of a size that etcd and this process hold without stalling others. */
const pageKeys = 10_000;
/** When what is read is compacted away between two pages, it is read anew, as it is then. */
const startsMax = 3;

/**
 * A range as one answer of one revision, however many keys it has, got page by page. Only what comes in the order of keys can be
 * cut so; the rest, and what a member answers from its own state, is asked for at once.
 */
export async function inPages(
  request: RangeRequest,
  read: (request: RangeRequest) => Promise<RangeResponse>,
): Promise<RangeResponse> {
  if (!inKeyOrder(request)) return read(request);
  for (let start = 1; ; start += 1) {
    try {
      return await readAll(request, read);
    } catch (error) {
      const again =
        error instanceof StoreError && error.code === 'compacted' && (request.revision ?? 0) === 0;
      if (!again || start === startsMax) throw error;
    }
  }
}

async function readAll(
  request: RangeRequest,
  read: (request: RangeRequest) => Promise<RangeResponse>,
): Promise<RangeResponse> {
  const wanted = (request.limit ?? 0) === 0 ? Number.POSITIVE_INFINITY : (request.limit ?? 0);
  const limit = Math.min(wanted, pageKeys);
  const first = await read({ ...request, limit });
  const revision = (request.revision ?? 0) === 0 ? first.header.revision : request.revision;
  const pages: (readonly KeyValue[])[] = [first.kvs];
  let got = first.kvs.length;
  let { more } = first;
  while (more && got < wanted) {
    const last = pages.at(-1)?.at(-1);
    if (last === undefined) break;
    const key = following(last.key);
    const page = await read({ ...request, key, revision, limit: Math.min(wanted - got, pageKeys) });
    pages.push(page.kvs);
    got += page.kvs.length;
    more = page.more;
  }
  return { ...first, kvs: pages.length === 1 ? first.kvs : pages.flat(), more };
}

function inKeyOrder(request: RangeRequest): boolean {
  const { sortTarget = 'key', sortOrder = 'none', rangeEnd, countOnly, serializable } = request;
  const { minModRevision = 0, maxModRevision = 0, minCreateRevision = 0, maxCreateRevision = 0 } = request;
  if (rangeEnd === undefined || countOnly === true || serializable === true) return false;
  if (minModRevision + maxModRevision + minCreateRevision + maxCreateRevision > 0) return false;
  return sortTarget === 'key' && sortOrder !== 'descend';
}

/** The first key after `key`. */
function following(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.byteLength + 1);
  next.set(key);
  return next;
}
