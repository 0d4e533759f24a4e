import { groupVersionOf } from '@kubelab/api';
import { partialMetadata } from '../printers/partial.js';
import { encodeMessage, itemPrefix, listFrame } from '../protobuf/encode.js';
import { Pace } from '../storage/pace.js';
import type { StoredObject } from '../storage/stored-object.js';
import type { ApiReply, StreamChunk } from './contract.js';
import { messageOfStored } from './event-encoder.js';
import { type ListParts, pieceBytes } from './list-body.js';

/**
 * A list as protobuf. Its length stands before its items, so all are encoded first, in turns; then they go out in pieces.
 * What is held meanwhile is one message for each object, which others share.
 */
export async function protobufList(parts: ListParts, page: readonly StoredObject[]): Promise<ApiReply> {
  const { kind, form, metadata } = parts;
  const partial = form.form === 'partial';
  const list = partial
    ? { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${form.version}`, metadata }
    : { kind: kind.listKind, apiVersion: groupVersionOf(kind), metadata };
  const items: Uint8Array[] = [];
  let itemsBytes = 0;
  const pace = new Pace(parts);
  for (const stored of page) {
    const message = partial
      ? encodeMessage(partialMetadata(stored.object, form.version))
      : messageOfStored(stored);
    const prefix = itemPrefix(list.apiVersion, message.byteLength);
    items.push(prefix, message);
    itemsBytes += prefix.byteLength + message.byteLength;
    if (pace.due) await pace.rest();
  }
  const { head, tail } = listFrame(list, itemsBytes);
  const headers = { 'content-type': form.type };
  if (itemsBytes > pieceBytes)
    return { code: 200, headers, body: pieces(parts, [head, ...items, tail]), finite: true };
  return { code: 200, headers, body: new Uint8Array(Buffer.concat([head, ...items, tail])) };
}

async function* pieces({ turn }: ListParts, all: readonly Uint8Array[]): AsyncGenerator<StreamChunk> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for (const bytes of all) {
    waiting.push(bytes);
    size += bytes.byteLength;
    if (size < pieceBytes) continue;
    yield { bytes: Buffer.concat(waiting), trace: undefined };
    waiting = [];
    size = 0;
    await turn();
  }
  yield { bytes: Buffer.concat(waiting), trace: undefined };
}
