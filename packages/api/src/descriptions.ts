import { textOf } from './descriptions/texts.js';
import { shortType } from './rules/index.js';

/**
 * What `kubectl explain` says, in our own words: of every kind and field in the tables, and of types where it
 * adds something. The texts are read at the first question.
 */
export function typeDescription(typeName: string): string | undefined {
  const type = shortType(typeName);
  return textOf(type) ?? (type.endsWith('List') ? textOf('*List') : undefined);
}

/** Of a field of a type. Fields that mean the same everywhere share a text unless the type has its own. */
export function fieldDescription(typeName: string, field: string): string | undefined {
  const type = shortType(typeName);
  return (
    textOf(`${type}/${field}`) ??
    (type.endsWith('List') ? textOf(`*List/${field}`) : undefined) ??
    textOf(`*/${field}`)
  );
}
