import { type FieldError, statusErrors } from '@kubelab/api';
import type { ApiCall } from './contract.js';
import { contentType } from './negotiate.js';

const managerBytesMax = 128;
const kinds: Readonly<Record<string, string>> = {
  POST: 'CreateOptions',
  PUT: 'UpdateOptions',
  PATCH: 'PatchOptions',
  DELETE: 'DeleteOptions',
};
/** Go's unicode.IsPrint. */
const printable = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;
const validations = ['', 'Ignore', 'Strict', 'Warn'];

/**
 * What a write's parameters say, as Kubernetes checks its CreateOptions and so on: all of it, before anything else. Throws Invalid
 * (422).
 */
export function checkWriteOptions(call: ApiCall): void {
  const kind = kinds[call.method];
  if (kind === undefined) return;
  const errors =
    kind === 'DeleteOptions' ? dryRunErrors(call) : [...patchErrors(call), ...commonErrors(call)];
  if (errors.length > 0) throw statusErrors.invalid({ group: 'meta.k8s.io', kind }, '', errors);
}

function patchErrors(call: ApiCall): FieldError[] {
  if (call.method !== 'PATCH') return [];
  const isApply = contentType(call) === 'application/apply-patch+yaml';
  if (isApply && (call.query.fieldManager?.[0] ?? '') === '')
    return [
      {
        reason: 'FieldValueRequired',
        field: 'fieldManager',
        message: 'Required value: is required for apply patch',
      },
    ];
  if (isApply || call.query.force === undefined) return [];
  return [
    {
      reason: 'FieldValueForbidden',
      field: 'force',
      message: 'Forbidden: may not be specified for non-apply patch',
    },
  ];
}

function commonErrors(call: ApiCall): FieldError[] {
  const [manager = ''] = call.query.fieldManager ?? [];
  const [validation = ''] = call.query.fieldValidation ?? [];
  const errors: FieldError[] = [];
  if (Buffer.byteLength(manager) > managerBytesMax)
    errors.push({
      reason: 'FieldValueTooLong',
      field: 'fieldManager',
      message: `Too long: may not be more than ${managerBytesMax} bytes`,
    });
  else errors.push(...unprintable(manager));
  errors.push(...dryRunErrors(call));
  if (!validations.includes(validation))
    errors.push({
      reason: 'FieldValueNotSupported',
      field: 'fieldValidation',
      message: `Unsupported value: ${JSON.stringify(validation)}: supported values: ${quoted(validations)}`,
    });
  return errors;
}

function unprintable(manager: string): FieldError[] {
  let position = 0;
  for (const letter of manager) {
    if (!printable.test(letter)) {
      const code = (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      const why = `invalid character U+${code} (at position ${position})`;
      const message = `Invalid value: ${JSON.stringify(manager)}: ${why}`;
      return [{ reason: 'FieldValueInvalid', field: 'fieldManager', message }];
    }
    position += Buffer.byteLength(letter);
  }
  return [];
}

function dryRunErrors({ query }: ApiCall): FieldError[] {
  const given = query.dryRun ?? [];
  if (given.every((value) => value === 'All')) return [];
  return [
    {
      reason: 'FieldValueNotSupported',
      field: 'dryRun',
      // A list, as Go prints one.
      message: `Unsupported value: []string{${quoted(given)}}: supported values: "All"`,
    },
  ];
}

function quoted(values: readonly string[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ');
}
