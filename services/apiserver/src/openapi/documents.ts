import { createHash } from 'node:crypto';
import { groupVersionOf, groupVersions, hasType, type KindInfo } from '@kubelab/api';
import { encodeSwagger } from './gnostic.js';
import { commonTypes, listSchema, patchSchema, pathsFor, subresourceBody } from './paths.js';
import { collect, type Dialect, gvk, type Schemas } from './schemas.js';

export interface Document {
  readonly body: Uint8Array;
  readonly hash: string;
}

/** Makes way for what else waits: documents are large, and nobody waits 50 ms for somebody else's. */
export type Turn = () => Promise<void>;

export interface Documents {
  /** `apis/apps/v1`, ... */
  readonly names: readonly string[];
  v3(name: string, turn: Turn): Promise<Document | undefined>;
  v2(form: 'json' | 'protobuf', turn: Turn): Promise<Document>;
}

const info = { title: 'Kubernetes', version: 'v1.33.0' };

let own: Tables | undefined;

/** What the tables alone make: made once for all apiservers of a process. */
export function tableDocuments(): Tables {
  own ??= new Tables();
  return own;
}

class Tables implements Documents {
  readonly #groups = groupVersions();
  readonly #made = new Map<string, Promise<Document>>();
  #swagger: Promise<Swagger> | undefined;
  readonly names = this.#groups.map(documentName);

  async v3(name: string, turn: Turn): Promise<Document | undefined> {
    const kinds = this.#groups.find((one) => documentName(one) === name)?.kinds;
    if (kinds === undefined) return undefined;
    return this.#once(name, async () => {
      const value = await openapiV3(kinds, turn);
      return document(Buffer.from(JSON.stringify(value)));
    });
  }

  v2(form: 'json' | 'protobuf', turn: Turn): Promise<Document> {
    return this.#once(form, async () => {
      const value = await this.swagger(turn);
      await turn();
      if (form === 'json') return document(Buffer.from(JSON.stringify(value)));
      return document(await encodeSwagger(value, turn));
    });
  }

  swagger(turn: Turn): Promise<Swagger> {
    const kinds = this.#groups.flatMap((one) => one.kinds);
    this.#swagger ??= swaggerOf(kinds, turn);
    return this.#swagger;
  }

  #once(name: string, make: () => Promise<Document>): Promise<Document> {
    const known = this.#made.get(name) ?? make();
    this.#made.set(name, known);
    return known;
  }
}

/** The tables' documents and those of custom resources, which v3 alone has: each is a document of its own. */
export function documentsWith(custom: ReadonlyMap<string, Document>): Documents {
  const tables = tableDocuments();
  return {
    names: [...tables.names, ...custom.keys()],
    v3: async (name, turn) => custom.get(name) ?? tables.v3(name, turn),
    v2: (form, turn) => tables.v2(form, turn),
  };
}

/** Of schemas that are there already; kinds refer to theirs by `schema`. */
export function documentOf(kinds: readonly KindInfo[], schemas: object): object {
  const paths = Object.fromEntries(kinds.flatMap((kind) => pathsFor('v3', kind)));
  return { openapi: '3.0.0', info, paths, components: { schemas } };
}

export function makeDocument(value: object): Document {
  return document(Buffer.from(JSON.stringify(value)));
}

function documentName(one: { readonly group: string; readonly version: string }): string {
  return `${one.group === '' ? 'api' : 'apis'}/${groupVersionOf(one)}`;
}

function document(bytes: Uint8Array): Document {
  const hash = createHash('sha256').update(bytes).digest('hex').toUpperCase();
  return { body: new Uint8Array(bytes), hash };
}

async function openapiV3(kinds: readonly KindInfo[], turn: Turn): Promise<object> {
  const schemas = await allSchemas('v3', kinds, turn);
  return {
    openapi: '3.0.0',
    info,
    paths: await allPaths('v3', kinds, turn),
    components: { schemas },
  };
}

export interface Swagger {
  readonly swagger: '2.0';
  readonly info: typeof info;
  readonly paths: Readonly<Record<string, object>>;
  readonly definitions: Schemas;
}

async function swaggerOf(kinds: readonly KindInfo[], turn: Turn): Promise<Swagger> {
  const definitions = await allSchemas('v2', kinds, turn);
  return { swagger: '2.0', info, paths: await allPaths('v2', kinds, turn), definitions };
}

async function allPaths(
  dialect: Dialect,
  kinds: readonly KindInfo[],
  turn: Turn,
): Promise<Record<string, object>> {
  const all: [string, object][] = [];
  for (const kind of kinds) {
    all.push(...pathsFor(dialect, kind));
    await turn();
  }
  return Object.fromEntries(all);
}

async function allSchemas(dialect: Dialect, kinds: readonly KindInfo[], turn: Turn): Promise<Schemas> {
  const schemas: Schemas = {};
  for (const kind of kinds) {
    collect(dialect, kind.schema, schemas, [gvk(kind)]);
    await turn();
  }
  for (const kind of kinds) {
    const list = listSchema(kind);
    if (hasType(list)) collect(dialect, list, schemas, [{ ...gvk(kind), kind: kind.listKind }]);
    for (const { name, of } of kind.subresources.flatMap((sub) => subresourceBody(kind, sub)))
      collect(dialect, name, schemas, [of]);
  }
  for (const name of commonTypes) collect(dialect, name, schemas);
  schemas[patchSchema[0]] = patchSchema[1];
  return schemas;
}
