import type { KubeObject } from '../contract.js';
import { deepEqual, isObject } from '../json.js';
import { type FieldSet, fieldsOf, paths, setOf, valueAt } from './field-set.js';

/**
 * From client-side to server-side apply, as kubectl's users pass (KEP-555, "Upgrading from client-side apply"):
 * kubectl's own annotation tells what its user has applied, so what still stands as it says is no conflict for
 * the manager `kubectl`; and while there is an annotation, server-side apply keeps it up, for the way back.
 */
export const kubectlManager = 'kubectl';
const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
/** Of all annotations together: one that would be longer is left out. */
const annotationBytesMax = 256 * 1024;

function lastApplied(object: KubeObject): string | undefined {
  return object.metadata.annotations?.[annotation];
}

/** The fields that the annotation of `live` names, and that nobody has changed since. */
export function lastAppliedFields(schema: string, live: KubeObject): FieldSet {
  const applied = parsed(lastApplied(live));
  if (applied === undefined) return {};
  return setOf(
    paths(fieldsOf(schema, applied)).filter((path) =>
      deepEqual(valueAt(schema, applied, path), valueAt(schema, live, path)),
    ),
  );
}

/** An annotation that is no JSON object was written by hand: it says nothing. */
function parsed(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function keepLastApplied(result: KubeObject, intent: KubeObject): void {
  const { annotations } = result.metadata;
  if (annotations === undefined || lastApplied(result) === undefined) return;
  const { managedFields: _fields, annotations: given, ...metadata } = intent.metadata;
  const { [annotation]: _itself, ...others } = given ?? {};
  const text = `${JSON.stringify({ ...intent, metadata: { annotations: others, ...metadata } })}\n`;
  if (text.length > annotationBytesMax) delete annotations[annotation];
  else annotations[annotation] = text;
}
