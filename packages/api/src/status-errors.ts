import {
  ApiError,
  type FieldError,
  type KindInfo,
  type Status,
  type StatusCause,
  type StatusReason,
} from './contract.js';
import { qualifiedResource } from './kinds.js';

type Details = NonNullable<Status['details']>;
type Resource = Pick<KindInfo, 'group' | 'resource'>;

const codes: Readonly<Record<StatusReason, number>> = {
  '': 500,
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServerTimeout: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
};

/** A Status of any reason, with Kubernetes' code for it. */
export function apiError(
  reason: StatusReason,
  message: string,
  more: { details?: Details; code?: number; continue?: string } = {},
): ApiError {
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: more.continue === undefined ? {} : { continue: more.continue },
    status: 'Failure',
    message,
    ...(reason === '' ? {} : { reason }),
    ...(more.details === undefined ? {} : { details: more.details }),
    code: more.code ?? codes[reason],
  });
}

function about(resource: Resource, name: string): Details {
  return {
    ...(name === '' ? {} : { name }),
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.resource,
  };
}

/** Kubernetes' errors with their exact texts (k8s.io/apimachinery api/errors). */
export const statusErrors = {
  badRequest: (message: string) => apiError('BadRequest', message),
  unauthorized: () => apiError('Unauthorized', 'Unauthorized'),
  forbidden: (resource: Resource, name: string, why: string, causes?: StatusCause[]) =>
    apiError(
      'Forbidden',
      `${qualifiedResource(resource)}${name === '' ? '' : ` "${name}"`} is forbidden: ${why}`,
      {
        details: { ...about(resource, name), ...(causes === undefined ? {} : { causes }) },
      },
    ),
  notFound: (resource: Resource, name: string) =>
    apiError('NotFound', `${qualifiedResource(resource)} "${name}" not found`, {
      details: about(resource, name),
    }),
  alreadyExists: (resource: Resource, name: string) =>
    apiError('AlreadyExists', `${qualifiedResource(resource)} "${name}" already exists`, {
      details: about(resource, name),
    }),
  conflict: (resource: Resource, name: string, why: string) =>
    apiError(
      'Conflict',
      `Operation cannot be fulfilled on ${qualifiedResource(resource)} "${name}": ${why}`,
      { details: about(resource, name) },
    ),
  modified: (resource: Resource, name: string) =>
    statusErrors.conflict(
      resource,
      name,
      'the object has been modified; please apply your changes to the latest version and try again',
    ),
  invalid: (kind: Pick<KindInfo, 'group' | 'kind'>, name: string, errors: readonly FieldError[]) => {
    const texts = errors.map((error) => `${error.field}: ${error.message}`);
    const text = texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
    const label = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
    const causes = errors.map(({ reason, field, message }) => ({ reason, message, field }));
    return apiError('Invalid', `${label} "${name}" is invalid: ${text}`, {
      details: { name, ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.kind, causes },
    });
  },
  methodNotAllowed: (resource: Resource, verb: string) =>
    apiError(
      'MethodNotAllowed',
      `${verb} is not supported on resources of kind "${qualifiedResource(resource)}"`,
      {
        details: { ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.resource },
      },
    ),
  notAcceptable: (accepted: readonly string[]) =>
    apiError('NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`),
  unsupportedMediaType: (accepted: readonly string[]) =>
    apiError(
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    ),
  tooLarge: (limitBytes: number) =>
    apiError('RequestEntityTooLarge', `Request entity too large: limit is ${limitBytes}`),
  tooManyRequests: (message: string, retryAfterSeconds: number) =>
    apiError('TooManyRequests', message, { details: { retryAfterSeconds } }),
  expired: (message: string, continueToken?: string) =>
    apiError('Expired', message, continueToken === undefined ? {} : { continue: continueToken }),
  timeout: (message: string, retryAfterSeconds?: number) =>
    apiError(
      'Timeout',
      `Timeout: ${message}`,
      retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } },
    ),
  tooLargeResourceVersion: (wanted: number, current: number) =>
    apiError('Timeout', `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
      details: {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        retryAfterSeconds: 1,
      },
    }),
  serviceUnavailable: (message: string) => apiError('ServiceUnavailable', message),
  internal: (message: string) =>
    apiError('InternalError', `Internal error occurred: ${message}`, { details: { causes: [{ message }] } }),
} as const;

/** Findings of validation, worded as Kubernetes' field errors. */
export const fieldErrors = {
  required: (field: string, detail = ''): FieldError => ({
    reason: 'FieldValueRequired',
    field,
    message: detail === '' ? 'Required value' : `Required value: ${detail}`,
  }),
  invalid: (field: string, value: unknown, detail: string): FieldError => ({
    reason: 'FieldValueInvalid',
    field,
    message: `Invalid value: ${show(value)}: ${detail}`,
  }),
  notSupported: (field: string, value: unknown, supported: readonly string[]): FieldError => ({
    reason: 'FieldValueNotSupported',
    field,
    message: `Unsupported value: ${show(value)}: supported values: ${supported.map((one) => `"${one}"`).join(', ')}`,
  }),
  duplicate: (field: string, value: unknown, detail = ''): FieldError => ({
    reason: 'FieldValueDuplicate',
    field,
    message: `Duplicate value: ${show(value)}${detail === '' ? '' : `: ${detail}`}`,
  }),
  forbidden: (field: string, detail: string): FieldError => ({
    reason: 'FieldValueForbidden',
    field,
    message: `Forbidden: ${detail}`,
  }),
  notFound: (field: string, value: unknown): FieldError => ({
    reason: 'FieldValueNotFound',
    field,
    message: `Not found: ${show(value)}`,
  }),
  tooMany: (field: string, count: number, max: number): FieldError => ({
    reason: 'FieldValueTooMany',
    field,
    message: `Too many: ${count}: must have at most ${max} items`,
  }),
  tooLong: (field: string, max: number): FieldError => ({
    reason: 'FieldValueTooLong',
    field,
    message: `Too long: may not be more than ${max} bytes`,
  }),
} as const;

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}
