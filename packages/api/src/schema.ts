import { schema as table } from './generated/schema.js';

export type ScalarType =
  | 'string'
  | 'boolean'
  | 'number'
  | 'int32'
  | 'int64'
  | 'time'
  | 'microTime'
  | 'bytes'
  | 'quantity'
  | 'intOrString'
  | 'any';

export type FieldType =
  | { readonly is: 'scalar'; readonly scalar: ScalarType }
  | { readonly is: 'list'; readonly of: FieldType }
  | { readonly is: 'map'; readonly of: FieldType }
  | { readonly is: 'object'; readonly name: string };

/** A field as Kubernetes' OpenAPI describes it. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly required: boolean;
  /** x-kubernetes-list-type; lists without one, and maps and objects marked so, are `atomic`. */
  readonly listType: 'map' | 'set' | 'atomic' | undefined;
  /** x-kubernetes-list-map-keys */
  readonly mapKeys: readonly string[];
  /** x-kubernetes-patch-merge-key, and the strategies of strategic merge patch. */
  readonly mergeKey: string | undefined;
  readonly strategies: readonly string[];
  /** Its values, and what stands for it when it is absent, where the document tells. */
  readonly values: readonly string[];
  readonly fallback: unknown;
}

export type ObjectType = ReadonlyMap<string, Field>;

const parsed = new Map<string, ObjectType>();
const nothing: ObjectType = new Map();

/** The fields of a type; empty for an unknown one. Parsed at first use: start-up pays for nothing. */
export function objectType(name: string): ObjectType {
  const known = parsed.get(name);
  if (known !== undefined) return known;
  const text = table[name];
  if (text === undefined) return nothing;
  const fields = new Map(
    text === ''
      ? []
      : text.split(';').map((line) => {
          const field = parseField(line);
          return [field.name, field] as const;
        }),
  );
  parsed.set(name, fields);
  return fields;
}

export function hasType(name: string): boolean {
  return table[name] !== undefined;
}

/** A type that is not in the tables: of a custom resource. Its maker gives it a name that no other has. */
export function defineType(name: string, fields: ObjectType): void {
  parsed.set(name, fields);
}

export function forgetTypes(names: readonly string[]): void {
  for (const name of names) parsed.delete(name);
}

function parseField(line: string): Field {
  const [name = '', type = 'any', ...options] = line.split(' ');
  const option = (prefix: string) =>
    options.find((one) => one.startsWith(`${prefix}=`))?.slice(prefix.length + 1);
  const mapKeys = option('map')?.split(',') ?? [];
  return {
    name,
    type: parseType(type),
    required: options.includes('required'),
    listType:
      mapKeys.length > 0
        ? 'map'
        : options.includes('set')
          ? 'set'
          : options.includes('atomic')
            ? 'atomic'
            : undefined,
    mapKeys,
    mergeKey: option('merge'),
    strategies: option('strategy')?.split(',') ?? [],
    values: option('enum')?.split('|') ?? [],
    fallback: JSON.parse(option('default') ?? 'null') ?? undefined,
  };
}

function parseType(text: string): FieldType {
  if (text.startsWith('[]')) return { is: 'list', of: parseType(text.slice(2)) };
  if (text.startsWith('{}')) return { is: 'map', of: parseType(text.slice(2)) };
  if (text.startsWith('@')) return { is: 'object', name: text.slice(1) };
  return { is: 'scalar', scalar: isScalar(text) ? text : 'any' };
}

const scalars: ReadonlySet<string> = new Set<ScalarType>([
  'string',
  'boolean',
  'number',
  'int32',
  'int64',
  'time',
  'microTime',
  'bytes',
  'quantity',
  'intOrString',
  'any',
]);

function isScalar(text: string): text is ScalarType {
  return scalars.has(text);
}
