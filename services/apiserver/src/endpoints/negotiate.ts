import { createHash } from 'node:crypto';
import {
  bodyBytesMax,
  duplicateFields,
  isObject,
  type KindInfo,
  parseJson,
  parseYaml,
  statusErrors,
} from '@kubelab/api';
import type { MetaVersion } from '../printers/partial.js';
import { decodeProtobuf } from '../protobuf/decode.js';
import { encodeProtobuf } from '../protobuf/encode.js';
import { ProtobufError } from '../protobuf/reader.js';
import type { ApiCall, ApiReply } from './contract.js';
import { readBoolean } from './list-options.js';
import { yamlText } from './yaml-text.js';

const encoder = new TextEncoder();
const jsonType = 'application/json';
const yamlType = 'application/yaml';
export const protobufType = 'application/vnd.kubernetes.protobuf';
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
  readonly type: typeof jsonType | typeof yamlType | typeof protobufType;
  /** Of Table and PartialObjectMetadata. */
  readonly version: MetaVersion;
}

/**
 * The first of the Accept header's preferences that can be served; 406 when none can. As protobuf are served kinds with a
 * message, and the metadata of all; no Table. `kind` undefined: a Status.
 */
export function acceptedForm(accept: string | undefined, kind?: KindInfo): AcceptedForm {
  const preferences = (accept ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map(parsedPreference)
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  if (preferences.length === 0) return jsonForm;
  for (const { type, values } of preferences) {
    const { as = '', v = 'v1', g } = values;
    if (type === '*/*' || type === 'application/*') return jsonForm;
    if (type === yamlType && as === '') return { ...jsonForm, type: yamlType };
    if (type !== jsonType && type !== protobufType) continue;
    if (as === '' && type === protobufType && kind?.custom !== undefined) continue;
    if (as === '') return { ...jsonForm, type };
    if (g !== 'meta.k8s.io' || (v !== 'v1' && v !== 'v1beta1')) continue;
    if (as === 'Table' && type === jsonType) return { form: 'table', type, version: v };
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList')
      return { form: 'partial', type, version: v };
  }
  throw statusErrors.notAcceptable(kind?.custom === undefined ? [...accepted, protobufType] : accepted);
}

/** Of a Status about something that went wrong, be it that no form is acceptable. */
export function errorForm(accept: string | undefined): AcceptedForm {
  try {
    return { ...acceptedForm(accept), form: 'object' };
  } catch {
    return jsonForm;
  }
}

function parsedPreference(text: string): {
  type: string;
  quality: number;
  values: Readonly<Record<string, string>>;
} {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const values = Object.fromEntries(
    parameters.map((parameter) => {
      const [name = '', value = ''] = parameter.split('=', 2);
      return [name.trim(), value.trim()] as const;
    }),
  );
  const quality = Number(values.q ?? 1);
  return { type, values, quality: Number.isNaN(quality) ? 1 : quality };
}

/** What of its object a row carries. Throws 400. */
export function includeObjectOf(call: ApiCall): string {
  const wanted = call.query.includeObject?.[0] ?? '';
  if (wanted === '') return 'Metadata';
  if (['None', 'Metadata', 'Object'].includes(wanted)) return wanted;
  const detail = "must be 'Metadata', 'Object', 'None', or empty";
  throw statusErrors.badRequest(`includeObject: Invalid value: ${JSON.stringify(wanted)}: ${detail}`);
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

/** A whole answer: one object. */
export function reply(
  call: ApiCall,
  code: number,
  value: object,
  form: AcceptedForm,
  headers: Readonly<Record<string, string>> = {},
): ApiReply & { readonly body: Uint8Array } {
  if (form.type === protobufType)
    return { code, headers: { 'content-type': form.type, ...headers }, body: encodeProtobuf(value) };
  const pretty = wantsPretty(call);
  const text =
    form.type === yamlType
      ? yamlText(value)
      : `${pretty ? JSON.stringify(value, null, 2) : JSON.stringify(value)}\n`;
  return { code, headers: { 'content-type': form.type, ...headers }, body: encoder.encode(text) };
}

/** Indented: `?pretty`, or a tool that people use by hand. */
export function wantsPretty(call: ApiCall): boolean {
  if (call.query.pretty !== undefined) return readBoolean(call.query, 'pretty');
  return /^(curl|Wget|Mozilla\/5\.0)/.test(call.headers['user-agent'] ?? '');
}

/** With the hash of its body as ETag: 304 for who has it already. */
export function taggedReply(
  call: ApiCall,
  answer: ApiReply & { readonly body: Uint8Array },
  hash = createHash('sha512').update(answer.body).digest('hex').toUpperCase(),
): ApiReply {
  const etag = `"${hash}"`;
  const headers: Record<string, string> = { 'cache-control': 'public', ...answer.headers, etag };
  const known = (call.headers['if-none-match'] ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  if (!known.includes(etag)) return { ...answer, headers };
  const { 'content-type': _none, ...rest } = headers;
  return { code: 304, headers: rest, body: new Uint8Array(0) };
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

export const jsonForm: AcceptedForm = { form: 'object', type: jsonType, version: 'v1' };

/** Protobuf is for kinds with a message of their own. */
export function assertBodyType(call: ApiCall, kind: KindInfo): void {
  if (kind.custom !== undefined && contentType(call) === protobufType)
    throw statusErrors.unsupportedMediaType(accepted);
}

/** A DeleteOptions body, or none. */
export function optionalBody(call: ApiCall): Record<string, unknown> {
  if (call.body.byteLength === 0) return {};
  const { value } = parseBody(call);
  if (!isObject(value)) throw statusErrors.badRequest('the body must be an object');
  return value;
}
