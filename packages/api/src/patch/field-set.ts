import { deepEqual, isObject, type JsonObject } from '../json.js';
import { type Field, type FieldType, objectType } from '../schema.js';

/**
 * A set of paths in the form of managedFields' FieldsV1: nested objects whose keys are path elements:
 * `f:name` a field, `k:{"name":"c"}` an item of a map list, `v:value` an item
 * of a set, and `.` the node itself. A leaf is `{}`. (structured-merge-diff, fieldpath;
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/)
 */
export type FieldSet = { readonly [element: string]: FieldSet };

export const emptySet: FieldSet = {};
const self = '.';

/** Paths that nobody owns: who and what the object is, and what the server writes. */
const untracked: ReadonlySet<string> = new Set(['apiVersion', 'kind']);
const untrackedMetadata: ReadonlySet<string> = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
]);

/** Every path that an object of a type sets. */
export function fieldsOf(typeName: string, object: JsonObject): FieldSet {
  const top = Object.entries(object).filter(([name]) => !untracked.has(name));
  const tracked = top.map(([name, value]): [string, unknown] => {
    if (name !== 'metadata' || !isObject(value)) return [name, value];
    return [name, Object.fromEntries(Object.entries(value).filter(([key]) => !untrackedMetadata.has(key)))];
  });
  const set = objectSet(typeName, Object.fromEntries(tracked));
  const { 'f:metadata': metadata, ...rest } = set;
  return metadata === undefined || isEmpty(metadata) ? rest : { ...rest, 'f:metadata': metadata };
}

function objectSet(typeName: string, object: JsonObject): Record<string, FieldSet> {
  const fields = objectType(typeName);
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => {
      const field = fields.get(name);
      return [
        `f:${name}`,
        field === undefined || field.listType === 'atomic' ? emptySet : valueSet(field.type, field, value),
      ];
    }),
  );
}

function valueSet(type: FieldType, field: Field | undefined, value: unknown): FieldSet {
  switch (type.is) {
    case 'scalar':
      return emptySet;
    case 'object':
      return isObject(value) ? objectSet(type.name, value) : emptySet;
    case 'map':
      return isObject(value)
        ? {
            [self]: emptySet,
            ...Object.fromEntries(
              Object.entries(value).map(([key, item]) => [`f:${key}`, valueSet(type.of, undefined, item)]),
            ),
          }
        : emptySet;
    case 'list':
      return Array.isArray(value) ? listSet(type.of, field, value) : emptySet;
    default:
      return type satisfies never;
  }
}

function listSet(of: FieldType, field: Field | undefined, list: readonly unknown[]): FieldSet {
  if (field?.listType === 'set')
    return Object.fromEntries([
      [self, emptySet],
      ...list.map((item) => [`v:${JSON.stringify(item)}`, emptySet] as const),
    ]);
  if (field?.listType !== 'map' || of.is !== 'object') return emptySet;
  const items = list
    .filter(isObject)
    .map((item) => [itemKey(field, item), { [self]: emptySet, ...objectSet(of.name, item) }] as const);
  return { [self]: emptySet, ...Object.fromEntries(items) };
}

/** Keys that an item may leave out, because they have a default. */
const keyDefaults: Readonly<Record<string, unknown>> = { protocol: 'TCP' };

/** `k:{"containerPort":80,"protocol":"TCP"}` */
export function itemKey(field: Field, item: JsonObject): string {
  const entries = [...field.mapKeys].sort().flatMap((key): [string, unknown][] => {
    const value = item[key] ?? keyDefaults[key];
    return value === undefined ? [] : [[key, value]];
  });
  return `k:${JSON.stringify(Object.fromEntries(entries))}`;
}

/**
 * What an apply owns: the fields and items that it names, not the maps and lists around them. (An update that
 * makes a map owns the map as well.) An empty map or list, which has nothing else to be owned by, stays.
 */
export function withoutContainers(set: FieldSet, isItem = false): FieldSet {
  const inner = Object.entries(set).filter(([key]) => key !== self);
  const stripped = inner.map(
    ([key, value]) => [key, withoutContainers(value, key.startsWith('k:'))] as const,
  );
  return Object.fromEntries(isItem ? [[self, emptySet], ...stripped] : stripped);
}

export function isEmpty(set: FieldSet): boolean {
  return Object.keys(set).length === 0;
}

/** A node without children is a leaf, and a leaf is a member: `.` tells whether an inner node is one too. */
function isMember(set: FieldSet | undefined): boolean {
  return set !== undefined && (isEmpty(set) || set[self] !== undefined);
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  const result: Record<string, FieldSet> = { ...a };
  for (const [key, set] of Object.entries(b)) {
    const known = result[key];
    if (known === undefined) result[key] = set;
    else {
      const joined = union(known, set);
      result[key] =
        !isEmpty(joined) &&
        key !== self &&
        (isMember(known) || isMember(set)) &&
        (isEmpty(known) || isEmpty(set))
          ? { [self]: emptySet, ...joined }
          : joined;
    }
  }
  return result;
}

/** Members of `a` that are not members of `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  const result: Record<string, FieldSet> = {};
  for (const [key, set] of Object.entries(a)) {
    const other = b[key];
    if (other === undefined) result[key] = set;
    else if (!isEmpty(set)) {
      // A leaf is the node itself, and nothing in it.
      const rest = difference(set, isEmpty(other) ? { [self]: emptySet } : other);
      if (!isEmpty(rest)) result[key] = rest;
    } else if (!isMember(other)) result[key] = set;
  }
  return result;
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const result: Record<string, FieldSet> = {};
  for (const [key, set] of Object.entries(a)) {
    const other = b[key];
    if (other === undefined) continue;
    if (isEmpty(set) || isEmpty(other)) {
      if (isMember(set) && isMember(other)) result[key] = emptySet;
    } else {
      const common = intersection(set, other);
      if (!isEmpty(common)) result[key] = common;
    }
  }
  return result;
}

/** Leaves as paths: [`f:spec`, `f:replicas`]. The node itself (`.`) counts where it is named. */
export function paths(set: FieldSet, prefix: readonly string[] = []): string[][] {
  return Object.entries(set).flatMap(([key, inner]) => {
    if (key === self) return [[...prefix]];
    return isEmpty(inner) ? [[...prefix, key]] : paths(inner, [...prefix, key]);
  });
}

/** `.spec.template.spec.containers[name="c"].image`, as conflicts name a field. */
export function pathText(path: readonly string[]): string {
  return path
    .map((element) => {
      if (element.startsWith('f:')) return `.${element.slice(2)}`;
      if (element.startsWith('v:')) return `[=${element.slice(2)}]`;
      const keys: unknown = JSON.parse(element.slice(2));
      return `[${Object.entries(isObject(keys) ? keys : {})
        .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
        .join(',')}]`;
    })
    .join('');
}

/** What two objects of a type differ in: paths added or changed, and paths removed. */
export function compareObjects(
  typeName: string,
  before: JsonObject,
  after: JsonObject,
): { changed: FieldSet; removed: FieldSet } {
  const old = fieldsOf(typeName, before);
  const now = fieldsOf(typeName, after);
  const kept = intersection(now, old);
  const differing = paths(kept).filter(
    (path) => !deepEqual(valueAt(typeName, before, path), valueAt(typeName, after, path)),
  );
  return { changed: union(difference(now, old), setOf(differing)), removed: difference(old, now) };
}

export function setOf(list: readonly (readonly string[])[]): FieldSet {
  return list.reduce<FieldSet>(
    (set, path) =>
      union(
        set,
        [...path].reduceRight<FieldSet>((inner, key) => ({ [key]: inner }), emptySet),
      ),
    emptySet,
  );
}

/** The value at a path; of an inner node only whether it is there, since its members speak for themselves. */
export function valueAt(typeName: string, object: JsonObject, path: readonly string[]): unknown {
  let value: unknown = object;
  let type: FieldType = { is: 'object', name: typeName };
  let field: Field | undefined;
  for (const element of path) {
    const step: { value: unknown; type: FieldType; field: Field | undefined } = stepInto(
      type,
      field,
      value,
      element,
    );
    ({ value, type, field } = step);
  }
  const isLeaf =
    type.is === 'scalar' ||
    field === undefined ||
    field.listType === undefined ||
    field.listType === 'atomic';
  const isInner =
    (type.is === 'map' || type.is === 'object' || field?.listType === 'map' || field?.listType === 'set') &&
    // What a schema leaves open is a map to merge, and a plain value where it is none.
    (typeof value === 'object' || value === undefined) &&
    field?.listType !== 'atomic' &&
    !(type.is === 'map' && Array.isArray(value));
  return isInner && !(type.is === 'scalar') ? value !== undefined : isLeaf ? value : value !== undefined;
}

function stepInto(
  type: FieldType,
  field: Field | undefined,
  value: unknown,
  element: string,
): { value: unknown; type: FieldType; field: Field | undefined } {
  const untyped: FieldType = { is: 'scalar', scalar: 'any' };
  if (element.startsWith('f:')) {
    const name = element.slice(2);
    const inner = isObject(value) ? value[name] : undefined;
    if (type.is === 'map') return { value: inner, type: type.of, field: undefined };
    const next = type.is === 'object' ? objectType(type.name).get(name) : undefined;
    return { value: inner, type: next?.type ?? untyped, field: next };
  }
  const list = Array.isArray(value) ? value : [];
  const of = type.is === 'list' ? type.of : untyped;
  if (element.startsWith('v:'))
    return {
      value: list.find((item) => `v:${JSON.stringify(item)}` === element),
      type: untyped,
      field: undefined,
    };
  const found = list.find(
    (item) => isObject(item) && field !== undefined && itemKey(field, item) === element,
  );
  return { value: found, type: of, field: undefined };
}
