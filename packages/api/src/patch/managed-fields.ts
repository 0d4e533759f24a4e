import type { KindInfo, KubeObject, ManagedFieldsEntry, StatusCause } from '../contract.js';
import { deepClone, deepEqual, isObject, type JsonObject } from '../json.js';
import { groupVersionOf } from '../kinds.js';
import { timestamp } from '../names.js';
import { type Field, type FieldType, objectType } from '../schema.js';
import { apiError, statusErrors } from '../status-errors.js';
import {
  compareObjects,
  difference,
  emptySet,
  type FieldSet,
  fieldsOf,
  intersection,
  isEmpty,
  itemKey,
  paths,
  pathText,
  setOf,
  union,
  valueAt,
  withoutContainers,
} from './field-set.js';
import { keepLastApplied, kubectlManager, lastAppliedFields } from './last-applied.js';
import { mergeOrder } from './merge-order.js';

/** Entries of operation Update; the oldest are folded into one manager beyond it. */
const updateEntriesMax = 10;
const ancientManager = 'ancient-changes';

interface Entry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string;
  readonly set: FieldSet;
}

export interface WriteContext {
  readonly kind: KindInfo;
  readonly manager: string;
  /** '' for the object itself. */
  readonly subresource: string;
  readonly nowMs: number;
}

function isFieldSet(value: unknown): value is FieldSet {
  return isObject(value);
}

function readEntries(object: KubeObject): Entry[] {
  return (object.metadata.managedFields ?? []).map((entry) => ({
    manager: entry.manager ?? '',
    operation: entry.operation ?? 'Update',
    apiVersion: entry.apiVersion ?? '',
    subresource: entry.subresource ?? '',
    time: entry.time ?? '',
    set: isFieldSet(entry.fieldsV1) ? entry.fieldsV1 : emptySet,
  }));
}

/** Apply before Update, then by time, then by name. */
function writeEntries(object: KubeObject, entries: readonly Entry[]): void {
  const rank = (entry: Entry) => `${entry.operation} ${entry.time} ${entry.manager}`;
  const kept = foldOld(entries.filter((entry) => !isEmpty(entry.set))).sort((a, b) =>
    rank(a) < rank(b) ? -1 : 1,
  );
  object.metadata.managedFields = kept.map(
    ({ manager, operation, apiVersion, subresource, time, set }): ManagedFieldsEntry => ({
      manager,
      operation,
      apiVersion,
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: set,
      ...(subresource === '' ? {} : { subresource }),
    }),
  );
}

function foldOld(entries: readonly Entry[]): Entry[] {
  const updates = entries
    .filter((entry) => entry.operation === 'Update')
    .sort((a, b) => (a.time < b.time ? -1 : 1));
  const folded = updates.slice(0, Math.max(0, updates.length - updateEntriesMax + 1));
  const [first] = folded;
  if (first === undefined || folded.length < 2) return [...entries];
  const set = folded.reduce((all, entry) => union(all, entry.set), emptySet);
  return [
    ...entries.filter((entry) => !folded.includes(entry)),
    { ...first, manager: ancientManager, subresource: '', set },
  ];
}

function isSame(entry: Entry, context: WriteContext, operation: Entry['operation']): boolean {
  const { manager, subresource, kind } = context;
  return (
    entry.manager === manager &&
    entry.operation === operation &&
    entry.subresource === subresource &&
    // A manager that applies in another version applies the same thing; one that updates has an entry for each.
    (operation === 'Apply' || entry.apiVersion === groupVersionOf(kind))
  );
}

/**
 * A write that is not an apply: what it changed is the writer's now, and nobody else's; what it removed is
 * nobody's. `after` gets its managedFields.
 */
export function trackUpdate(context: WriteContext, before: KubeObject | undefined, after: KubeObject): void {
  const { kind } = context;
  const given = after.metadata.managedFields;
  // Sending back an empty list, or one empty entry, is how a client asks for a clean slate.
  const cleared = before !== undefined && given?.every((entry) => entry.manager === undefined) === true;
  const entries = before === undefined || cleared ? [] : readEntries(base(context, before, after));
  const { changed, removed } = compareObjects(kind.schema, before ?? {}, after);
  if (isEmpty(changed) && isEmpty(removed)) {
    writeEntries(after, entries);
    return;
  }
  const touched = union(changed, removed);
  const others = entries
    .filter((entry) => !isSame(entry, context, 'Update'))
    .map((entry) => ({ ...entry, set: difference(entry.set, touched) }));
  const mine = entries.find((entry) => isSame(entry, context, 'Update'));
  const set = union(difference(mine?.set ?? emptySet, removed), changed);
  const time = mine !== undefined && deepEqual(mine.set, set) ? mine.time : timestamp(context.nowMs);
  writeEntries(after, [...others, { ...identity(context, 'Update'), time, set }]);
}

/** Whose entries count: a client may write them itself (`kubectl apply --server-side` does), but only whole ones. */
function base({ subresource }: WriteContext, before: KubeObject, after: KubeObject): KubeObject {
  const given = after.metadata.managedFields ?? [];
  const whole = given.every(
    ({ operation, apiVersion = '', fieldsType }) =>
      (operation === 'Apply' || operation === 'Update') && apiVersion !== '' && fieldsType === 'FieldsV1',
  );
  return subresource === '' && whole && given.length > 0 ? after : before;
}

function identity(context: WriteContext, operation: Entry['operation']) {
  const { manager, subresource, kind } = context;
  return { manager, operation, apiVersion: groupVersionOf(kind), subresource };
}

/**
 * Server-side apply (KEP-555): the intent over the live object. Throws ApiError 409 with every conflict
 * unless `force`; what this manager applied before and leaves out now is removed,
 * unless another owns it.
 */
export function applyIntent(
  context: WriteContext & { readonly force: boolean },
  live: KubeObject | undefined,
  intent: KubeObject,
): KubeObject {
  const { kind } = context;
  assertUniqueItems({ is: 'object', name: kind.schema }, undefined, intent, []);
  const wanted = withoutContainers(fieldsOf(kind.schema, intent));
  const start: KubeObject =
    live === undefined
      ? { apiVersion: intent.apiVersion, kind: intent.kind, metadata: { name: intent.metadata.name } }
      : live;
  const entries = live === undefined ? [] : withFirstOwner(context, live);
  const mine = entries.find((entry) => isSame(entry, context, 'Apply'));
  const others = entries.filter((entry) => entry !== mine);
  const conflicts = others.map((entry) => ({
    entry,
    set: conflicting(kind, start, intent, intersection(wanted, entry.set)),
  }));
  if (!context.force) {
    const own = context.manager === kubectlManager ? lastAppliedFields(kind.schema, start) : emptySet;
    throwConflicts(conflicts.map(({ entry, set }) => ({ entry, set: difference(set, own) })));
  }
  const merged = mergeTyped({ is: 'object', name: kind.schema }, undefined, deepClone(start), intent);
  const owned = others.reduce((all, entry) => union(all, entry.set), emptySet);
  const abandoned = difference(difference(mine?.set ?? emptySet, wanted), owned);
  const result = toObject(merged, intent);
  removePaths(kind.schema, result, abandoned, { owned, wanted });
  if (context.manager === kubectlManager) keepLastApplied(result, intent);
  const left = conflicts.map(({ entry, set }) => ({ ...entry, set: difference(entry.set, set) }));
  const time =
    mine !== undefined && deepEqual(mine.set, wanted) && sameContent(start, result)
      ? mine.time
      : timestamp(context.nowMs);
  writeEntries(result, [...left, { ...identity(context, 'Apply'), time, set: wanted }]);
  return result;
}

function sameContent(a: KubeObject, b: KubeObject): boolean {
  const strip = (object: KubeObject) => ({
    ...object,
    metadata: { ...object.metadata, managedFields: undefined },
  });
  return deepEqual(strip(a), strip(b));
}

function toObject(merged: unknown, intent: KubeObject): KubeObject {
  const object = isObject(merged) ? merged : {};
  const metadata = isObject(object.metadata) ? object.metadata : {};
  return {
    ...object,
    apiVersion: intent.apiVersion,
    kind: intent.kind,
    metadata: { ...metadata, name: intent.metadata.name },
  };
}

/** What is in an object that nobody is named for belongs to whoever wrote before anybody applied. */
function withFirstOwner(context: WriteContext, live: KubeObject): Entry[] {
  const entries = readEntries(live);
  if (entries.length > 0) return entries;
  const set = fieldsOf(context.kind.schema, live);
  return [
    {
      ...identity({ ...context, manager: 'before-first-apply', subresource: '' }, 'Update'),
      time: timestamp(context.nowMs),
      set,
    },
  ];
}

function conflicting(kind: KindInfo, live: KubeObject, intent: KubeObject, shared: FieldSet): FieldSet {
  return setOf(
    paths(shared).filter(
      (path) => !deepEqual(valueAt(kind.schema, live, path), valueAt(kind.schema, intent, path)),
    ),
  );
}

function throwConflicts(conflicts: readonly { entry: Entry; set: FieldSet }[]): void {
  const causes = conflicts.flatMap(({ entry, set }) =>
    paths(set).map(
      (path): Required<Pick<StatusCause, 'message' | 'field'>> => ({
        message: ownerText(entry),
        field: pathText(path),
      }),
    ),
  );
  if (causes.length === 0) return;
  const [first] = causes;
  const text =
    causes.length === 1 && first !== undefined
      ? `Apply failed with 1 conflict: ${first.message}: ${first.field}`
      : `Apply failed with ${causes.length} conflicts: ${groupedText(causes)}`;
  throw apiError('Conflict', text, {
    details: { causes: causes.map((cause) => ({ reason: 'FieldManagerConflict', ...cause })) },
  });
}

function ownerText(entry: Entry): string {
  const sub = entry.subresource === '' ? '' : ` with subresource "${entry.subresource}"`;
  const using = entry.operation === 'Update' ? ` using ${entry.apiVersion}` : '';
  return `conflict with "${entry.manager}"${sub}${using}`;
}

function groupedText(causes: readonly { message: string; field: string }[]): string {
  const byOwner = new Map<string, string[]>();
  for (const { message, field } of causes) byOwner.set(message, [...(byOwner.get(message) ?? []), field]);
  return [...byOwner]
    .map(
      ([message, fields]) =>
        `${message.replace('conflict with', 'conflicts with')}:\n${fields.map((field) => `- ${field}`).join('\n')}`,
    )
    .join('\n');
}

/** No item of a map list or of a set stands twice: whose fields would be whose? Throws ApiError 400. */
function assertUniqueItems(
  type: FieldType,
  field: Field | undefined,
  value: unknown,
  path: readonly string[],
): void {
  if (field?.listType === 'atomic') return;
  if (isObject(value) && (type.is === 'object' || type.is === 'map')) {
    for (const [key, item] of Object.entries(value)) {
      const inner = type.is === 'object' ? objectType(type.name).get(key) : undefined;
      const innerType = type.is === 'map' ? type.of : inner?.type;
      if (innerType !== undefined) assertUniqueItems(innerType, inner, item, [...path, `f:${key}`]);
    }
  }
  if (!Array.isArray(value) || type.is !== 'list' || field?.listType === undefined) return;
  const seen = new Set<string>();
  for (const item of value) {
    const element =
      field.listType === 'map' && isObject(item) ? itemKey(field, item) : `v:${JSON.stringify(item)}`;
    if (seen.has(element))
      throw statusErrors.badRequest(
        `failed to create typed patch object: ${pathText(path)}: duplicate entries for key ${pathText([element])}`,
      );
    seen.add(element);
    assertUniqueItems(type.of, undefined, item, [...path, element]);
  }
}

/** The intent over the live value: objects and map lists merge, sets unite, the rest is replaced. */
function mergeTyped(type: FieldType, field: Field | undefined, live: unknown, intent: unknown): unknown {
  if (field?.listType === 'atomic') return intent;
  switch (type.is) {
    case 'scalar':
      return intent;
    case 'object':
    case 'map': {
      if (!isObject(live) || !isObject(intent)) return intent;
      const fields = type.is === 'object' ? objectType(type.name) : undefined;
      const result: JsonObject = { ...live };
      for (const [key, value] of Object.entries(intent)) {
        const inner = fields?.get(key);
        const innerType: FieldType =
          type.is === 'map' ? type.of : (inner?.type ?? { is: 'scalar', scalar: 'any' });
        result[key] = mergeTyped(innerType, inner, result[key], value);
      }
      return result;
    }
    case 'list':
      return mergeTypedList(type.of, field, live, intent);
    default:
      return type satisfies never;
  }
}

function mergeTypedList(of: FieldType, field: Field | undefined, live: unknown, intent: unknown): unknown {
  if (!Array.isArray(live) || !Array.isArray(intent)) return intent;
  if (field?.listType !== 'map' && field?.listType !== 'set') return intent;
  const keyOf = (item: unknown) =>
    field.listType === 'map' ? (isObject(item) ? itemKey(field, item) : '') : `v:${JSON.stringify(item)}`;
  const keys = live.map(keyOf);
  return mergeOrder(keys, intent.map(keyOf)).map(({ key, from, at }) =>
    from === 'live' ? live[at] : mergeTyped(of, undefined, live[keys.indexOf(key)], intent[at]),
  );
}

/**
 * The outermost first, while items still have the keys that name them. What others own something in stays,
 * and so do the keys of such an item.
 */
function removePaths(
  typeName: string,
  object: KubeObject,
  abandoned: FieldSet,
  { owned, wanted }: { readonly owned: FieldSet; readonly wanted: FieldSet },
): void {
  const kept = union(owned, wanted);
  for (const path of paths(abandoned).sort((a, b) => a.length - b.length)) {
    if (subtree(owned, path) !== undefined || isKeyOfKept(owned, path)) continue;
    removePath(typeName, object, path, (outer) => subtree(kept, outer) !== undefined);
  }
}

function subtree(set: FieldSet, path: readonly string[]): FieldSet | undefined {
  return path.reduce<FieldSet | undefined>((inner, element) => inner?.[element], set);
}

function isKeyOfKept(owned: FieldSet, path: readonly string[]): boolean {
  const item = path.at(-2);
  if (item?.startsWith('k:') !== true || subtree(owned, path.slice(0, -1)) === undefined) return false;
  const keys: unknown = JSON.parse(item.slice(2));
  return isObject(keys) && Object.hasOwn(keys, path.at(-1)?.slice(2) ?? '');
}

/** What an object has whether anything is in it or not. */
const lasting: ReadonlySet<string> = new Set(['f:metadata', 'f:spec', 'f:status']);

/** Also what held nothing else. `isKept`: is wanted, if only empty. */
function removePath(
  typeName: string,
  object: JsonObject,
  path: readonly string[],
  isKept: (outer: readonly string[]) => boolean,
): void {
  const steps: { readonly inside: JsonObject | unknown[]; readonly remove: () => void }[] = [];
  let value: unknown = object;
  let type: FieldType = { is: 'object', name: typeName };
  let field: Field | undefined;
  for (const element of path) {
    if (element.startsWith('f:')) {
      const name = element.slice(2);
      const inside = value;
      if (!isObject(inside) || !Object.hasOwn(inside, name)) return;
      steps.push({ inside, remove: () => void delete inside[name] });
      field = type.is === 'object' ? objectType(type.name).get(name) : undefined;
      type = type.is === 'map' ? type.of : (field?.type ?? { is: 'scalar', scalar: 'any' });
      value = inside[name];
    } else {
      const inside = value;
      if (!Array.isArray(inside)) return;
      const listField = field;
      const matches = (item: unknown) =>
        element.startsWith('v:')
          ? `v:${JSON.stringify(item)}` === element
          : isObject(item) && listField !== undefined && itemKey(listField, item) === element;
      const index = inside.findIndex(matches);
      if (index < 0) return;
      steps.push({ inside, remove: () => void inside.splice(index, 1) });
      type = type.is === 'list' ? type.of : type;
      value = inside[index];
      field = undefined;
    }
  }
  steps.at(-1)?.remove();
  for (let length = path.length - 1; length > 0; length -= 1) {
    const emptied = steps[length];
    const isField = path[length - 1]?.startsWith('f:') === true;
    if (!isField || emptied === undefined || Object.keys(emptied.inside).length > 0) return;
    if ((length === 1 && lasting.has(path[0] ?? '')) || isKept(path.slice(0, length))) return;
    steps[length - 1]?.remove();
  }
}
