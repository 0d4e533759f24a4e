import { isObject } from '@kubelab/api';
import { boolField, messageField, type Piece, textField } from '../protobuf/writer.js';
import type { Swagger, Turn } from './documents.js';

/** Paths or definitions encoded in one turn of the event loop. */
const entriesPerTurn = 4;

/**
 * A Swagger document in the protobuf form of gnostic (openapi.v2, OpenAPIv2.proto of google/gnostic-models): the only one that
 * kubectl up to 1.28 asks for. Of the format, what our documents use.
 */
export async function encodeSwagger(document: Swagger, turn: Turn): Promise<Uint8Array> {
  const { info, paths, definitions } = document;
  const encoded = async (
    field: number,
    entries: readonly [string, unknown][],
    pieces: (value: unknown) => Piece[],
  ) => {
    const all: Piece[] = [];
    for (const [name, value] of entries) {
      all.push(named(field, name, pieces(value)));
      if (all.length % entriesPerTurn === 0) await turn();
    }
    return all;
  };
  return Buffer.concat([
    textField(1, document.swagger),
    messageField(2, [textField(1, info.title), textField(2, info.version)]),
    messageField(8, await encoded(2, Object.entries(paths), pathItem)),
    messageField(9, await encoded(1, Object.entries(definitions), schema)),
  ]);
}

/** NamedX: the entry of a map. */
function named(field: number, name: string, value: readonly Piece[]): Piece {
  return messageField(field, [textField(1, name), messageField(2, value)]);
}

const methods: Readonly<Record<string, number>> = { get: 2, put: 3, post: 4, delete: 5, patch: 8 };

function pathItem(item: unknown): Piece[] {
  if (!isObject(item)) return [];
  const operations = Object.entries(methods).flatMap(([method, field]) => {
    const found = item[method];
    return isObject(found) ? [messageField(field, operation(found))] : [];
  });
  return [...operations, ...list(item.parameters).map((one) => messageField(9, parametersItem(one)))];
}

function operation(item: Record<string, unknown>): Piece[] {
  return [
    ...texts(1, item.tags),
    ...texts(5, item.operationId),
    ...texts(6, item.produces),
    ...texts(7, item.consumes),
    ...list(item.parameters).map((one) => messageField(8, parametersItem(one))),
    messageField(9, responses(item.responses)),
    ...texts(10, item.schemes),
    ...extensions(13, item),
  ];
}

/** Responses { ResponseCode response_code = 1 }, each { name, ResponseValue { Response { description, schema } } }. */
function responses(value: unknown): Piece[] {
  return Object.entries(isObject(value) ? value : {}).map(([code, one]) => {
    if (!isObject(one)) return named(1, code, []);
    const body = messageField(2, [messageField(1, schema(one.schema))]);
    return named(1, code, [messageField(1, [...texts(1, one.description), body])]);
  });
}

/** ParametersItem { Parameter { BodyParameter | NonBodyParameter { query = 3 | path = 4 } } } */
function parametersItem(value: unknown): Piece[] {
  if (!isObject(value)) return [];
  const required = value.required === true;
  if (value.in === 'body') {
    const body = [...texts(2, value.name), ...texts(3, 'body'), boolField(4, required)];
    return [messageField(1, [messageField(1, [...body, messageField(5, schema(value.schema))])])];
  }
  const inPath = value.in === 'path';
  // A path parameter has no allow_empty_value: what follows it has other numbers.
  const own = [boolField(1, required), ...texts(2, value.in), ...texts(4, value.name)];
  const typed = [...own, ...texts(inPath ? 5 : 6, value.type)];
  return [messageField(1, [messageField(2, [messageField(inPath ? 4 : 3, typed)])])];
}

function schema(value: unknown): Piece[] {
  if (!isObject(value)) return [];
  const { items, additionalProperties, properties } = value;
  return [
    ...texts(1, value.$ref),
    ...texts(2, value.format),
    ...texts(4, value.description),
    ...texts(19, value.required),
    ...list(value.enum).map((one) => messageField(20, any(one))),
    ...(isObject(additionalProperties)
      ? [messageField(21, [messageField(1, schema(additionalProperties))])]
      : []),
    ...(typeof value.type === 'string' ? [messageField(22, texts(1, value.type))] : []),
    ...(isObject(items) ? [messageField(23, [messageField(1, schema(items))])] : []),
    ...(isObject(properties)
      ? [
          messageField(
            25,
            Object.entries(properties).map(([name, one]) => named(1, name, schema(one))),
          ),
        ]
      : []),
    ...extensions(31, value),
  ];
}

function extensions(field: number, value: Record<string, unknown>): Piece[] {
  return Object.entries(value)
    .filter(([name]) => name.startsWith('x-'))
    .map(([name, one]) => named(field, name, any(one)));
}

/** Any { yaml = 2 }: JSON is YAML. */
function any(value: unknown): Piece[] {
  return [textField(2, `${JSON.stringify(value)}\n`)];
}

function texts(field: number, value: unknown): Piece[] {
  return (typeof value === 'string' ? [value] : list(value).filter((one) => typeof one === 'string')).map(
    (text) => textField(field, text),
  );
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
