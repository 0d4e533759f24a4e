import {
  applySchemaDefaults,
  type CustomKind,
  type CustomResourceDefinition,
  type CustomResourceDefinitionVersion,
  defineSchemaTypes,
  embeddedErrors,
  type FieldError,
  groupVersionOf,
  type KindInfo,
  listTypeErrors,
  parseFieldPath,
  prune,
  type Schema,
  type SubresourceInfo,
  schemaValueErrors,
} from '@kubelab/api';
import type { Column } from '../printers/column.js';
import { type CompiledRules, compileRules } from './cel/rules.js';
import { customColumns } from './columns.js';

/** One version of a definition, ready to be served. */
export interface ServedVersion {
  readonly kind: KindInfo;
  readonly version: CustomResourceDefinitionVersion;
  readonly schema: Schema;
  readonly columns: readonly Column[];
  readonly scale: ScalePaths | undefined;
  /** Takes its types out of the table. Nobody uses the kind any more. */
  dispose(): void;
}

export interface ScalePaths {
  readonly spec: readonly string[];
  readonly status: readonly string[];
  readonly selector: readonly string[] | undefined;
}

const allVerbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const readWrite = ['get', 'patch', 'update'];
/** Findings after which rules are not asked: they would only repeat them. */
const blocking = [
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTypeInvalid',
];
const notAsked: FieldError = {
  reason: 'FieldValueInvalid',
  field: '<nil>',
  message:
    'Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};

/** No two definitions, nor two states of one, share the names of their types. */
let made = 0;

export function serveVersion(
  definition: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
): ServedVersion {
  const { spec, status } = definition;
  const { group = '', scope, versions = [] } = spec ?? {};
  const names = status?.acceptedNames ?? spec?.names ?? { kind: '', plural: '' };
  const schema = version.schema?.openAPIV3Schema ?? { type: 'object' };
  made += 1;
  const typeName = `custom ${made} ${openApiName(group, version.name, names.kind)}`;
  const dispose = defineSchemaTypes(typeName, schema);
  const storage = versions.find((one) => one.storage)?.name ?? version.name;
  const { kind, listKind, plural, singular, shortNames, categories } = names;
  const info: KindInfo = {
    group,
    version: version.name,
    kind,
    listKind: listKind ?? `${kind}List`,
    resource: plural,
    singular: singular ?? kind.toLowerCase(),
    shortNames: shortNames ?? [],
    categories: categories ?? [],
    namespaced: scope === 'Namespaced',
    verbs: allVerbs,
    subresources: subresourcesOf(version),
    schema: typeName,
    createOnUpdate: false,
    hasGeneration: true,
    hasStatus: version.subresources?.status !== undefined,
    custom: customKind(schema, version, groupVersionOf({ group, version: storage })),
  };
  const columns = customColumns(version);
  columnsOfKind.set(info, columns);
  return { kind: info, version, schema, columns, scale: scaleOf(version), dispose };
}

const columnsOfKind = new WeakMap<KindInfo, readonly Column[]>();

/** Undefined for kinds that are no custom resources. */
export function columnsOfCustom(kind: KindInfo): readonly Column[] | undefined {
  return columnsOfKind.get(kind);
}

/** `com.example.stable.v1.CronTab`, as Kubernetes names it in OpenAPI documents. */
export function openApiName(group: string, version: string, kind: string): string {
  return `${group.split('.').reverse().join('.')}.${version}.${kind}`;
}

function subresourcesOf({ subresources }: CustomResourceDefinitionVersion): SubresourceInfo[] {
  const status: SubresourceInfo = { name: 'status', verbs: readWrite };
  const scale: SubresourceInfo = {
    name: 'scale',
    verbs: readWrite,
    group: 'autoscaling',
    version: 'v1',
    kind: 'Scale',
  };
  return [
    ...(subresources?.status === undefined ? [] : [status]),
    ...(subresources?.scale === undefined ? [] : [scale]),
  ];
}

function scaleOf({ subresources }: CustomResourceDefinitionVersion): ScalePaths | undefined {
  const scale = subresources?.scale;
  if (scale === undefined) return undefined;
  return {
    spec: parseFieldPath(scale.specReplicasPath) ?? [],
    status: parseFieldPath(scale.statusReplicasPath) ?? [],
    selector: parseFieldPath(scale.labelSelectorPath ?? ''),
  };
}

function customKind(
  schema: Schema,
  version: CustomResourceDefinitionVersion,
  storedApiVersion: string,
): CustomKind {
  let rules: CompiledRules | undefined;
  return {
    storedApiVersion,
    selectableFields: (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.replace(/^\./, '')),
    prune: (object) => prune(schema, object, true),
    applyDefaults: (object) => applySchemaDefaults(schema, object),
    validate: (object, old) => {
      const errors = [
        ...schemaValueErrors(schema, object, old),
        ...embeddedErrors(schema, object, ''),
        ...listTypeErrors(schema, object, ''),
      ];
      // Compiled when they are first needed, then kept: listing kinds costs nothing.
      rules ??= compileRules(schema, '');
      if (rules.isEmpty) return errors;
      if (errors.some(({ reason }) => blocking.includes(reason))) return [...errors, notAsked];
      return [...errors, ...rules.validate(object, old)];
    },
  };
}
