import { parseAllDocuments } from 'yaml';
import type { KubeObject } from './contract.js';
import { isObject } from './json.js';
import { statusErrors } from './status-errors.js';

/** One YAML document as a value (JSON is YAML too). Throws ApiError 400 with line and column. */
export function parseYaml(text: string): unknown {
  return documents(text)[0];
}

/** Every object of a manifest: several documents, and Lists opened. */
export function parseManifests(bytes: Uint8Array): KubeObject[] {
  return documents(new TextDecoder().decode(bytes)).flatMap((document) => {
    if (document === null || document === undefined) return [];
    if (isObject(document) && document.kind === 'List' && Array.isArray(document.items))
      return document.items.map(manifest);
    return [manifest(document)];
  });
}

function documents(text: string): unknown[] {
  const parsed = parseAllDocuments(text, { version: '1.1', merge: true, uniqueKeys: true });
  if (!Array.isArray(parsed)) return [];
  return parsed.map((document) => {
    const [error] = document.errors;
    if (error !== undefined)
      throw statusErrors.badRequest(`error converting YAML to JSON: yaml: ${error.message}`);
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  });
}

function manifest(value: unknown): KubeObject {
  if (!isKubeObject(value))
    throw statusErrors.badRequest('a manifest wants apiVersion, kind and metadata.name');
  return value;
}

export function isKubeObject(value: unknown): value is KubeObject {
  if (!isObject(value) || typeof value.apiVersion !== 'string' || typeof value.kind !== 'string')
    return false;
  return isObject(value.metadata);
}
