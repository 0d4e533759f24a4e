import type { FieldError } from '../contract.js';
import { deepClone, deepEqual, isObject } from '../json.js';
import { compilePattern } from '../regex.js';
import { fieldErrors } from '../status-errors.js';
import { applySchemaDefaults } from './defaulting.js';
import { listTypeErrors } from './list-types.js';
import {
  additionalOf,
  isEmbedded,
  isIntOrString,
  itemsOf,
  preservesUnknown,
  propertiesOf,
  propertyOf,
  type Schema,
} from './model.js';
import { prune } from './prune.js';
import { schemaValueErrors } from './value.js';

type Level = 'root' | 'item' | 'field';

const intOrStringAnyOf: readonly Schema[] = [{ type: 'integer' }, { type: 'string' }];
const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/**
 * Whether a schema may be that of a custom resource: what it uses, that it is structural, and that its defaults
 * and extensions hold (Kubernetes' documentation, "Specifying a structural schema").
 * `path` is where it stands in the definition.
 */
export function definitionSchemaErrors(schema: Schema, path: string): FieldError[] {
  const forbidden = [...usageErrors(schema, path, true)];
  const structural = [...levelErrors(schema, 'root', path), ...completenessErrors(schema, schema, path)].sort(
    (a, b) => (`${a.field}: ${a.message}` < `${b.field}: ${b.message}` ? -1 : 1),
  );
  const errors = [...forbidden, ...structural];
  // A default is judged by a schema that is sound.
  return errors.length > 0 ? errors : defaultErrors(schema, path, true);
}

/* ---------------------------------------------------------------- what may be used at all */

const unsupported = [
  'definitions',
  'dependencies',
  'patternProperties',
  'additionalItems',
  'id',
  '$schema',
] as const;

function usageErrors(schema: Schema, path: string, structural: boolean): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of unsupported) {
    const given = schema[name];
    if (given !== undefined && given !== '')
      errors.push(fieldErrors.forbidden(`${path}.${name}`, `${name} is not supported`));
  }
  if ((schema.$ref ?? '') !== '') errors.push(fieldErrors.forbidden(`${path}.$ref`, '$ref is not supported'));
  if (schema.uniqueItems === true)
    errors.push(
      fieldErrors.forbidden(
        `${path}.uniqueItems`,
        'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
      ),
    );
  if ((schema.type ?? '') === 'null')
    errors.push(
      fieldErrors.forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'),
    );
  else if ((schema.type ?? '') !== '' && !types.includes(schema.type ?? ''))
    errors.push(fieldErrors.notSupported(`${path}.type`, schema.type, types));
  if (Array.isArray(schema.items))
    errors.push(fieldErrors.forbidden(`${path}.items`, 'items must be a schema object and not an array'));
  if (
    schema.additionalProperties !== undefined &&
    Object.keys(schema.properties ?? {}).length > 0 &&
    schema.additionalProperties !== true
  )
    errors.push(
      fieldErrors.forbidden(
        `${path}.additionalProperties`,
        'additionalProperties and properties are mutual exclusive',
      ),
    );
  if (schema.additionalProperties === false)
    errors.push(
      fieldErrors.forbidden(`${path}.additionalProperties`, 'additionalProperties cannot be set to false'),
    );
  if (structural) errors.push(...extensionErrors(schema, path));
  for (const [inner, at, isStructural] of children(schema, path))
    errors.push(...usageErrors(inner, at, structural && isStructural));
  return errors;
}

/** Every schema right below one, and whether it describes structure (or only values). */
function children(schema: Schema, path: string): [Schema, string, boolean][] {
  const items = itemsOf(schema);
  const additional = additionalOf(schema);
  const list = (name: 'allOf' | 'anyOf' | 'oneOf') =>
    (schema[name] ?? []).map((one, at): [Schema, string, boolean] => [one, `${path}.${name}[${at}]`, false]);
  return [
    ...(items === undefined ? [] : [[items, `${path}.items`, true] as [Schema, string, boolean]]),
    ...(additional === undefined
      ? []
      : [[additional, `${path}.additionalProperties`, true] as [Schema, string, boolean]]),
    ...propertiesOf(schema).map(([name, one]): [Schema, string, boolean] => [
      one,
      `${path}.properties[${name}]`,
      true,
    ]),
    ...list('allOf'),
    ...list('anyOf'),
    ...list('oneOf'),
    ...(schema.not === undefined ? [] : [[schema.not, `${path}.not`, false] as [Schema, string, boolean]]),
  ];
}

function extensionErrors(schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const listType = schema['x-kubernetes-list-type'];
  const mapType = schema['x-kubernetes-map-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    errors.push(
      fieldErrors.invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'),
    );
  if (listType !== undefined && schema.type !== 'array')
    errors.push(
      (schema.type ?? '') === ''
        ? fieldErrors.required(`${path}.type`, 'must be array if x-kubernetes-list-type is specified')
        : fieldErrors.invalid(
            `${path}.type`,
            schema.type,
            'must be array if x-kubernetes-list-type is specified',
          ),
    );
  if (listType !== undefined && !['atomic', 'set', 'map'].includes(listType))
    errors.push(
      fieldErrors.notSupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'map', 'set']),
    );
  if (mapType !== undefined && !['atomic', 'granular'].includes(mapType))
    errors.push(fieldErrors.notSupported(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']));
  if (mapType !== undefined && schema.type !== 'object')
    errors.push(
      (schema.type ?? '') === ''
        ? fieldErrors.required(`${path}.type`, 'must be object if x-kubernetes-map-type is specified')
        : fieldErrors.invalid(
            `${path}.type`,
            schema.type,
            'must be object if x-kubernetes-map-type is specified',
          ),
    );
  if (keys.length > 0 && listType !== 'map')
    errors.push(
      listType === undefined
        ? fieldErrors.required(
            `${path}.x-kubernetes-list-type`,
            'must be map if x-kubernetes-list-map-keys is non-empty',
          )
        : fieldErrors.invalid(
            `${path}.x-kubernetes-list-type`,
            listType,
            'must be map if x-kubernetes-list-map-keys is non-empty',
          ),
    );
  if (listType === 'map') errors.push(...mapListErrors(schema, path, keys));
  if (listType === 'set') errors.push(...setItemErrors(itemsOf(schema), `${path}.items`));
  return errors;
}

/** Items of a set are scalars, or atomic whole. */
function setItemErrors(items: Schema | undefined, path: string): FieldError[] {
  if (items === undefined) return [];
  if (items.nullable === true)
    return [
      fieldErrors.forbidden(`${path}.nullable`, 'cannot be nullable when x-kubernetes-list-type is set'),
    ];
  if (items.type === 'array' && (items['x-kubernetes-list-type'] ?? 'atomic') !== 'atomic')
    return [
      fieldErrors.invalid(
        `${path}.x-kubernetes-list-type`,
        items['x-kubernetes-list-type'],
        'must be atomic as item of a list with x-kubernetes-list-type=set',
      ),
    ];
  if (items.type !== 'object' || items['x-kubernetes-map-type'] === 'atomic') return [];
  const text = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const given = items['x-kubernetes-map-type'];
  return [
    given === undefined
      ? fieldErrors.required(`${path}.x-kubernetes-map-type`, text)
      : fieldErrors.invalid(`${path}.x-kubernetes-map-type`, given, text),
  ];
}

function mapListErrors(schema: Schema, path: string, keys: readonly string[]): FieldError[] {
  const items = itemsOf(schema);
  if (keys.length === 0)
    return [
      fieldErrors.required(
        `${path}.x-kubernetes-list-map-keys`,
        'must not be empty if x-kubernetes-list-type is map',
      ),
    ];
  if (items === undefined || items.type !== 'object') {
    const text = "must be object if parent array's x-kubernetes-list-type is map";
    return [
      items?.type === undefined
        ? fieldErrors.required(`${path}.items.type`, text)
        : fieldErrors.invalid(`${path}.items.type`, items.type, text),
    ];
  }
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [at, key] of keys.entries()) {
    const field = `${path}.x-kubernetes-list-map-keys[${at}]`;
    const property = propertyOf(items, key);
    if (seen.has(key)) errors.push(fieldErrors.duplicate(field, key));
    seen.add(key);
    if (property === undefined)
      errors.push(fieldErrors.invalid(field, key, 'entries must all be names of item properties'));
    else {
      const inner = `${path}.items.properties[${key}]`;
      if (['array', 'object'].includes(property.type ?? ''))
        errors.push(
          fieldErrors.invalid(
            `${inner}.type`,
            property.type,
            "must be a scalar type if parent array's x-kubernetes-list-type is map",
          ),
        );
      if (property.default === undefined && !(items.required ?? []).includes(key))
        errors.push(
          fieldErrors.required(
            `${inner}.default`,
            'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
          ),
        );
    }
  }
  return errors;
}

/* ---------------------------------------------------------------- structural */

function levelErrors(schema: Schema, level: Level, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { type = '' } = schema;
  const items = itemsOf(schema);
  const additional = additionalOf(schema);
  if (type === 'array' && items === undefined)
    errors.push(fieldErrors.required(`${path}.items`, 'must be specified'));
  if (items !== undefined) errors.push(...levelErrors(items, 'item', `${path}.items`));
  for (const [name, property] of propertiesOf(schema))
    if (level !== 'root' || name !== 'metadata')
      errors.push(...levelErrors(property, 'field', `${path}.properties[${name}]`));
  if (schema.additionalProperties !== undefined && level === 'root')
    errors.push(fieldErrors.forbidden(`${path}.additionalProperties`, 'must not be used at the root'));
  if (additional !== undefined)
    errors.push(...levelErrors(additional, 'field', `${path}.additionalProperties`));
  errors.push(...togetherErrors(schema, path));
  errors.push(...valueRuleErrors(schema, path));
  if (isEmbedded(schema) && type !== 'object') {
    const text = 'must be object if x-kubernetes-embedded-resource is true';
    errors.push(
      type === ''
        ? fieldErrors.required(`${path}.type`, text)
        : fieldErrors.invalid(`${path}.type`, type, text),
    );
  } else if (type === '' && !isIntOrString(schema) && !preservesUnknown(schema))
    errors.push(fieldErrors.required(`${path}.type`, emptyTypeTexts[level]));
  if (level === 'root' && type !== '' && type !== 'object')
    errors.push(fieldErrors.invalid(`${path}.type`, type, 'must be object at the root'));
  errors.push(...resourceFieldErrors(schema, level, path));
  return errors;
}

const emptyTypeTexts: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

function togetherErrors(schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const text = 'must be false if x-kubernetes-int-or-string is true';
  if (isIntOrString(schema) && preservesUnknown(schema))
    errors.push(fieldErrors.invalid(`${path}.x-kubernetes-preserve-unknown-fields`, true, text));
  if (isIntOrString(schema) && isEmbedded(schema))
    errors.push(fieldErrors.invalid(`${path}.x-kubernetes-embedded-resource`, true, text));
  if (isIntOrString(schema) && (schema.type ?? '') !== '')
    errors.push(
      fieldErrors.invalid(`${path}.type`, schema.type, 'must be empty if x-kubernetes-int-or-string is true'),
    );
  if (isEmbedded(schema) && schema.additionalProperties !== undefined)
    errors.push(
      fieldErrors.forbidden(
        `${path}.additionalProperties`,
        'must not be used if x-kubernetes-embedded-resource is set',
      ),
    );
  if (isEmbedded(schema) && !preservesUnknown(schema) && propertiesOf(schema).length === 0)
    errors.push(
      fieldErrors.required(
        `${path}.properties`,
        'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
      ),
    );
  return errors;
}

function resourceFieldErrors(schema: Schema, level: Level, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const isResource = level === 'root' || isEmbedded(schema);
  for (const name of ['apiVersion', 'kind']) {
    const property = propertyOf(schema, name);
    if (isResource && property !== undefined && property.type !== 'string')
      errors.push(
        fieldErrors.invalid(`${path}.properties[${name}].type`, property.type ?? '', 'must be string'),
      );
  }
  const metadata = propertyOf(schema, 'metadata');
  if (metadata === undefined) return errors;
  const field = `${path}.properties[metadata]`;
  if (isResource && metadata.type !== 'object')
    errors.push(fieldErrors.invalid(`${field}.type`, metadata.type ?? '', 'must be object'));
  if (level === 'root') {
    const { type: _type, description: _text, properties = {}, required: _needed, ...rest } = metadata;
    const others = Object.keys(properties).filter((name) => name !== 'name' && name !== 'generateName');
    if (others.length > 0 || Object.keys(rest).length > 0)
      errors.push(
        fieldErrors.forbidden(
          field,
          'must not specify anything other than name and generateName, but metadata is implicitly specified',
        ),
      );
  }
  return errors;
}

/** anyOf, allOf, oneOf and not look at values only. */
function valueRuleErrors(schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const skipAnyOf = isIntOrString(schema) && deepEqual(schema.anyOf, intOrStringAnyOf);
  const skipAllOf = isIntOrString(schema) && deepEqual(schema.allOf?.[0]?.anyOf, intOrStringAnyOf);
  if (!skipAnyOf)
    for (const [at, one] of (schema.anyOf ?? []).entries())
      errors.push(...nestedErrors(one, `${path}.anyOf[${at}]`));
  for (const [at, one] of (schema.allOf ?? []).entries()) {
    const { anyOf: _known, ...rest } = one;
    errors.push(...nestedErrors(skipAllOf && at === 0 ? rest : one, `${path}.allOf[${at}]`));
  }
  for (const [at, one] of (schema.oneOf ?? []).entries())
    errors.push(...nestedErrors(one, `${path}.oneOf[${at}]`));
  if (schema.not !== undefined) errors.push(...nestedErrors(schema.not, `${path}.not`));
  if ((schema.pattern ?? '') !== '') {
    const why = patternFault(schema.pattern ?? '');
    if (why !== undefined)
      errors.push(
        fieldErrors.invalid(
          `${path}.pattern`,
          schema.pattern,
          `must be a valid regular expression, but isn't: ${why}`,
        ),
      );
  }
  return errors;
}

function patternFault(pattern: string): string | undefined {
  try {
    compilePattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

const nestedForbidden: readonly (readonly [keyof Schema, string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['externalDocs', 'must be undefined to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

function nestedErrors(schema: Schema, path: string): FieldError[] {
  const errors = valueRuleErrors(schema, path);
  const items = itemsOf(schema);
  if (items !== undefined) errors.push(...nestedErrors(items, `${path}.items`));
  for (const [name, property] of propertiesOf(schema))
    errors.push(...nestedErrors(property, `${path}.properties[${name}]`));
  for (const [name, text] of nestedForbidden) {
    const given = schema[name];
    const empty =
      given === undefined || given === '' || given === false || (Array.isArray(given) && given.length === 0);
    if (!empty) errors.push(fieldErrors.forbidden(`${path}.${name}`, text));
  }
  if (propertyOf(schema, 'metadata') !== undefined)
    errors.push(
      fieldErrors.forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context'),
    );
  return errors;
}

/** Whatever is spoken of in anyOf and its like must be described outside of it. */
function completenessErrors(schema: Schema, structure: Schema | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const nested = (list: readonly Schema[] | undefined, name: string) => {
    for (const [at, one] of (list ?? []).entries())
      errors.push(...nestedCompleteness(one, structure, path, `${path}.${name}[${at}]`));
  };
  nested(schema.allOf, 'allOf');
  nested(schema.anyOf, 'anyOf');
  nested(schema.oneOf, 'oneOf');
  if (schema.not !== undefined)
    errors.push(...nestedCompleteness(schema.not, structure, path, `${path}.not`));
  const items = itemsOf(schema);
  const additional = additionalOf(schema);
  if (items !== undefined) errors.push(...completenessErrors(items, items, `${path}.items`));
  if (additional !== undefined)
    errors.push(...completenessErrors(additional, additional, `${path}.additionalProperties`));
  for (const [name, property] of propertiesOf(schema))
    errors.push(...completenessErrors(property, property, `${path}.properties[${name}]`));
  return errors;
}

function nestedCompleteness(
  nested: Schema,
  structure: Schema | undefined,
  path: string,
  at: string,
): FieldError[] {
  if (structure === undefined) return [fieldErrors.required(path, `because it is defined in ${at}`)];
  const errors: FieldError[] = [];
  const items = itemsOf(nested);
  if (items !== undefined)
    errors.push(...nestedCompleteness(items, itemsOf(structure), `${path}.items`, `${at}.items`));
  for (const [name, property] of propertiesOf(nested))
    errors.push(
      ...nestedCompleteness(
        property,
        propertyOf(structure, name) ?? undefined,
        `${path}.properties[${name}]`,
        `${at}.properties[${name}]`,
      ),
    );
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const)
    for (const [index, one] of (nested[name] ?? []).entries())
      errors.push(...nestedCompleteness(one, structure, path, `${at}.${name}[${index}]`));
  if (nested.not !== undefined) errors.push(...nestedCompleteness(nested.not, structure, path, `${at}.not`));
  return errors;
}

/* ---------------------------------------------------------------- defaults */

function defaultErrors(schema: Schema, path: string, isRoot: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (schema.default !== undefined) {
    const field = `${path}.default`;
    if (isRoot) errors.push(fieldErrors.forbidden(field, 'must not be set at the root'));
    else errors.push(...oneDefaultErrors(schema, field));
  }
  const items = itemsOf(schema);
  const additional = additionalOf(schema);
  if (items !== undefined) errors.push(...defaultErrors(items, `${path}.items`, false));
  if (additional !== undefined)
    errors.push(...defaultErrors(additional, `${path}.additionalProperties`, false));
  for (const [name, property] of propertiesOf(schema))
    if (!isRoot || name !== 'metadata')
      errors.push(...defaultErrors(property, `${path}.properties[${name}]`, false));
  return errors;
}

/** A default is whole: the schema's own defaults fill it before it is checked, and nothing in it is pruned. */
function oneDefaultErrors(schema: Schema, field: string): FieldError[] {
  const value = deepClone(schema.default);
  applySchemaDefaults(schema, value);
  if (prune(schema, deepClone(value), isEmbedded(schema)).length > 0)
    return [fieldErrors.invalid(field, schema.default, 'must not have unknown fields')];
  const found = [
    ...schemaValueErrors(schema, value),
    ...(isObject(value) || Array.isArray(value) ? listTypeErrors(schema, value, '') : []),
  ];
  return found.map(({ message, reason, field: inner }) => ({
    reason,
    field: inner === '<nil>' || inner === '' ? field : `${field}.${inner}`,
    message: message.replace(':  in body', `: ${field} in body`),
  }));
}
