import { type KindInfo, propertiesOf, type Schema } from '@kubelab/api';
import { type Document, documentOf, makeDocument } from '../openapi/documents.js';
import { collect, gvk } from '../openapi/schemas.js';
import { openApiName, type ServedVersion } from './custom-kind.js';

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const listMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta';
const apiVersion = {
  type: 'string',
  description: 'Group and version that this object is written in, as GROUP/VERSION.',
};
const kindField = {
  type: 'string',
  description: 'What sort of resource this object is; it cannot be changed.',
};

/** OpenAPI v3 of one group and version of custom resources. */
export function customDocument(group: string, version: string, served: readonly ServedVersion[]): Document {
  const schemas: Record<string, unknown> = {};
  const kinds = served.map(({ kind, schema }): KindInfo => {
    const name = openApiName(group, version, kind.kind);
    schemas[name] = resourceSchema(schema, kind);
    schemas[`${name}List`] = listSchema(name, kind);
    return { ...kind, schema: name };
  });
  collect('v3', objectMeta, schemas);
  collect('v3', listMeta, schemas);
  return makeDocument(documentOf(kinds, schemas));
}

function ref(name: string): object {
  return { allOf: [{ $ref: `#/components/schemas/${name}` }] };
}

function resourceSchema(schema: Schema, kind: KindInfo): object {
  const metadata = {
    ...ref(objectMeta),
    description: 'Name, namespace, labels and what else every object has.',
  };
  return {
    ...schema,
    properties: { ...Object.fromEntries(propertiesOf(schema)), apiVersion, kind: kindField, metadata },
    'x-kubernetes-group-version-kind': [gvk(kind)],
  };
}

function listSchema(name: string, kind: KindInfo): object {
  return {
    type: 'object',
    required: ['items'],
    description: `A list of ${kind.kind}.`,
    properties: {
      apiVersion,
      kind: kindField,
      metadata: ref(listMeta),
      items: { type: 'array', items: ref(name), description: `Every ${kind.kind} that was found.` },
    },
    'x-kubernetes-group-version-kind': [{ ...gvk(kind), kind: kind.listKind }],
  };
}
