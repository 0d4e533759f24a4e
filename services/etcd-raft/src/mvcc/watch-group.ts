import {
  eventBytes,
  isUnbounded,
  type ResponseHeader,
  StoreError,
  type StoreEvent,
  type WatchRequest,
} from '@kubelab/store';
import type { WatchSink } from '../etcd-server.js';
import type { Interval } from './interval-index.js';
import { type KeyName, keyName, type Version } from './version.js';

/** Soft: a response ends with the first event beyond it that begins a revision (with fragments: with any). */
export const responseBytesMax = 1024 * 1024;

export type WatchResponse = Parameters<WatchSink['deliver']>[0];

/** The first change that was not delivered. */
export interface Position {
  readonly main: number;
  readonly sub: number;
}

/** A response and where it begins: there a watch goes on that did not take it. */
export interface Positioned {
  readonly response: WatchResponse;
  readonly start: Position;
}

/** What two watches have in common that are told the same: their responses are made once, and are the same objects. */
export interface Wanted extends Interval {
  /** Watches of exactly `low`; `high` says nothing then. */
  readonly isSingle: boolean;
  readonly prevKv: boolean;
  readonly noPut: boolean;
  readonly noDelete: boolean;
  readonly fragment: boolean;
}

/** Throws StoreError for a range that holds nothing. No key at all means the first possible one, as etcd has it. */
export function wantedOf(request: WatchRequest): Wanted {
  const { rangeEnd, filters = [] } = request;
  const isSingle = rangeEnd === undefined || rangeEnd.byteLength === 0;
  const low = request.key.byteLength === 0 ? '\0' : keyName(request.key);
  const high = rangeEnd === undefined || isSingle || isUnbounded(rangeEnd) ? undefined : keyName(rangeEnd);
  if (high !== undefined && high <= low)
    throw new StoreError('invalidArgument', 'mvcc: watcher range is empty');
  return {
    low,
    high,
    isSingle,
    prevKv: request.prevKv === true,
    fragment: request.fragment === true,
    noPut: filters.includes('noPut'),
    noDelete: filters.includes('noDelete'),
  };
}

/** Equal for what is told the same. */
export function identityOf(wanted: Wanted): string {
  const { low, high, isSingle, prevKv, noPut, noDelete, fragment } = wanted;
  const flags = [isSingle, prevKv, noPut, noDelete, fragment, high === undefined].map(Number).join('');
  return `${flags}${low.length}:${low}${high ?? ''}`;
}

export function wants(wanted: Wanted, version: Version): boolean {
  return version.deleted ? !wanted.noDelete : !wanted.noPut;
}

export function covers(wanted: Wanted, name: KeyName): boolean {
  if (wanted.isSingle) return name === wanted.low;
  return name >= wanted.low && (wanted.high === undefined || name < wanted.high);
}

/**
 * The events as responses: whole revisions, each response up to about `responseBytesMax`; within a revision only where fragments
 * are allowed. The last one's header is at `through`, up to which the versions are complete.
 */
export function* toResponses(
  versions: readonly Version[],
  options: {
    readonly through: number;
    readonly fragment: boolean;
    readonly toEvent: (version: Version) => StoreEvent;
    readonly header: (revision: number) => ResponseHeader;
  },
): Generator<Positioned, void, undefined> {
  const { through, fragment, toEvent, header } = options;
  let events: StoreEvent[] = [];
  let bytes = 0;
  let [start] = versions;
  let main = start?.main ?? 0;
  for (const version of versions) {
    const event = toEvent(version);
    const eventSize = eventBytes(event);
    const isNext = version.main > main;
    if (
      start !== undefined &&
      events.length > 0 &&
      bytes + eventSize > responseBytesMax &&
      (isNext || fragment)
    ) {
      const revision = isNext ? version.main - 1 : main;
      yield { response: { header: header(revision), events, fragment: !isNext }, start };
      events = [];
      bytes = 0;
      start = version;
    }
    events.push(event);
    bytes += eventSize;
    main = version.main;
  }
  if (start !== undefined) yield { response: { header: header(through), events, fragment: false }, start };
}
