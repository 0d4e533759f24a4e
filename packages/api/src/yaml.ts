import {
  type Document,
  isCollection,
  isNode,
  isScalar,
  Lexer,
  LineCounter,
  parseAllDocuments,
  type ScalarTag,
  visit,
} from 'yaml';
import { ApiError, type KubeObject } from './contract.js';
import { depthMax, duplicateFields, isDeeperThan, isObject, parseJson } from './json.js';
import { statusErrors } from './status-errors.js';

/**
 * The first YAML document as a value (JSON is YAML too); as in Kubernetes, others are not looked at. Throws ApiError 400 with line and
 * column.
 */
export function parseYaml(text: string): unknown {
  const quick = asJson(text);
  if (quick !== undefined) return quick;
  return documents(text.slice(0, shallowEnd(text)))[0];
}

/** Appliers send JSON as YAML (kubectl, client-go): that is read thirty times as fast. Undefined where only YAML can say what is meant. */
function asJson(text: string): unknown {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const value = parseJson(new TextEncoder().encode(text));
    return duplicateFields(text).length === 0 ? value : undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return undefined;
  }
}

/** Every object of a manifest: several documents, and Lists opened. */
export function parseManifests(bytes: Uint8Array): KubeObject[] {
  const text = new TextDecoder().decode(bytes);
  shallowEnd(text, 'all');
  return documents(text).flatMap((document) => {
    if (document === null || document === undefined) return [];
    if (isObject(document) && document.kind === 'List' && Array.isArray(document.items))
      return document.items.map(manifest);
    return [manifest(document)];
  });
}

/** Deeper nesting than `depthMax` and this is refused before the parser, which recurses, sees it. */
const indentationMax = 400;
/** Marks that the lexer puts in: a document begins; the next token is the text of a plain or block scalar. */
const documentMark = '\x02';
const scalarMark = '\x1f';
/** Tokens that do not stand in the text: these, and the end of a flow that has none. */
const marks: ReadonlySet<string> = new Set([documentMark, scalarMark, '\x18']);

/**
 * One walk over the tokens: brackets of flow style, indentation and `- - -` of block style. Brackets and spaces
 * inside strings, block scalars and comments are text: they are single tokens. The lexer does not recurse. Gives where the first
 * document ends, unless `all` are wanted: so 3 MiB of `---` cost no more than they say.
 */
function shallowEnd(text: string, wanted: 'first' | 'all' = 'first'): number {
  let end = 0;
  let hasContent = false;
  let flow = 0;
  let indentation: number | undefined = 0;
  let isText = false;
  for (const token of new Lexer().lex(text)) {
    const isMark = marks.has(token) && !isText;
    if (wanted === 'first' && !isText && hasContent && (token === '---' || token === '...')) return end;
    hasContent ||= isText || !(isMark || /^(---|\.\.\.|#.*|%.*|\s*)$/s.test(token));
    if (!isMark) end += token.length;
    if (isText) {
      isText = false;
      indentation = token.endsWith('\n') ? 0 : undefined;
      continue;
    }
    isText = token === scalarMark;
    if (token === '[' || token === '{') flow += 1;
    else if ((token === ']' || token === '}') && flow > 0) flow -= 1;
    if (token === '\n' || token === '\r\n' || token === documentMark) indentation = 0;
    else if (indentation !== undefined)
      indentation = /^[- ?]+$/.test(token) ? indentation + token.length : undefined;
    if (flow > depthMax || (indentation ?? 0) > indentationMax) throw tooDeep();
  }
  return text.length;
}

function tooDeep() {
  return statusErrors.badRequest(`error converting YAML to JSON: nested deeper than ${depthMax} levels`);
}

/** `defaultMode: 0644` is octal, as in YAML 1.1, which Kubernetes reads: 420 and not 644. */
const octal: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:int',
  format: 'OCT',
  test: /^[-+]?0[0-7]+$/,
  resolve: (text) => Number.parseInt(text, 8),
};

function documents(text: string): unknown[] {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    version: '1.2',
    schema: 'core',
    merge: true,
    // Looked for below: the parser compares each key with all before it.
    uniqueKeys: false,
    lineCounter: lines,
    customTags: (tags) => [octal, ...tags],
  });
  if (!Array.isArray(parsed)) return [];
  return parsed.map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw unreadable(error.message);
    assertKeys(document, lines);
    return inJson(document);
  });
}

function unreadable(why: string) {
  return statusErrors.badRequest(`error converting YAML to JSON: yaml: ${why}`);
}

/** Keys are scalars, as in JSON, and none stands twice in one map. */
function assertKeys(document: Document, lines: LineCounter): void {
  visit(document, {
    Map: (_key, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const at = isNode(key) && key.range ? lines.linePos(key.range[0]).line : 0;
        if (isCollection(key)) throw unreadable(`line ${at}: a key has to be a string`);
        const name = String(isScalar(key) ? key.value : key);
        if (seen.has(name)) throw unreadable(`line ${at}: key ${JSON.stringify(name)} already set in map`);
        seen.add(name);
      }
    },
  });
}

/** Aliases are bounded, because each multiplies what it stands for, and may not be part of what they stand for. */
function inJson(document: Document): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (isDeeperThan(value, depthMax)) throw tooDeep();
    return value;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw unreadable(error.message);
  }
}

function manifest(value: unknown): KubeObject {
  if (!isKubeObject(value))
    throw statusErrors.badRequest('a manifest wants apiVersion, kind and metadata.name');
  for (const field of ['name', 'generateName', 'namespace'] as const) {
    const given: unknown = value.metadata[field];
    if (given === undefined || given === null || typeof given === 'string') continue;
    const type = typeof given === 'boolean' ? 'bool' : Array.isArray(given) ? 'array' : typeof given;
    throw statusErrors.badRequest(
      `${value.kind} in version "${value.apiVersion}" cannot be handled as a ${value.kind}: json: cannot unmarshal ${type} into Go struct field ObjectMeta.metadata.${field} of type string`,
    );
  }
  return value;
}

export function isKubeObject(value: unknown): value is KubeObject {
  if (!isObject(value) || typeof value.apiVersion !== 'string' || typeof value.kind !== 'string')
    return false;
  return isObject(value.metadata);
}
