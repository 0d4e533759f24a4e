import { deepEqual, isObject, type JsonObject } from '../json.js';
import { type Field, objectType } from '../schema.js';
import { statusErrors } from '../status-errors.js';

/**
 * Strategic merge patch (Kubernetes' contributors' guide, "strategic merge patch"): as a merge patch, but
 * lists whose field has a merge key merge by it. Directives:
 * `$patch: replace|delete|merge`, `$deleteFromPrimitiveList/F`, `$setElementOrder/F`, `$retainKeys`. The
 * target is not changed.
 */
export function strategicMergePatch(typeName: string, target: unknown, patch: unknown): JsonObject {
  if (!isObject(patch))
    throw statusErrors.badRequest('error decoding patch: a strategic merge patch is an object');
  return mergeObject(typeName, isObject(target) ? target : {}, patch);
}

const setOrder = '$setElementOrder/';
const deleteFrom = '$deleteFromPrimitiveList/';

function mergeObject(typeName: string | undefined, target: JsonObject, patch: JsonObject): JsonObject {
  const directive = directiveOf(patch);
  if (directive === 'delete') return {};
  if (directive === 'replace') return withoutDirectives(patch);
  const fields = typeName === undefined ? undefined : objectType(typeName);
  const retained = retainedKeys(patch);
  const result: JsonObject =
    retained === undefined
      ? { ...target }
      : Object.fromEntries(Object.entries(target).filter(([key]) => retained.has(key)));
  for (const [key, value] of Object.entries(patch)) {
    if (key === '__proto__') continue;
    if (key.startsWith(deleteFrom)) removeFromList(result, key.slice(deleteFrom.length), value);
    if (key.startsWith('$')) continue;
    if (value === null) delete result[key];
    else result[key] = mergeField(fields?.get(key), result[key], value, orderOf(patch, key));
  }
  for (const directiveKey of Object.keys(patch)) {
    if (!directiveKey.startsWith(setOrder)) continue;
    const key = directiveKey.slice(setOrder.length);
    const order = orderOf(patch, key);
    const list = result[key];
    if (order === undefined || Object.hasOwn(patch, key) || !Array.isArray(list)) continue;
    result[key] = ordered(list, order, list, fields?.get(key)?.mergeKey);
  }
  return result;
}

function badPatch(why: string) {
  return statusErrors.badRequest(`error decoding patch: ${why}`);
}

function directiveOf(patch: JsonObject): 'delete' | 'merge' | 'replace' {
  const { $patch = 'merge' } = patch;
  if ($patch === 'delete' || $patch === 'merge' || $patch === 'replace') return $patch;
  const name = typeof $patch === 'string' ? $patch : JSON.stringify($patch);
  throw badPatch(`unknown patch type: ${name} in map: ${JSON.stringify(patch)}`);
}

/** Every key that the patch sets has to be among the retained ones. */
function retainedKeys(patch: JsonObject): ReadonlySet<string> | undefined {
  const { $retainKeys: keys } = patch;
  if (keys === undefined) return undefined;
  if (!isStrings(keys)) throw badPatch('invalid patch format of retainKeys');
  const retained = new Set(keys);
  const strays = Object.entries(patch).filter(
    ([key, value]) => !key.startsWith('$') && value !== null && !retained.has(key),
  );
  if (strays.length > 0) throw badPatch('invalid patch format of retainKeys');
  return retained;
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function orderOf(patch: JsonObject, key: string): readonly unknown[] | undefined {
  const order = patch[`${setOrder}${key}`];
  if (order === undefined) return undefined;
  if (!Array.isArray(order)) throw badPatch('invalid patch format of setElementOrder list');
  return order;
}

function mergeField(
  field: Field | undefined,
  current: unknown,
  value: unknown,
  order: readonly unknown[] | undefined,
): unknown {
  if (isObject(value)) {
    const of = field?.type.is === 'object' ? field.type.name : undefined;
    if (field?.strategies.includes('replace') === true) return withoutDirectives(value);
    return mergeObject(of, isObject(current) ? current : {}, value);
  }
  if (!Array.isArray(value)) return value;
  if (field === undefined || !field.strategies.includes('merge'))
    return value.map((item) => (isObject(item) ? withoutDirectives(item) : item));
  const list = Array.isArray(current) ? current : [];
  const { mergeKey } = field;
  if (mergeKey !== undefined) return mergeList(field, mergeKey, list, value, order);
  assertInOrder(value, order, undefined);
  const added = value.filter(
    (item, at) => !list.some((one) => deepEqual(one, item)) && at === indexIn(value, item, (one) => one),
  );
  return ordered([...list, ...added], order ?? value, list, undefined);
}

function mergeList(
  field: Field,
  mergeKey: string,
  current: readonly unknown[],
  patch: readonly unknown[],
  order: readonly unknown[] | undefined,
): unknown[] {
  const items = patch.filter(isObject);
  if (items.length !== patch.length) throw badPatch(`${field.name} is a list of objects`);
  const plain = items.filter((item) => directiveOf(item) === 'merge');
  if (items.some((item) => item.$patch === 'replace')) return plain.map(withoutDirectives);
  for (const item of items) {
    if (item[mergeKey] !== undefined && item[mergeKey] !== null) continue;
    throw badPatch(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
  }
  assertInOrder(plain, order, mergeKey);
  const of = field.type.is === 'list' && field.type.of.is === 'object' ? field.type.of.name : undefined;
  const gone = items.filter((item) => item.$patch === 'delete').map((item) => item[mergeKey]);
  const live = current.filter((one) => !(isObject(one) && gone.some((key) => deepEqual(key, one[mergeKey]))));
  const result = [...live];
  for (const item of plain) {
    const at = result.findIndex((one) => isObject(one) && deepEqual(one[mergeKey], item[mergeKey]));
    const found = at >= 0 ? result[at] : undefined;
    const merged = mergeObject(of, isObject(found) ? found : {}, item);
    if (at >= 0) result[at] = merged;
    else result.push(merged);
  }
  return ordered(result, order ?? plain, live, mergeKey);
}

function keyBy(mergeKey: string | undefined): (item: unknown) => unknown {
  return (item) => (mergeKey !== undefined && isObject(item) ? item[mergeKey] : item);
}

function indexIn(list: readonly unknown[], wanted: unknown, keyOf: (item: unknown) => unknown): number {
  return list.findIndex((item) => deepEqual(keyOf(item), wanted));
}

/** What a patch sets has to stand in the order that comes with it, and in that order. */
function assertInOrder(
  items: readonly unknown[],
  order: readonly unknown[] | undefined,
  mergeKey: string | undefined,
): void {
  if (order === undefined || order.length === 0) return;
  const keyOf = keyBy(mergeKey);
  const positions = items.map((item) => indexIn(order, keyOf(item), keyOf));
  if (positions.every((position, at) => position >= 0 && position >= (positions[at - 1] ?? 0))) return;
  throw badPatch(
    `The order in patch list:\n${JSON.stringify(items)}\n doesn't match $setElementOrder list:\n${JSON.stringify(order)}\n`,
  );
}

/**
 * Items that the order names stand in it; the others stay in the live order, each in front of a named one only
 * when it was so before. Without `$setElementOrder` the patch's own order is the order, which is why a container
 * that a patch adds comes first: live [a, b], patch [x] -> [x, a, b].
 * (Kubernetes design proposal "preserve order in strategic merge patch")
 */
function ordered(
  list: readonly unknown[],
  order: readonly unknown[],
  live: readonly unknown[],
  mergeKey: string | undefined,
): unknown[] {
  const keyOf = keyBy(mergeKey);
  const position = (item: unknown): number => indexIn(order, keyOf(item), keyOf);
  const livePosition = (item: unknown): number => indexIn(live, keyOf(item), keyOf);
  const named = list.filter((item) => position(item) >= 0).sort((a, b) => position(a) - position(b));
  const others = list.filter((item) => position(item) < 0);
  const result: unknown[] = [];
  for (const item of named) {
    const here = livePosition(item);
    while (here >= 0 && others.length > 0 && livePosition(others[0]) < here) result.push(others.shift());
    result.push(item);
  }
  return [...result, ...others];
}

function removeFromList(result: JsonObject, name: string, values: unknown): void {
  if (!Array.isArray(values)) throw badPatch('invalid patch format of primitive list');
  const list = result[name];
  if (!Array.isArray(list)) return;
  result[name] = list.filter((item) => !values.some((value) => deepEqual(value, item)));
}

function withoutDirectives(value: JsonObject): JsonObject {
  const kept = Object.entries(value).filter(([key, item]) => !key.startsWith('$') && item !== null);
  return Object.fromEntries(
    kept.map(([key, item]) => [
      key,
      isObject(item)
        ? withoutDirectives(item)
        : Array.isArray(item)
          ? item.map((one) => (isObject(one) ? withoutDirectives(one) : one))
          : item,
    ]),
  );
}
