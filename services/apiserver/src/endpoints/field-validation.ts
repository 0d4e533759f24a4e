import { apiError, fieldErrors, isObject, type KindInfo, statusErrors } from '@kubelab/api';
import type { RequestScope } from '../registry/context.js';
import type { ApiCall } from './contract.js';

/**
 * `fieldValidation` (KEP-2885): what is sent and not known, or sent twice, is refused (Strict), warned of (Warn,
 * the default) or passed over (Ignore). Refused as 400 with a whole object, as 422 with a patch: there the
 * outcome is what is wrong. Findings are texts, `unknown field "spec.foo"`.
 */
export function wholeStrictness(
  call: ApiCall,
  kind: KindInfo,
  findings: readonly string[],
  scope: RequestScope,
): void {
  const label = `${kind.kind} in version "${kind.version}"`;
  if (isRefused(call, findings, scope))
    throw statusErrors.badRequest(
      `${label} cannot be handled as a ${kind.kind}: strict decoding error: ${findings.join(', ')}`,
    );
}

/** `wrong` is what the findings are about: the outcome, or of a strategic merge patch itself. */
export function patchStrictness(
  call: ApiCall,
  findings: readonly string[],
  scope: RequestScope,
  wrong: unknown,
): void {
  if (!isRefused(call, findings, scope)) return;
  const value = typeof wrong === 'string' ? wrong : goText(withoutOrdered(wrong));
  const error = fieldErrors.invalid('patch', value, `strict decoding error: ${findings.join(', ')}`);
  const { reason, field, message } = error;
  throw apiError('Invalid', ` "" is invalid: ${field}: ${message}`, {
    details: { causes: [{ reason, message, field }] },
  });
}

function isRefused(call: ApiCall, findings: readonly string[], scope: RequestScope): boolean {
  const mode = call.query.fieldValidation?.[0] ?? 'Warn';
  if (findings.length === 0 || mode === 'Ignore') return false;
  if (mode === 'Strict') return true;
  for (const finding of findings) scope.warn(finding);
  return false;
}

/** A patch as Kubernetes has it in hand by then: ordered lists are merged already, and gone. */
function withoutOrdered(patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const prefix = '$setElementOrder/';
  return Object.fromEntries(
    Object.entries(patch)
      .filter(([key]) => !key.startsWith(prefix) && !(`${prefix}${key}` in patch))
      .map(([key, value]) => [key, withoutOrdered(value)]),
  );
}

/** Go's `%+v` of what was JSON: `map[a:1 b:[x y]]`. */
function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isObject(value)) return String(value);
  const keys = Object.keys(value).sort();
  return `map[${keys.map((key) => `${key}:${goText(value[key])}`).join(' ')}]`;
}
