import { bodyBytesMax, duplicateFields, isObject, parseJson, parseYaml, statusErrors } from '@kubelab/api';
import { stringify } from 'yaml';
import { decodeProtobuf } from '../protobuf/decode.js';
import { ProtobufError } from '../protobuf/reader.js';
import type { ApiCall, ApiReply } from './contract.js';

const encoder = new TextEncoder();
const jsonType = 'application/json';
const yamlType = 'application/yaml';
const protobufType = 'application/vnd.kubernetes.protobuf';
const accepted = [jsonType, yamlType];
export const patchTypes = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
} as const;

/** In what form an answer is wanted. */
export interface AcceptedForm {
  readonly form: 'object' | 'table' | 'partial';
  readonly type: typeof jsonType | typeof yamlType;
}

/** The first of the Accept header's preferences that can be served; 406 when none can. */
export function acceptedForm(accept: string | undefined): AcceptedForm {
  const preferences = (accept ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  if (preferences.length === 0) return { form: 'object', type: jsonType };
  for (const preference of preferences) {
    const [type = '', ...parameters] = preference.split(';').map((part) => part.trim());
    const values = Object.fromEntries(parameters.map((parameter) => parameter.split('=', 2)));
    const as = typeof values.as === 'string' ? values.as : '';
    if (type === '*/*' || type === 'application/*') return { form: 'object', type: jsonType };
    if (type === yamlType && as === '') return { form: 'object', type: yamlType };
    if (type !== jsonType) continue;
    if (as === '') return { form: 'object', type: jsonType };
    if (as === 'Table' && values.g === 'meta.k8s.io') return { form: 'table', type: jsonType };
    if (as.startsWith('PartialObjectMetadata') && values.g === 'meta.k8s.io')
      return { form: 'partial', type: jsonType };
  }
  throw statusErrors.notAcceptable([...accepted, protobufType]);
}

/** The media type of a body, without parameters. */
export function contentType(call: ApiCall): string {
  return (call.headers['content-type'] ?? jsonType).split(';')[0]?.trim() ?? jsonType;
}

export interface ParsedBody {
  readonly value: unknown;
  /** `duplicate field "spec.replicas"` */
  readonly duplicates: readonly string[];
}

export function parseBody(call: ApiCall): ParsedBody {
  const type = contentType(call);
  if (call.body.byteLength > bodyBytesMax) throw statusErrors.tooLarge(bodyBytesMax);
  if (type === yamlType || type === 'application/apply-patch+yaml') {
    return { value: parseYaml(new TextDecoder().decode(call.body)), duplicates: [] };
  }
  if (type === protobufType) return { value: fromProtobuf(call.body), duplicates: [] };
  if (type !== jsonType && !(type in patchTypes))
    throw statusErrors.unsupportedMediaType([...accepted, protobufType]);
  const value = parseJson(call.body);
  return { value, duplicates: duplicateFields(new TextDecoder().decode(call.body)) };
}

function fromProtobuf(body: Uint8Array): unknown {
  try {
    return decodeProtobuf(body);
  } catch (error) {
    if (error instanceof ProtobufError) throw statusErrors.badRequest(error.message);
    throw error;
  }
}

/** A whole answer: one object. Indented for people: `?pretty`, or a tool that people use. */
export function reply(
  call: ApiCall,
  code: number,
  value: unknown,
  form: AcceptedForm,
  headers: Readonly<Record<string, string>> = {},
): ApiReply {
  const agent = call.headers['user-agent'] ?? '';
  const wanted = call.query.pretty?.[0];
  const pretty = wanted === undefined ? /^(curl|Wget)\//.test(agent) : wanted !== 'false' && wanted !== '0';
  const text =
    form.type === yamlType
      ? stringify(value)
      : `${pretty ? JSON.stringify(value, null, 2) : JSON.stringify(value)}\n`;
  return { code, headers: { 'content-type': form.type, ...headers }, body: encoder.encode(text) };
}

export function textReply(
  code: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): ApiReply {
  return {
    code,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...headers },
    body: encoder.encode(text),
  };
}

export const jsonForm: AcceptedForm = { form: 'object', type: jsonType };

/** A DeleteOptions body, or none. */
export function optionalBody(call: ApiCall): Record<string, unknown> {
  if (call.body.byteLength === 0) return {};
  const { value } = parseBody(call);
  if (!isObject(value)) throw statusErrors.badRequest('the body must be an object');
  return value;
}
