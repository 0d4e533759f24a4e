import {
  ApiError,
  assertSelectable,
  type FieldError,
  fieldErrors,
  groupVersionOf,
  type KindInfo,
  matchesAll,
  matchesFields,
  parseFieldSelector,
  parseLabelSelector,
  statusErrors,
} from '@kubelab/api';
import { partialMetadata } from '../printers/partial.js';
import { tableFor } from '../printers/table.js';
import type { Listing, Storage } from '../storage/storage.js';
import type { StoredObject } from '../storage/stored-object.js';
import type { ApiCall, ApiReply } from './contract.js';
import { type AcceptedForm, reply } from './negotiate.js';

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

interface ContinueToken {
  /** The revision of the first page; `latestRevision`: none, the rest is read as it is now. */
  readonly rv: number;
  /** The key after which the next page begins. */
  readonly start: string;
}

const latestRevision = -1;
const undecodableNamedMax = 5;

/** GET of a collection, with Kubernetes' meaning of resourceVersion, limit and continue. */
export async function list(
  storage: Storage,
  kind: KindInfo,
  namespace: string,
  call: ApiCall,
  form: AcceptedForm,
  warn: (text: string) => void,
): Promise<ApiReply> {
  const { selects, filtered } = selection(kind, namespace, '', call);
  const limit = wholeNumber('limit', call.query.limit?.[0]) ?? 0;
  const token = decodeToken(call.query.continue?.[0]);
  const { objects, undecodable, revision } = await source(storage, kind, call, token);
  if (undecodable.length > 0) warn(missingText(undecodable));
  const rest = objects.filter(
    (stored) => selects(stored) && (token === undefined || stored.key > token.start),
  );
  const page = limit > 0 ? rest.slice(0, limit) : rest;
  const last = page.at(-1);
  const more = page.length < rest.length && last !== undefined;
  const metadata = {
    resourceVersion: String(revision),
    ...(more ? { continue: encodeToken({ rv: revision, start: last.key }) } : {}),
    ...(more && !filtered ? { remainingItemCount: rest.length - page.length } : {}),
  };
  if (form.form === 'table') {
    const includeObject = call.query.includeObject?.[0] ?? 'Metadata';
    return reply(
      call,
      200,
      tableFor(
        kind,
        page.map((stored) => stored.object),
        { nowMs: storage.nowMs(), includeObject, metadata },
      ),
      form,
    );
  }
  const items = page.map((stored) => (form.form === 'partial' ? partialMetadata(stored.object) : stored));
  const head =
    form.form === 'partial'
      ? { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata }
      : { kind: kind.listKind, apiVersion: groupVersionOf(kind), metadata };
  if (form.form === 'object' && form.type === 'application/json' && !wantsPretty(call))
    return encodedOnce(head, page);
  return reply(
    call,
    200,
    { ...head, items: page.map((stored, at) => (form.form === 'partial' ? items[at] : stored.object)) },
    form,
  );
}

function wantsPretty(call: ApiCall): boolean {
  return call.query.pretty !== undefined || /^(curl|Wget)\//.test(call.headers['user-agent'] ?? '');
}

/** The objects' own JSON, which the cache holds, put together. */
function encodedOnce(head: object, page: readonly StoredObject[]): ApiReply {
  const start = JSON.stringify(head).slice(0, -1);
  const text = `${start},"items":[${page.map((stored) => stored.json).join(',')}]}\n`;
  return { code: 200, headers: { 'content-type': 'application/json' }, body: new TextEncoder().encode(text) };
}

async function source(
  storage: Storage,
  kind: KindInfo,
  call: ApiCall,
  token: ContinueToken | undefined,
): Promise<Listing> {
  const cache = storage.cache(kind);
  const wanted = call.query.resourceVersion?.[0];
  const match = call.query.resourceVersionMatch?.[0];
  if (token !== undefined) {
    if ((wanted ?? '') !== '' && wanted !== '0')
      throw statusErrors.badRequest('specifying resource version is not allowed when using continue');
    if (token.rv !== latestRevision) return pageAt(storage, kind, token);
  }
  const revision = token === undefined ? wholeNumber('resourceVersion', wanted) : undefined;
  checkMatch(match, revision);
  const limited = (wholeNumber('limit', call.query.limit?.[0]) ?? 0) > 0;
  // A first page at a certain revision has always meant exactly that one
  // (https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list).
  const exact =
    match === 'Exact' || (match === undefined && limited && revision !== undefined && revision > 0);
  if (exact && revision !== undefined) {
    await cache.waitFor(revision, call.signal);
    return storage.listAt(kind, revision);
  }
  if (revision === undefined) await cache.waitFor(await storage.currentRevision(kind), call.signal);
  else await cache.waitFor(revision, call.signal);
  return { objects: cache.all(), undecodable: cache.undecodable, revision: cache.revision };
}

/**
 * The next page of a list. When its revision is compacted, 410 with a token that goes on in the state as it is
 * then: a client may take the inconsistency, or begin anew.
 */
async function pageAt(storage: Storage, kind: KindInfo, token: ContinueToken): Promise<Listing> {
  try {
    return await storage.listAt(kind, token.rv);
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'Expired') throw error;
    throw statusErrors.expired(expiredText, encodeToken({ rv: latestRevision, start: token.start }));
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

function checkMatch(match: string | undefined, revision: number | undefined): void {
  if (match === undefined || match === '') return;
  const field = 'resourceVersionMatch';
  const refuse = (finding: FieldError) => {
    throw statusErrors.invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [finding]);
  };
  if (revision === undefined)
    refuse(
      fieldErrors.forbidden(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided'),
    );
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    const message = `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan"`;
    refuse({ reason: 'FieldValueNotSupported', field, message });
  }
  if (match === 'Exact' && revision === 0)
    refuse(fieldErrors.forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
}

/** Throws 400 for what is no number. */
export function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d+$/.test(text)) throw statusErrors.badRequest(`invalid ${name}: "${text}" is not a whole number`);
  return Number(text);
}

function encodeToken(token: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', ...token })).toString('base64url');
}

function decodeToken(text: string | undefined): ContinueToken | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (isToken(value)) return value;
  } catch {
    // Not JSON: answered below like any other token that is not ours.
  }
  throw statusErrors.badRequest('continue key is not valid');
}

function isToken(value: unknown): value is ContinueToken {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'rv') === 'number' &&
    typeof Reflect.get(value, 'start') === 'string'
  );
}
