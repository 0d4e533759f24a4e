import type { FieldError } from '../contract.js';
import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from '../generated/types.js';
import { deepEqual } from '../json.js';
import { fieldErrors } from '../status-errors.js';
import { immutableErrors, nameErrors, optionalNameErrors } from '../validate/common.js';
import { definitionSchemaErrors } from './definition-schema.js';
import { propertyOf, type Schema } from './model.js';
import { parseFieldPath } from './path.js';

const selectableFieldsMax = 8;
const mixedCase = 'may have mixed case, but should otherwise match: ';

/** A whole CustomResourceDefinition (apiextensions-apiserver, pkg/apis/apiextensions/validation). CEL rules are compiled elsewhere. */
export function definitionErrors(
  { metadata, spec, status }: CustomResourceDefinition,
  old: CustomResourceDefinition | undefined,
): FieldError[] {
  const { group = '', names, versions = [], scope } = spec ?? {};
  const errors: FieldError[] = [];
  if (metadata.name !== `${names?.plural ?? ''}.${group}`)
    errors.push(
      fieldErrors.invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group'),
    );
  if (group !== '') {
    const wrong = nameErrors('subdomain', 'spec.group', group);
    errors.push(...wrong);
    if (wrong.length === 0 && !group.includes('.'))
      errors.push(fieldErrors.invalid('spec.group', group, 'should be a domain with at least one dot'));
  }
  if ((scope ?? '') === '') errors.push(fieldErrors.required('spec.scope'));
  if (spec?.preserveUnknownFields === true)
    errors.push(fieldErrors.invalid('spec.preserveUnknownFields', true, 'must be false'));
  errors.push(
    ...versionListErrors(versions),
    ...nameFieldErrors(spec?.names ?? { kind: '', plural: '' }, 'spec.names'),
    ...conversionErrors(spec),
    ...groupApprovalErrors(group, metadata.annotations),
  );
  const shared = sameSchemas(versions);
  for (const [at, version] of versions.entries())
    if (at === 0 || !shared) errors.push(...versionErrors(version, at, shared));
  const established = (old?.status?.conditions ?? []).some(
    ({ type, status: is }) => type === 'Established' && is === 'True',
  );
  if (old !== undefined && established) {
    errors.push(...immutableErrors('spec.scope', scope, old.spec?.scope));
    errors.push(...immutableErrors('spec.names.kind', names?.kind, old.spec?.names?.kind));
  }
  if (old !== undefined) errors.push(...storedVersionErrors(status?.storedVersions ?? [], versions));
  return errors;
}

function sameSchemas(versions: readonly CustomResourceDefinitionVersion[]): boolean {
  const [first] = versions;
  return versions.every((one) => deepEqual(one.schema, first?.schema));
}

/** Every schema with its place in findings: versions that all say the same are told of once, as Kubernetes does. */
export function versionSchemas(
  versions: readonly CustomResourceDefinitionVersion[],
): { schema: Schema; path: string }[] {
  const shared = sameSchemas(versions);
  return versions.flatMap(({ schema }, at) => {
    const found = schema?.openAPIV3Schema;
    if (found === undefined || (shared && at > 0)) return [];
    return [{ schema: found, path: shared ? sharedPath : `spec.versions[${at}].schema.openAPIV3Schema` }];
  });
}

const sharedPath = 'spec.validation.openAPIV3Schema';

function versionListErrors(versions: readonly CustomResourceDefinitionVersion[]): FieldError[] {
  const errors: FieldError[] = [];
  const shown = versions.map(({ name }) => name);
  for (const [at, { name }] of versions.entries())
    errors.push(...optionalNameErrors('dns1035', `spec.versions[${at}].name`, name));
  if (new Set(shown).size !== shown.length)
    errors.push(fieldErrors.invalid('spec.versions', shown, 'must contain unique version names'));
  if (versions.length > 0 && versions.filter(({ storage }) => storage).length !== 1) {
    const text = 'must have exactly one version marked as storage version';
    errors.push(fieldErrors.invalid('spec.versions', shown, text));
  }
  for (const [at, { deprecated, deprecationWarning }] of versions.entries())
    if (deprecationWarning !== undefined && deprecated !== true)
      errors.push(
        fieldErrors.invalid(
          `spec.versions[${at}].deprecationWarning`,
          deprecationWarning,
          'can only be set for deprecated versions',
        ),
      );
  return errors;
}

type Names = NonNullable<CustomResourceDefinition['spec']>['names'];

function nameFieldErrors(names: Names, path: string): FieldError[] {
  const { plural, singular, kind, listKind, shortNames = [], categories = [] } = names;
  const errors = [
    ...optionalNameErrors('dns1035', `${path}.plural`, plural),
    ...optionalNameErrors('dns1035', `${path}.singular`, singular),
  ];
  for (const [field, value = ''] of [
    ['kind', kind],
    ['listKind', listKind],
  ] as const)
    for (const { message } of optionalNameErrors('dns1035', field, value.toLowerCase())) {
      const detail = message.slice(message.indexOf(': ', 'Invalid value: '.length) + 2);
      errors.push(fieldErrors.invalid(`${path}.${field}`, value, `${mixedCase}${detail}`));
    }
  for (const [at, short] of shortNames.entries())
    errors.push(...nameErrors('dns1035', `${path}.shortNames[${at}]`, short));
  if (kind !== '' && kind === listKind)
    errors.push(fieldErrors.invalid(`${path}.listKind`, listKind, 'kind and listKind may not be the same'));
  for (const [at, category] of categories.entries())
    errors.push(...nameErrors('dns1035', `${path}.categories[${at}]`, category));
  return errors;
}

/** Kubernetes asks a webhook; kubelab does not, and says so rather than to convert wrongly (docs/divergence.md). */
function conversionErrors(spec: CustomResourceDefinition['spec']): FieldError[] {
  const { conversion } = spec ?? {};
  if (conversion?.strategy === 'Webhook')
    return [fieldErrors.notSupported('spec.conversion.strategy', 'Webhook', ['None'])];
  if (conversion?.webhook !== undefined)
    return [
      fieldErrors.forbidden(
        'spec.conversion.webhook',
        'should not be set when strategy is not set to Webhook',
      ),
    ];
  return [];
}

/** Groups of the project itself need its approval (KEP-1111). */
function groupApprovalErrors(
  group: string,
  annotations: Readonly<Record<string, string>> = {},
): FieldError[] {
  const isProtected = ['k8s.io', 'kubernetes.io'].some(
    (root) => group === root || group.endsWith(`.${root}`),
  );
  if (!isProtected) return [];
  const name = 'api-approved.kubernetes.io';
  const field = `metadata.annotations[${name}]`;
  const given = annotations[name] ?? '';
  if (given === '')
    return [
      fieldErrors.required(
        field,
        `protected groups must have approval annotation "${name}", see https://github.com/kubernetes/enhancements/pull/1111`,
      ),
    ];
  if (given.startsWith('unapproved') || /^https?:\/\/[^/]+/.test(given)) return [];
  const text = `protected groups must have approval annotation "${name}" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111`;
  return [fieldErrors.invalid(field, given, text)];
}

function versionErrors(version: CustomResourceDefinitionVersion, at: number, shared: boolean): FieldError[] {
  const schema = version.schema?.openAPIV3Schema;
  const own = `spec.versions[${at}]`;
  if (schema === undefined)
    return [fieldErrors.required(`${own}.schema.openAPIV3Schema`, 'schemas are required')];
  const schemaPath = shared ? sharedPath : `${own}.schema.openAPIV3Schema`;
  const place = shared ? 'spec' : own;
  return [
    ...definitionSchemaErrors(schema, schemaPath),
    ...scaleErrors(version, `${place}.subresources.scale`),
    ...columnErrors(version, `${place}.additionalPrinterColumns`),
    ...selectableErrors(version, schema, `${place}.selectableFields`),
  ];
}

function scaleErrors({ subresources }: CustomResourceDefinitionVersion, path: string): FieldError[] {
  const scale = subresources?.scale;
  if (scale === undefined) return [];
  const errors: FieldError[] = [];
  const checks = [
    ['specReplicasPath', scale.specReplicasPath, ['spec']],
    ['statusReplicasPath', scale.statusReplicasPath, ['status']],
    ['labelSelectorPath', scale.labelSelectorPath, ['spec', 'status']],
  ] as const;
  for (const [name, value, roots] of checks) {
    const field = `${path}.${name}`;
    if (value === undefined || value === '') {
      if (name !== 'labelSelectorPath') errors.push(fieldErrors.required(field));
      continue;
    }
    const parts = parseFieldPath(value);
    if (parts === undefined)
      errors.push(
        fieldErrors.invalid(field, value, 'should be a json path under dot notation without arrays'),
      );
    else if (!roots.some((root) => parts[0] === root && parts.length > 1)) {
      const wanted = roots.map((root) => `.${root}`).join(' or ');
      errors.push(fieldErrors.invalid(field, value, `should be a json path under ${wanted}`));
    }
  }
  return errors;
}

const columnFormats = ['int32', 'int64', 'float', 'double', 'byte', 'date', 'date-time', 'password'];

function columnErrors({ additionalPrinterColumns = [] }: CustomResourceDefinitionVersion, path: string) {
  return additionalPrinterColumns.flatMap(({ name, format, jsonPath }, at) => {
    const errors: FieldError[] = [];
    if (name === '') errors.push(fieldErrors.required(`${path}[${at}].name`));
    if (format !== undefined && format !== '' && !columnFormats.includes(format)) {
      const text = `must be one of ${columnFormats.join(',')}`;
      errors.push(fieldErrors.invalid(`${path}[${at}].format`, format, text));
    }
    if (jsonPath === '') errors.push(fieldErrors.required(`${path}[${at}].jsonPath`));
    else if (!/^[.[]/.test(jsonPath))
      errors.push(
        fieldErrors.invalid(
          `${path}[${at}].jsonPath`,
          jsonPath,
          'must be a simple json path starting with .',
        ),
      );
    return errors;
  });
}

function selectableErrors(
  { selectableFields = [] }: CustomResourceDefinitionVersion,
  schema: Schema,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [at, { jsonPath }] of selectableFields.entries()) {
    const field = `${path}[${at}].jsonPath`;
    if (jsonPath === '') {
      errors.push(fieldErrors.required(field));
      continue;
    }
    const parts = parseFieldPath(jsonPath);
    const found = parts?.reduce<Schema | undefined>(
      (inner, name) => (inner === undefined ? undefined : propertyOf(inner, name)),
      schema,
    );
    if (parts === undefined || found === undefined)
      errors.push(
        fieldErrors.invalid(field, jsonPath, 'is an invalid path: does not refer to a valid field'),
      );
    else if (parts[0] === 'metadata')
      errors.push(fieldErrors.invalid(field, jsonPath, 'must not point to fields in metadata'));
    else if (!['string', 'integer', 'boolean'].includes(found.type ?? ''))
      errors.push(
        fieldErrors.invalid(
          field,
          jsonPath,
          `must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.`,
        ),
      );
    if (seen.has(jsonPath)) errors.push(fieldErrors.duplicate(field, jsonPath));
    seen.add(jsonPath);
  }
  if (selectableFields.length > selectableFieldsMax)
    errors.push(fieldErrors.tooMany(path, selectableFields.length, selectableFieldsMax));
  return errors;
}

function storedVersionErrors(
  stored: readonly string[],
  versions: readonly CustomResourceDefinitionVersion[],
): FieldError[] {
  return stored.flatMap((name, at) =>
    versions.some((version) => version.name === name)
      ? []
      : [fieldErrors.invalid(`status.storedVersions[${at}]`, name, 'must appear in spec.versions')],
  );
}
