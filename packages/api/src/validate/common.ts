import type { FieldError, ObjectMeta } from '../contract.js';
import { fieldErrors } from '../status-errors.js';

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const dns1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const qualifiedName = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const annotationsBytesMax = 256 * 1024;

export type NameRule = 'subdomain' | 'label' | 'dns1035' | 'path';

/** Kubernetes' wording for each rule of names (apimachinery util/validation). */
export function nameErrors(rule: NameRule, field: string, name: string): FieldError[] {
  switch (rule) {
    case 'label':
      if (name.length <= 63 && label.test(name)) return [];
      return [fieldErrors.invalid(field, name, labelText)];
    case 'dns1035':
      if (name.length <= 63 && dns1035.test(name)) return [];
      return [
        fieldErrors.invalid(
          field,
          name,
          "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
        ),
      ];
    case 'path':
      if (!/[/%]/.test(name) && name !== '.' && name !== '..') return [];
      return [fieldErrors.invalid(field, name, "may not be '.' or '..' or contain '/' or '%'")];
    case 'subdomain':
      if (name.length <= 253 && subdomain.test(name)) return [];
      return [fieldErrors.invalid(field, name, subdomainText)];
    default:
      return rule satisfies never;
  }
}

const labelText =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const qualifiedText =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
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
  ];
}

export function labelErrors(
  labels: Readonly<Record<string, string>> | undefined,
  field: string,
): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => {
    const errors = qualifiedNameErrors(key, field);
    if (value.length <= 63 && labelValue.test(value)) return errors;
    const detail = value.length > 63 ? 'must be no more than 63 bytes' : labelValueText;
    return [...errors, fieldErrors.invalid(field, value, detail)];
  });
}

function qualifiedNameErrors(key: string, field: string): FieldError[] {
  const [first = '', second, ...more] = key.split('/');
  const name = second ?? first;
  if (more.length > 0) return [fieldErrors.invalid(field, key, `a qualified name ${qualifiedText}`)];
  const prefix =
    second === undefined || (first.length <= 253 && subdomain.test(first))
      ? []
      : [fieldErrors.invalid(field, key, `prefix part ${subdomainText}`)];
  if (name.length <= 63 && qualifiedName.test(name)) return prefix;
  return [
    ...prefix,
    fieldErrors.invalid(field, key, name === '' ? 'name part must be non-empty' : qualifiedText),
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
