import { groupVersionOf, type KindInfo } from '@kubelab/api';
import { partialMetadata } from '../printers/partial.js';
import { tableHead, tableRow } from '../printers/table.js';
import { Pace, type Turns } from '../storage/pace.js';
import type { StoredObject } from '../storage/stored-object.js';
import type { ApiCall, ApiReply, StreamChunk } from './contract.js';
import { type AcceptedForm, includeObjectOf, protobufType, wantsPretty } from './negotiate.js';
import { protobufList } from './protobuf-list.js';
import { yamlText } from './yaml-text.js';

/** A list beyond this is streamed: encoded piece by piece, with a turn for everybody else between two pieces. */
export const pieceBytes = 128 * 1024;
const encoder = new TextEncoder();
const comma = encoder.encode(',');

export interface ListParts extends Turns {
  readonly call: ApiCall;
  readonly kind: KindInfo;
  readonly form: AcceptedForm;
  readonly metadata: object;
  readonly nowMs: number;
}

interface ListHead {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
}

/** How one list is written: what stands before, between and after its items. */
interface Writer {
  readonly head: string;
  item(stored: StoredObject, first: boolean): readonly Uint8Array[];
  readonly tail: string;
}

/** No second copy of it all is made: the objects' own JSON, which the cache holds, goes out as it is. */
export async function listReply(parts: ListParts, page: readonly StoredObject[]): Promise<ApiReply> {
  if (parts.form.type === protobufType) return protobufList(parts, page);
  const headers = { 'content-type': parts.form.type };
  const estimate = page.reduce((sum, stored) => sum + stored.bytes, 0);
  const writer = writerFor(parts, page.length === 0);
  if (estimate > pieceBytes) return { code: 200, headers, body: pieces(writer, page, parts), finite: true };
  const written = page.flatMap((stored, at) => writer.item(stored, at === 0));
  const all = [encoder.encode(writer.head), ...written, encoder.encode(writer.tail)];
  return { code: 200, headers, body: new Uint8Array(Buffer.concat(all)) };
}

async function* pieces(
  writer: Writer,
  page: readonly StoredObject[],
  parts: ListParts,
): AsyncGenerator<StreamChunk> {
  let waiting: Uint8Array[] = [encoder.encode(writer.head)];
  let size = 0;
  // What takes long to encode (YAML, tables) goes out in smaller pieces.
  const pace = new Pace(parts);
  for (const [at, stored] of page.entries()) {
    for (const bytes of writer.item(stored, at === 0)) {
      waiting.push(bytes);
      size += bytes.byteLength;
    }
    if (size < pieceBytes && !pace.due) continue;
    yield { bytes: Buffer.concat(waiting), trace: undefined };
    waiting = [];
    size = 0;
    await pace.rest();
  }
  waiting.push(encoder.encode(writer.tail));
  yield { bytes: Buffer.concat(waiting), trace: undefined };
}

function writerFor(parts: ListParts, empty: boolean): Writer {
  const { form, kind, metadata, call, nowMs } = parts;
  if (form.form === 'table') {
    const includeObject = includeObjectOf(call);
    const head = tableHead(kind, { metadata, version: form.version });
    return jsonWriter(call, head, 'rows', empty, (stored) =>
      tableRow(kind, stored.object, { nowMs, includeObject, version: form.version }),
    );
  }
  if (form.form === 'partial') {
    const head = { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${form.version}`, metadata };
    return jsonWriter(call, head, 'items', empty, ({ object }) => partialMetadata(object, form.version));
  }
  const head = { kind: kind.listKind, apiVersion: groupVersionOf(kind), metadata };
  if (form.type === 'application/yaml') return yamlWriter(head, empty);
  if (wantsPretty(call)) return jsonWriter(call, head, 'items', empty, (stored) => stored.object);
  const start = JSON.stringify(head).slice(0, -1);
  return {
    head: `${start},"items":[`,
    item: (stored, first) => (first ? [stored.json] : [comma, stored.json]),
    tail: ']}\n',
  };
}

function jsonWriter(
  call: ApiCall,
  head: object,
  key: 'items' | 'rows',
  empty: boolean,
  shaped: (stored: StoredObject) => unknown,
): Writer {
  if (!wantsPretty(call)) {
    return {
      head: `${JSON.stringify(head).slice(0, -1)},"${key}":[`,
      item: (stored, first) => [encoder.encode(`${first ? '' : ','}${JSON.stringify(shaped(stored))}`)],
      tail: ']}\n',
    };
  }
  const indented = (stored: StoredObject) =>
    JSON.stringify(shaped(stored), null, 2).replaceAll('\n', '\n    ');
  return {
    head: `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "${key}": [`,
    item: (stored, first) => [encoder.encode(`${first ? '' : ','}\n    ${indented(stored)}`)],
    tail: empty ? ']\n}\n' : '\n  ]\n}\n',
  };
}

/** Sorted by key, as Kubernetes' YAML is: the items come second. */
function yamlWriter({ apiVersion, ...rest }: ListHead, empty: boolean): Writer {
  return {
    head: `${yamlText({ apiVersion })}items:${empty ? ' []' : ''}\n`,
    item: (stored) => [encoder.encode(yamlText([stored.object]))],
    tail: yamlText(rest),
  };
}
