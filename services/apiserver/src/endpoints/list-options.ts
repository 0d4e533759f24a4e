import { type FieldError, fieldErrors, type KindInfo, statusErrors } from '@kubelab/api';
import { collectionPrefixText } from '../storage/keys.js';
import type { Query } from './request-info.js';

/**
 * The query of a list or watch
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list).
 */
export interface ListOptions {
  /** 0: none. */
  readonly limit: number;
  readonly continue: string;
  /** undefined: unset, the most recent. */
  readonly resourceVersion: number | undefined;
  readonly match: 'Exact' | 'NotOlderThan' | undefined;
  readonly sendInitialEvents: boolean | undefined;
  readonly allowWatchBookmarks: boolean;
  readonly timeoutSeconds: number | undefined;
}

/** Throws 400 for what is no value, 422 for what does not go together. */
export function readListOptions(query: Query, verb: 'list' | 'watch'): ListOptions {
  const text = (name: string) => query[name]?.[0] ?? '';
  const limit = readInteger(query, 'limit') ?? 0;
  const timeoutSeconds = readInteger(query, 'timeoutSeconds');
  const sendInitialEvents =
    query.sendInitialEvents === undefined ? undefined : readBoolean(query, 'sendInitialEvents');
  const findings =
    verb === 'watch' ? watchFindings(query, sendInitialEvents !== undefined) : listFindings(query);
  if (findings.length > 0)
    throw statusErrors.invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', findings);
  const match = text('resourceVersionMatch');
  return {
    limit: Math.max(0, limit),
    continue: text('continue'),
    resourceVersion: readResourceVersion(query),
    match: match === 'Exact' || match === 'NotOlderThan' ? match : undefined,
    sendInitialEvents,
    allowWatchBookmarks: readBoolean(query, 'allowWatchBookmarks'),
    timeoutSeconds,
  };
}

function listFindings(query: Query): FieldError[] {
  const findings: FieldError[] = [];
  const field = 'resourceVersionMatch';
  const match = query[field]?.[0] ?? '';
  const forbid = (detail: string, path = field) => findings.push(fieldErrors.forbidden(path, detail));
  if (match !== '') {
    const version = query.resourceVersion?.[0] ?? '';
    if (version === '') forbid('resourceVersionMatch is forbidden unless resourceVersion is provided');
    if ((query.continue?.[0] ?? '') !== '')
      forbid('resourceVersionMatch is forbidden when continue is provided');
    if (match !== 'Exact' && match !== 'NotOlderThan')
      findings.push(fieldErrors.notSupported(field, match, ['Exact', 'NotOlderThan', '']));
    if (match === 'Exact' && version === '0')
      forbid('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
  if (query.sendInitialEvents !== undefined)
    forbid('sendInitialEvents is forbidden for list', 'sendInitialEvents');
  return findings;
}

function watchFindings(query: Query, sendsInitial: boolean): FieldError[] {
  const findings: FieldError[] = [];
  const field = 'resourceVersionMatch';
  const match = query[field]?.[0] ?? '';
  const forbid = (detail: string) => findings.push(fieldErrors.forbidden(field, detail));
  if (sendsInitial && match !== 'NotOlderThan')
    forbid('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  if (match === '') return findings;
  if (!sendsInitial)
    forbid('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
  if (match !== 'NotOlderThan') findings.push(fieldErrors.notSupported(field, match, ['NotOlderThan']));
  if ((query.continue?.[0] ?? '') !== '')
    forbid('resourceVersionMatch is forbidden when continue is provided');
  return findings;
}

/** undefined: unset. Throws 400. */
export function readResourceVersion(query: Query): number | undefined {
  const text = query.resourceVersion?.[0] ?? '';
  if (text === '') return undefined;
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  const why = `strconv.ParseUint: parsing ${JSON.stringify(text)}: ${/^\d+$/.test(text) ? 'value out of range' : 'invalid syntax'}`;
  throw statusErrors.badRequest(
    `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: ${why}`,
  );
}

function readInteger(query: Query, name: string): number | undefined {
  const text = query[name]?.[0] ?? '';
  if (text === '') return undefined;
  if (/^[-+]?\d+$/.test(text)) return Number(text);
  throw statusErrors.badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** There, even empty, is true; only `false` and `0` are not. */
export function readBoolean(query: Query, name: string): boolean {
  const text = query[name]?.[0];
  return text !== undefined && text.toLowerCase() !== 'false' && text !== '0';
}

/** Where a list goes on. */
export interface Continuation {
  /** Of the first page; undefined: none, the rest is read as it is now. */
  readonly revision: number | undefined;
  /** The key behind which the next page begins. */
  readonly after: string;
}

const tokenVersion = 'meta.k8s.io/v1';
const latestRevision = -1;

/** Opaque to clients. Keys are told relative to the list's own, so that no token reaches beyond it. */
export function encodeContinue(kind: KindInfo, namespace: string, next: Continuation): string {
  const start = next.after.slice(prefixOf(kind, namespace).length);
  const token = { v: tokenVersion, rv: next.revision ?? latestRevision, start };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

export function decodeContinue(kind: KindInfo, namespace: string, text: string): Continuation {
  const invalid = (why: string) =>
    statusErrors.badRequest(`invalid continue token: continue key is not valid${why}`);
  const token = parsedToken(text);
  if (token === undefined) throw invalid('');
  const { v, rv, start } = token;
  if (v !== tokenVersion) throw invalid(': server does not recognize this encoded version');
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0)
    throw invalid(`: incorrect encoded start resourceVersion (version ${tokenVersion})`);
  if (typeof start !== 'string' || start === '')
    throw invalid(`: encoded start key empty (version ${tokenVersion})`);
  return { revision: rv < 0 ? undefined : rv, after: `${prefixOf(kind, namespace)}${start}` };
}

function parsedToken(text: string): { v?: unknown; rv?: unknown; start?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined; // Not JSON: the caller answers it like any other token that is not ours.
  }
}

function prefixOf(kind: KindInfo, namespace: string): string {
  return collectionPrefixText(kind, namespace === '' ? undefined : namespace);
}
