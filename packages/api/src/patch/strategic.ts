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
  if (patch.$patch === 'delete') return {};
  if (patch.$patch === 'replace') return withoutDirectives(patch);
  const fields = typeName === undefined ? undefined : objectType(typeName);
  const retained = Array.isArray(patch.$retainKeys) ? new Set(patch.$retainKeys.map(String)) : undefined;
  const result: JsonObject =
    retained === undefined
      ? { ...target }
      : Object.fromEntries(Object.entries(target).filter(([key]) => retained.has(key)));
  for (const [key, value] of Object.entries(patch)) {
    if (key === '__proto__') continue;
    if (key.startsWith(deleteFrom)) removeFromList(result, key.slice(deleteFrom.length), value);
    if (key.startsWith('$')) continue;
    if (value === null) delete result[key];
    else result[key] = mergeField(fields?.get(key), result[key], value, patch[`${setOrder}${key}`]);
  }
  for (const [key, order] of Object.entries(patch)) {
    const name = key.startsWith(setOrder) ? key.slice(setOrder.length) : undefined;
    if (name !== undefined && !Object.hasOwn(patch, name) && Array.isArray(result[name])) {
      result[name] = ordered(result[name], order, fields?.get(name)?.mergeKey);
    }
  }
  return result;
}

function mergeField(field: Field | undefined, current: unknown, value: unknown, order: unknown): unknown {
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
  if (mergeKey === undefined)
    return ordered(
      [...list, ...value.filter((item) => !list.some((one) => deepEqual(one, item)))],
      order,
      undefined,
    );
  return ordered(mergeList(field, mergeKey, list, value), order, mergeKey);
}

function mergeList(
  field: Field,
  mergeKey: string,
  current: readonly unknown[],
  patch: readonly unknown[],
): unknown[] {
  const items = patch.filter(isObject);
  if (items.length !== patch.length)
    throw statusErrors.badRequest(`error decoding patch: ${field.name} is a list of objects`);
  const replaces = items.some((item) => item.$patch === 'replace');
  if (replaces) return items.filter((item) => item.$patch !== 'replace').map(withoutDirectives);
  const of = field.type.is === 'list' && field.type.of.is === 'object' ? field.type.of.name : undefined;
  const result = [...current];
  for (const item of items) {
    const key = item[mergeKey];
    if (key === undefined)
      throw statusErrors.badRequest(
        `error decoding patch: map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`,
      );
    const at = result.findIndex((one) => isObject(one) && deepEqual(one[mergeKey], key));
    if (item.$patch === 'delete') {
      if (at >= 0) result.splice(at, 1);
      continue;
    }
    const found = at >= 0 ? result[at] : undefined;
    const merged = mergeObject(of, isObject(found) ? found : {}, item);
    if (at >= 0) result[at] = merged;
    else result.push(merged);
  }
  return result;
}

/** Items named by the order stand in it; the others keep their place behind the item that they followed. */
function ordered(list: readonly unknown[], order: unknown, mergeKey: string | undefined): unknown[] {
  if (!Array.isArray(order)) return [...list];
  const keyOf = (item: unknown): unknown =>
    mergeKey !== undefined && isObject(item) ? item[mergeKey] : item;
  const position = (item: unknown): number =>
    order.findIndex((wanted) => deepEqual(keyOf(wanted), keyOf(item)));
  const named = list.filter((item) => position(item) >= 0).sort((a, b) => position(a) - position(b));
  const result: unknown[] = [...named];
  list.forEach((item, at) => {
    if (position(item) >= 0) return;
    const before = list
      .slice(0, at)
      .reverse()
      .find((one) => result.includes(one));
    result.splice(before === undefined ? 0 : result.indexOf(before) + 1, 0, item);
  });
  return result;
}

function removeFromList(result: JsonObject, name: string, values: unknown): void {
  const list = result[name];
  if (!Array.isArray(list) || !Array.isArray(values)) return;
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
