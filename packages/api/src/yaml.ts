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

/** Deeper nesting than this is refused before the parser, which recurses, sees it. */
const depthMax = 100;
const indentationMax = 400;

/**
 * One walk over the text: brackets of flow style, indentation and `- - -` of block style. Quotes are not
 * looked at: what is refused is far beyond any object.
 */
function assertShallow(text: string): void {
  let flow = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '[' || letter === '{') flow += 1;
    else if ((letter === ']' || letter === '}') && flow > 0) flow -= 1;
    else if (letter === '\n') {
      const start = at + 1;
      while (text[at + 1] === ' ' || (text[at + 1] === '-' && text[at + 2] === ' ')) at += 1;
      if (at + 1 - start > indentationMax) throw tooDeep();
    }
    if (flow > depthMax) throw tooDeep();
  }
}

function tooDeep() {
  return statusErrors.badRequest(`error converting YAML to JSON: nested deeper than ${depthMax} levels`);
}

function documents(text: string): unknown[] {
  assertShallow(text);
  const parsed = parseAllDocuments(text, { version: '1.2', schema: 'core', merge: true, uniqueKeys: true });
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
