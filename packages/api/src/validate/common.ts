import type { FieldError, ObjectMeta, OwnerReference } from '../contract.js';
import { deepEqual } from '../json.js';
import type { SelectorLike } from '../selectors.js';
import { fieldErrors } from '../status-errors.js';

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const dns1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const qualifiedName = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const annotationsBytesMax = 256 * 1024;

export type NameRule = 'subdomain' | 'label' | 'dns1035' | 'path';

/** Kubernetes' wording for each rule of names (apimachinery util/validation). An absent name is missing. */
export function nameErrors(rule: NameRule, field: string, name: string | undefined): FieldError[] {
  if (name === undefined || name === '') return [fieldErrors.required(field)];
  return nameDetails(rule, name).map((detail) => fieldErrors.invalid(field, name, detail));
}

/** As nameErrors, of a field that may be left out. */
export function optionalNameErrors(rule: NameRule, field: string, name: string | undefined): FieldError[] {
  return name === undefined || name === '' ? [] : nameErrors(rule, field, name);
}

function nameDetails(rule: NameRule, name: string): string[] {
  switch (rule) {
    case 'label':
      return [
        ...lengthDetails(name, 63),
        ...(label.test(name) ? [] : [subdomain.test(name) ? 'must not contain dots' : labelText]),
      ];
    case 'dns1035':
      return [...lengthDetails(name, 63), ...(dns1035.test(name) ? [] : [dns1035Text])];
    case 'path':
      return pathDetails(name);
    case 'subdomain':
      return [...lengthDetails(name, 253), ...(subdomain.test(name) ? [] : [subdomainText])];
    default:
      return rule satisfies never;
  }
}

function lengthDetails(text: string, max: number): string[] {
  return Buffer.byteLength(text) > max ? [`must be no more than ${max} bytes`] : [];
}

function pathDetails(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((letter) => name.includes(letter)).map((letter) => `may not contain '${letter}'`);
}

const dns1035Text =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const labelText =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const qualifiedText =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const labelValueText =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

export function metadataErrors(metadata: ObjectMeta, rule: NameRule): FieldError[] {
  const errors =
    metadata.name === ''
      ? [
          fieldErrors.required(
            'metadata.name',
            metadata.generateName === undefined ? 'name or generateName is required' : '',
          ),
        ]
      : nameErrors(rule, 'metadata.name', metadata.name);
  return [
    ...errors,
    ...labelErrors(metadata.labels, 'metadata.labels'),
    ...annotationErrors(metadata.annotations),
    ...(metadata.ownerReferences ?? []).flatMap((owner, index) =>
      ownerErrors(owner, `metadata.ownerReferences[${index}]`),
    ),
  ];
}

function ownerErrors(owner: OwnerReference, field: string): FieldError[] {
  const empty = (value: string | undefined) => value === undefined || value === '';
  const errors = empty(owner.apiVersion)
    ? [fieldErrors.invalid(`${field}.apiVersion`, '', 'version must not be empty')]
    : [];
  for (const key of ['kind', 'name', 'uid'] as const)
    if (empty(owner[key])) errors.push(fieldErrors.invalid(`${field}.${key}`, '', 'must not be empty'));
  return errors;
}

export function labelErrors(
  labels: Readonly<Record<string, string>> | undefined,
  field: string,
): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...qualifiedNameErrors(key, field),
    ...labelValueErrors(field, value),
  ]);
}

export function labelValueErrors(field: string, value: string): FieldError[] {
  return labelValueDetails(value).map((detail) => fieldErrors.invalid(field, value, detail));
}

export function labelValueDetails(value: string): string[] {
  return [...lengthDetails(value, 63), ...(labelValue.test(value) ? [] : [labelValueText])];
}

export function qualifiedNameErrors(key: string, field: string): FieldError[] {
  return qualifiedNameDetails(key).map((detail) => fieldErrors.invalid(field, key, detail));
}

function qualifiedNameDetails(key: string): string[] {
  const [first = '', second, ...more] = key.split('/');
  if (more.length > 0) {
    const optional = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
    return [`a qualified name ${qualifiedText} ${optional}`];
  }
  const name = second ?? first;
  return [
    ...(second === undefined ? [] : prefixDetails(first)),
    ...(name === '' ? ['name part must be non-empty'] : []),
    ...lengthDetails(name, 63).map((detail) => `name part ${detail}`),
    ...(qualifiedName.test(name) ? [] : [`name part ${qualifiedText}`]),
  ];
}

function prefixDetails(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  return nameDetails('subdomain', prefix).map((detail) => `prefix part ${detail}`);
}

/** A selector in the form of an object (apimachinery metav1 validation). */
export function selectorErrors(selector: SelectorLike | undefined, field: string): FieldError[] {
  return [
    ...labelErrors(selector?.matchLabels, `${field}.matchLabels`),
    ...(selector?.matchExpressions ?? []).flatMap((expression, index) =>
      expressionErrors(expression, `${field}.matchExpressions[${index}]`),
    ),
  ];
}

function expressionErrors(
  { key, operator, values = [] }: NonNullable<SelectorLike['matchExpressions']>[number],
  field: string,
): FieldError[] {
  const errors = qualifiedNameErrors(key ?? '', `${field}.key`);
  for (const [at, value] of values.entries())
    errors.push(...labelValueErrors(`${field}.values[${at}]`, value));
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length > 0) return errors;
    return [
      fieldErrors.required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"),
      ...errors,
    ];
  }
  if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length === 0) return errors;
    const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    return [fieldErrors.forbidden(`${field}.values`, detail), ...errors];
  }
  return [
    fieldErrors.invalid(`${field}.operator`, operator ?? '', 'not a valid selector operator'),
    ...errors,
  ];
}

function annotationErrors(annotations: Readonly<Record<string, string>> | undefined): FieldError[] {
  const entries = Object.entries(annotations ?? {});
  const errors = entries.flatMap(([key]) => qualifiedNameErrors(key.toLowerCase(), 'metadata.annotations'));
  const bytes = entries.reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  if (bytes <= annotationsBytesMax) return errors;
  return [
    ...errors,
    {
      reason: 'FieldValueTooLong',
      field: 'metadata.annotations',
      message: `Too long: may not be more than ${annotationsBytesMax} bytes`,
    },
  ];
}

export function oneOf(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  return value === undefined || supported.includes(value)
    ? []
    : [fieldErrors.notSupported(field, value, supported)];
}

export function nonNegative(field: string, value: number | undefined): FieldError[] {
  return value === undefined || value >= 0
    ? []
    : [fieldErrors.invalid(field, value, 'must be greater than or equal to 0')];
}

export function portErrors(field: string, port: number | undefined): FieldError[] {
  if (port === undefined || (port >= 1 && port <= 65_535)) return [];
  return [fieldErrors.invalid(field, port, 'must be between 1 and 65535, inclusive')];
}

const portNameRules: readonly (readonly [RegExp, string])[] = [
  [/^.{0,15}$/, 'must be no more than 15 bytes'],
  [/^[-a-z0-9]*$/, 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)'],
  [/[a-z]/, 'must contain at least one letter (a-z)'],
  [/^(?!.*--)/, 'must not contain consecutive hyphens'],
  [/^(?!-)(?!.*-$)/, 'must not begin or end with a hyphen'],
];

/** IANA_SVC_NAME of RFC 6335, in lower case: what ports of containers are called. */
export function portNameErrors(field: string, name: string): FieldError[] {
  return portNameRules
    .filter(([form]) => !form.test(name))
    .map(([, detail]) => fieldErrors.invalid(field, name, detail));
}

export function portOrNameErrors(field: string, port: number | string | undefined): FieldError[] {
  if (port === undefined) return [fieldErrors.required(field)];
  return typeof port === 'number' ? portErrors(field, port) : portNameErrors(field, port);
}

/** Values that stand a second time, each at its own place. `undefined` and the empty text may. */
export function duplicateErrors(
  values: readonly (string | number | undefined)[],
  fieldOf: (index: number) => string,
): FieldError[] {
  const seen = new Set<string | number>();
  return values.flatMap((value, index) => {
    if (value === undefined || value === '') return [];
    if (seen.has(value)) return [fieldErrors.duplicate(fieldOf(index), value)];
    seen.add(value);
    return [];
  });
}

export function immutableErrors(field: string, value: unknown, old: unknown): FieldError[] {
  return deepEqual(value, old) ? [] : [fieldErrors.invalid(field, value, 'field is immutable')];
}

export function protocolErrors(field: string, protocol: string | undefined): FieldError[] {
  return oneOf(field, protocol, ['SCTP', 'TCP', 'UDP']);
}
