import { createHash } from 'node:crypto';
import { groupVersionOf, groupVersions, hasType, type KindInfo } from '@kubelab/api';
import { encodeSwagger } from './gnostic.js';
import { commonTypes, listSchema, patchSchema, pathsFor, subresourceBody } from './paths.js';
import { collect, type Dialect, gvk, type Schemas } from './schemas.js';

export interface Document {
  readonly body: Uint8Array;
  readonly hash: string;
}

/**
 * Kinds that are not in the tables, with their schemas: those of CustomResourceDefinitions. Schemas are written as OpenAPI 3.0
 * has them (for v2: what it knows of that) and refer to nothing but each other.
 */
export interface ExtraKind {
  readonly kind: KindInfo;
  readonly schema: Readonly<Record<string, unknown>>;
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
      const value = await openapiV3(kinds, [], turn);
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
    this.#swagger ??= swaggerOf(kinds, [], turn);
    return this.#swagger;
  }

  #once(name: string, make: () => Promise<Document>): Promise<Document> {
    const known = this.#made.get(name) ?? make();
    this.#made.set(name, known);
    return known;
  }
}

/**
 * The tables' documents and those of `extra`: what is not touched by it is not made again, so that it may be called whenever a
 * definition comes or goes.
 */
export function documentsWith(extra: readonly ExtraKind[]): Documents {
  const tables = tableDocuments();
  const extraOf = (name: string) => extra.filter(({ kind }) => documentName(kind) === name);
  const kindsOf = (name: string) => groupVersions().find((one) => documentName(one) === name)?.kinds ?? [];
  const names = [...new Set([...tables.names, ...extra.map(({ kind }) => documentName(kind))])];
  return {
    names,
    v3: async (name, turn) => {
      const own = extraOf(name);
      if (own.length === 0) return tables.v3(name, turn);
      const value = await openapiV3(kindsOf(name), own, turn);
      return document(Buffer.from(JSON.stringify(value)));
    },
    v2: async (form, turn) => {
      if (extra.length === 0) return tables.v2(form, turn);
      const more = await swaggerOf([], extra, turn);
      if (form === 'protobuf') {
        const [base, bytes] = [await tables.v2(form, turn), await encodeSwagger(more, turn)];
        // Two messages laid end to end are one with the fields of both: the way of protobuf.
        return document(Buffer.concat([base.body, bytes]));
      }
      const base = await tables.swagger(turn);
      const definitions = { ...base.definitions, ...more.definitions };
      return document(
        Buffer.from(JSON.stringify({ ...base, paths: { ...base.paths, ...more.paths }, definitions })),
      );
    },
  };
}

function documentName(one: { readonly group: string; readonly version: string }): string {
  return `${one.group === '' ? 'api' : 'apis'}/${groupVersionOf(one)}`;
}

function document(bytes: Uint8Array): Document {
  const hash = createHash('sha256').update(bytes).digest('hex').toUpperCase();
  return { body: new Uint8Array(bytes), hash };
}

async function openapiV3(
  kinds: readonly KindInfo[],
  extra: readonly ExtraKind[],
  turn: Turn,
): Promise<object> {
  const schemas = await allSchemas('v3', kinds, extra, turn);
  return {
    openapi: '3.0.0',
    info,
    paths: await allPaths('v3', kinds, extra, turn),
    components: { schemas },
  };
}

export interface Swagger {
  readonly swagger: '2.0';
  readonly info: typeof info;
  readonly paths: Readonly<Record<string, object>>;
  readonly definitions: Schemas;
}

async function swaggerOf(
  kinds: readonly KindInfo[],
  extra: readonly ExtraKind[],
  turn: Turn,
): Promise<Swagger> {
  const definitions = await allSchemas('v2', kinds, extra, turn);
  return { swagger: '2.0', info, paths: await allPaths('v2', kinds, extra, turn), definitions };
}

async function allPaths(
  dialect: Dialect,
  kinds: readonly KindInfo[],
  extra: readonly ExtraKind[],
  turn: Turn,
): Promise<Record<string, object>> {
  const all: [string, object][] = [];
  for (const kind of [...kinds, ...extra.map((one) => one.kind)]) {
    all.push(...pathsFor(dialect, kind));
    await turn();
  }
  return Object.fromEntries(all);
}

async function allSchemas(
  dialect: Dialect,
  kinds: readonly KindInfo[],
  extra: readonly ExtraKind[],
  turn: Turn,
): Promise<Schemas> {
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
  for (const { kind, schema } of extra)
    schemas[kind.schema] = { ...schema, 'x-kubernetes-group-version-kind': [gvk(kind)] };
  return schemas;
}
