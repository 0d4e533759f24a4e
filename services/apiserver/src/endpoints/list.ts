import {
  ApiError,
  assertSelectable,
  type KindInfo,
  matchesAll,
  matchesFields,
  parseFieldSelector,
  parseLabelSelector,
  statusErrors,
} from '@kubelab/api';
import type { Turns } from '../storage/pace.js';
import type { Listing, Storage } from '../storage/storage.js';
import type { StoredObject } from '../storage/stored-object.js';
import type { ApiCall, ApiReply } from './contract.js';
import { listReply } from './list-body.js';
import {
  type Continuation,
  decodeContinue,
  encodeContinue,
  type ListOptions,
  readListOptions,
} from './list-options.js';
import type { AcceptedForm } from './negotiate.js';

export type Selects = (stored: StoredObject) => boolean;

/** Namespace, labels and fields of a list or watch. */
export function selection(
  kind: KindInfo,
  namespace: string,
  name: string,
  call: ApiCall,
): { selects: Selects; filtered: boolean } {
  const labels = parseLabelSelector(call.query.labelSelector?.[0] ?? '');
  const fields = parseFieldSelector(call.query.fieldSelector?.[0] ?? '');
  assertSelectable(kind, fields);
  const selects: Selects = ({ object }) =>
    (namespace === '' || object.metadata.namespace === namespace) &&
    (name === '' || object.metadata.name === name) &&
    matchesAll(labels, object.metadata.labels) &&
    matchesFields(fields, object);
  return { selects, filtered: labels.length + fields.length > 0 };
}

const undecodableNamedMax = 5;
/** Keys that one question asks of the store, when a selector leaves out most of them. */
const storePageMax = 1_000;

export interface ListRequest {
  readonly storage: Storage;
  readonly kind: KindInfo;
  readonly namespace: string;
  readonly call: ApiCall;
  readonly form: AcceptedForm;
  readonly warn: (text: string) => void;
}

/** GET of a collection, with Kubernetes' meaning of resourceVersion, limit and continue. */
export async function list(request: ListRequest): Promise<ApiReply> {
  const { storage, kind, namespace, call, form, warn } = request;
  const { selects, filtered } = selection(kind, namespace, '', call);
  const options = readListOptions(call.query, 'list');
  const { objects, undecodable, revision, rest } = await source(request, options, selects);
  if (undecodable.length > 0) warn(missingText(undecodable));
  const metadata = {
    resourceVersion: String(revision),
    ...(rest === undefined
      ? {}
      : { continue: encodeContinue(kind, namespace, { revision, after: rest.after }) }),
    ...(rest === undefined || filtered ? {} : { remainingItemCount: rest.count }),
  };
  return listReply({ call, kind, form, metadata, ...turnsOf(storage) }, objects);
}

/** What a long answer is paced by, and the time that ages in it are told as of. */
export function turnsOf(storage: Storage): Turns & { readonly nowMs: number } {
  const turn = () => storage.turn();
  return { turn, monotonicMs: () => storage.monotonicMs(), nowMs: storage.nowMs() };
}

/**
 * From where a list is read:
 *
 * | resourceVersion | match, limit, continue        | read from                                          |
 * | --------------- | ----------------------------- | -------------------------------------------------- |
 * | any             | continue                      | the store, at the revision of the first page       |
 * | any             | continue of an expired list   | the cache, as new as the store                     |
 * | unset           |                               | the cache, as new as the store                     |
 * | 0               | any limit (it is not heeded)  | the cache as it is                                 |
 * | n               | NotOlderThan, or no limit     | the cache, once it is at n                         |
 * | n               | Exact, or a limit and no match | the store at n                                    |
 */
async function source(request: ListRequest, options: ListOptions, selects: Selects): Promise<Listing> {
  const { storage, kind, namespace, call } = request;
  const { resourceVersion, match, limit } = options;
  const cache = storage.cache(kind);
  if (options.continue !== '') {
    const from = decodeContinue(kind, namespace, options.continue);
    if (resourceVersion !== undefined && resourceVersion !== 0)
      throw statusErrors.badRequest('specifying resource version is not allowed when using continue');
    if (from.revision !== undefined)
      return pageAgain(request, { ...from, revision: from.revision, limit }, selects);
    await storage.fresh(kind, call.signal);
    return cachedPage(request, { after: from.after, limit }, selects);
  }
  if (resourceVersion === undefined) await storage.fresh(kind, call.signal);
  else if (match === 'Exact' || (match === undefined && limit > 0 && resourceVersion > 0))
    return exactly(request, resourceVersion, limit, selects);
  else await cache.waitFor(resourceVersion, call.signal);
  return cachedPage(request, { after: '', limit: resourceVersion === 0 ? 0 : limit }, selects);
}

function cachedPage(
  { storage, kind, namespace }: ListRequest,
  { after, limit }: { readonly after: string; readonly limit: number },
  selects: Selects,
): Listing {
  const cache = storage.cache(kind);
  const all = cache.page(namespace, after).filter(selects);
  const { undecodable, revision } = cache;
  const last = all[limit - 1];
  if (limit === 0 || last === undefined || all.length <= limit)
    return { objects: all, undecodable, revision };
  const rest = { after: last.key, count: all.length - limit };
  return { objects: all.slice(0, limit), undecodable, revision, rest };
}

async function exactly(
  request: ListRequest,
  revision: number,
  limit: number,
  selects: Selects,
): Promise<Listing> {
  const current = await request.storage.currentRevision();
  if (revision > current) throw statusErrors.tooLargeResourceVersion(revision, current);
  return storePage(request, { after: '', revision, limit }, selects);
}

/** The store's objects at a revision, until `limit` are selected. */
async function storePage(
  { storage, kind, namespace }: ListRequest,
  options: { readonly after: string; readonly revision: number; readonly limit: number },
  selects: Selects,
): Promise<Listing> {
  const { revision } = options;
  const limit = options.limit === 0 ? Number.POSITIVE_INFINITY : options.limit;
  const objects: StoredObject[] = [];
  const undecodable: string[] = [];
  let { after } = options;
  let size = Math.min(storePageMax, limit);
  for (;;) {
    const part = await storage.pageAt(kind, { namespace, after, revision, limit: size });
    undecodable.push(...part.undecodable);
    for (const [at, stored] of part.objects.entries()) {
      if (!selects(stored)) continue;
      objects.push(stored);
      const left = part.objects.length - at - 1 + (part.rest?.count ?? 0);
      if (objects.length < limit || left === 0) continue;
      return { objects, undecodable, revision, rest: { after: stored.key, count: left } };
    }
    if (part.rest === undefined) return { objects, undecodable, revision };
    after = part.rest.after;
    size = Math.min(storePageMax, size * 2);
    await storage.turn();
  }
}

/**
 * The next page of a list. When its revision is compacted, 410 with a token that goes on in the state as it is
 * then: a client may take the inconsistency, or begin anew.
 */
async function pageAgain(
  request: ListRequest,
  from: Continuation & { readonly revision: number; readonly limit: number },
  selects: Selects,
): Promise<Listing> {
  try {
    return await storePage(request, from, selects);
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'Expired') throw error;
    const { kind, namespace } = request;
    const token = encodeContinue(kind, namespace, { revision: undefined, after: from.after });
    throw statusErrors.expired(expiredText, token);
  }
}

const expiredText =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list ' +
  'without the continue parameter, or use the continue token in this response to retrieve the remainder of the ' +
  'results. Continuing with the provided token results in an inconsistent list - objects that were created, ' +
  'modified, or deleted between the time the first chunk was returned and now may show up in the list.';

/** For a Warning header: printable ASCII. */
function missingText(keys: readonly string[]): string {
  const named = keys.slice(0, undecodableNamedMax).map((key) => key.replace(/[^\x20-\x7e]/g, '?'));
  const more = keys.length > named.length ? ` and ${keys.length - named.length} more` : '';
  return `left out, since the store holds no object there: ${named.join(', ')}${more}`;
}
