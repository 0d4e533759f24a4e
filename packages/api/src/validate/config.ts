import type { FieldError } from '../contract.js';
import type { ConfigMap, Secret } from '../generated/types.js';
import { deepEqual } from '../json.js';
import { fieldErrors } from '../status-errors.js';
import { immutableErrors } from './common.js';

const dataBytesMax = 2 ** 20;
const keyBytesMax = 253;
const dataKey = /^[-._a-zA-Z0-9]+$/;
const keyText =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

type Texts = Readonly<Record<string, string>>;

export function configMapErrors(object: ConfigMap, old: ConfigMap | undefined): FieldError[] {
  const { data = {}, binaryData = {} } = object;
  const errors = [...keyErrors('data', data), ...keyErrors('binaryData', binaryData)];
  for (const key of Object.keys(binaryData))
    if (Object.hasOwn(data, key))
      errors.push(fieldErrors.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
  if (textBytes(data) + decodedBytes(binaryData) > dataBytesMax)
    errors.push(fieldErrors.tooLong('', dataBytesMax));
  return [...errors, ...frozenErrors(object, old, ['data', 'binaryData'])];
}

export function secretErrors(object: Secret, old: Secret | undefined): FieldError[] {
  const { data = {} } = object;
  const errors = keyErrors('data', data);
  if (decodedBytes(data) > dataBytesMax) errors.push(fieldErrors.tooLong('data', dataBytesMax));
  return [
    ...errors,
    ...typeErrors(object, data),
    ...(old === undefined ? [] : immutableErrors('type', object.type, old.type)),
    ...frozenErrors(object, old, ['data']),
  ];
}

function keyErrors(field: string, data: Texts): FieldError[] {
  return Object.keys(data).flatMap((key) =>
    keyDetails(key).map((detail) => fieldErrors.invalid(`${field}[${key}]`, key, detail)),
  );
}

function keyDetails(key: string): string[] {
  const details = Buffer.byteLength(key) > keyBytesMax ? [`must be no more than ${keyBytesMax} bytes`] : [];
  if (!dataKey.test(key)) details.push(keyText);
  if (key === '.' || key === '..') details.push(`must not be '${key}'`);
  else if (key.startsWith('..')) details.push("must not start with '..'");
  return details;
}

function textBytes(data: Texts): number {
  return Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

function decodedBytes(data: Texts): number {
  return Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text, 'base64'), 0);
}

/** What a secret of a known type holds, any of them. Types that nobody knows hold what they like. */
const wantedKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};

function typeErrors(object: Secret, data: Texts): FieldError[] {
  const missing = (keys: readonly string[]) =>
    keys.filter((key) => !Object.hasOwn(data, key)).map((key) => fieldErrors.required(`data[${key}]`));
  if (object.type === 'kubernetes.io/basic-auth') {
    const absent = missing(['username', 'password']);
    return absent.length === 2 ? absent : [];
  }
  if (object.type === 'kubernetes.io/service-account-token') {
    const annotation = 'kubernetes.io/service-account.name';
    if ((object.metadata.annotations?.[annotation] ?? '') !== '') return [];
    return [fieldErrors.required(`metadata.annotations[${annotation}]`)];
  }
  return missing(wantedKeys[object.type ?? ''] ?? []);
}

/** Once `immutable` is set, it stays set, and with it the data. */
function frozenErrors<T extends ConfigMap | Secret>(
  object: T,
  old: T | undefined,
  fields: readonly (keyof T & string)[],
): FieldError[] {
  if (old?.immutable !== true) return [];
  const detail = 'field is immutable when `immutable` is set';
  return [
    ...(object.immutable === true ? [] : [fieldErrors.forbidden('immutable', detail)]),
    ...fields.flatMap((field) =>
      deepEqual(object[field], old[field]) ? [] : [fieldErrors.forbidden(field, detail)],
    ),
  ];
}
