import { compareKeys, isUnbounded, type Key, type KeyRange } from '@kubelab/store';
import type { Permission } from '../etcd-server.js';

/** [begin, end); no end: to the last key. */
interface Interval {
  readonly begin: Key;
  readonly end: Key | undefined;
}

/** What a user may read and write: the union of what its roles were granted. Disjoint, not touching, by begin. */
export interface RangePermissions {
  readonly read: readonly Interval[];
  readonly write: readonly Interval[];
}

export function mergePermissions(permissions: readonly Permission[]): RangePermissions {
  const of = (wanted: 'read' | 'write') =>
    merge(permissions.filter(({ type }) => type === wanted || type === 'readWrite').map(intervalOf));
  return { read: of('read'), write: of('write') };
}

/** Whether one interval holds all of the range: since they do not touch, no two can do so together. */
export function covers(intervals: readonly Interval[], range: KeyRange): boolean {
  const { begin, end } = intervalOf(range);
  return intervals.some(
    (interval) => compareKeys(interval.begin, begin) <= 0 && compareEnds(interval.end, end) >= 0,
  );
}

/** An end that is not above its begin makes a permission on nothing: refused, as etcd does. */
export function isValidRange(range: KeyRange): boolean {
  const { begin, end } = intervalOf(range);
  if (range.key.byteLength === 0 && range.rangeEnd === undefined) return false;
  return end === undefined || compareKeys(begin, end) < 0;
}

/** A key alone is the range up to its successor, the key with a zero behind it. */
function intervalOf({ key, rangeEnd }: KeyRange): Interval {
  if (rangeEnd === undefined || rangeEnd.byteLength === 0) {
    const end = new Uint8Array(key.byteLength + 1);
    end.set(key);
    return { begin: key, end };
  }
  return { begin: key, end: isUnbounded(rangeEnd) ? undefined : rangeEnd };
}

function merge(intervals: readonly Interval[]): readonly Interval[] {
  const merged: { begin: Key; end: Key | undefined }[] = [];
  for (const { begin, end } of [...intervals].sort((a, b) => compareKeys(a.begin, b.begin))) {
    const last = merged.at(-1);
    if (last === undefined || compareEnds(last.end, begin) < 0) merged.push({ begin, end });
    else if (compareEnds(last.end, end) < 0) last.end = end;
  }
  return merged;
}

function compareEnds(a: Key | undefined, b: Key | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return compareKeys(a, b);
}
