import type {
  Compare,
  KeyRange,
  KeyValue,
  Operation,
  OperationResponse,
  ResponseHeader,
  StoreEvent,
  TxnRequest,
  TxnResponse,
} from '../contract.js';
import { StoreError } from '../contract.js';
import type * as m from './messages.js';
import type { Message, MessageInput } from './protobuf.js';

/**
 * Between etcd's messages and contract.ts, both ways. Where a message is the contract's own object (keys and values, ranges, headers)
 * nothing is to be done, and no function stands here.
 */

const noHeader: ResponseHeader = {
  clusterId: '0'.repeat(16),
  memberId: '0'.repeat(16),
  revision: 0,
  raftTerm: 0,
};

/** A server always sends one; within a txn's answers there is none to be had. */
export function headerOf(answer: { readonly header?: ResponseHeader | undefined }): ResponseHeader {
  return answer.header ?? noHeader;
}

function invalid(text: string): StoreError {
  return new StoreError('invalidArgument', `etcdserver: ${text}`);
}

/** etcd checks requests before they reach the log; texts are its own. */
function checkKey(request: { readonly key: Uint8Array }): void {
  if (request.key.byteLength === 0) throw invalid('key is not provided');
}

export function checkRange<R extends KeyRange>(request: R): R {
  checkKey(request);
  return request;
}

export function toPut(request: Message<typeof m.putRequest>): Operation {
  checkKey(request);
  if (request.ignoreValue && request.value.byteLength > 0) throw invalid('value is provided');
  if (request.ignoreLease && request.lease !== 0n) throw invalid('lease is provided');
  return { type: 'put', ...request };
}

export function toDeleteRange(request: Message<typeof m.deleteRangeRequest>): Operation {
  return { type: 'deleteRange', ...checkRange(request) };
}

export function toTxn(request: m.TxnRequestMessage): TxnRequest {
  return {
    compare: request.compare.map(toCompare),
    success: request.success.map(toOperation),
    failure: request.failure.map(toOperation),
  };
}

function toOperation(op: m.RequestOp): Operation {
  if (op.range !== undefined) return { type: 'range', ...checkRange(op.range) };
  if (op.put !== undefined) return toPut(op.put);
  if (op.deleteRange !== undefined) return toDeleteRange(op.deleteRange);
  if (op.txn !== undefined) return { type: 'txn', ...toTxn(op.txn) };
  throw invalid('key not found');
}

function toCompare(compare: Message<typeof m.compare>): Compare {
  checkKey(compare);
  const { key, rangeEnd, result, target } = compare;
  const base = { key, rangeEnd, result };
  if (target === 'value') return { ...base, target, bytes: compare.value };
  if (target === 'lease') return { ...base, target, lease: compare.lease };
  return { ...base, target, number: compare[target] };
}

/** Answers within a txn carry the revision alone, as etcd's do. */
export function fromTxnResponse(response: TxnResponse): m.TxnResponseInput {
  return {
    header: response.header,
    succeeded: response.succeeded,
    responses: fromOperationResponses(response.responses, response.header.revision),
  };
}

function fromOperationResponses(
  responses: readonly OperationResponse[],
  revision: number,
): m.ResponseOpInput[] {
  const header = { revision };
  return responses.map((response): m.ResponseOpInput => {
    switch (response.type) {
      case 'range':
        return { range: { ...response, header } };
      case 'put':
        return { put: { ...response, header } };
      case 'deleteRange':
        return { deleteRange: { ...response, header } };
      case 'txn': {
        const responses = fromOperationResponses(response.responses, revision);
        return { txn: { header, succeeded: response.succeeded, responses } };
      }
      default:
        return never(response);
    }
  });
}

function never(value: never): never {
  throw new TypeError(`not a part of the contract: ${JSON.stringify(value)}`);
}

/* ---------------------------------------------------------------- the client's side */

export function fromTxn(request: TxnRequest): m.TxnRequestInput {
  return {
    compare: request.compare.map(fromCompare),
    success: request.success.map(fromOperation),
    failure: request.failure.map(fromOperation),
  };
}

function fromOperation(operation: Operation): NonNullable<m.TxnRequestInput['success']>[number] {
  switch (operation.type) {
    case 'range':
      return { range: operation };
    case 'put':
      return { put: operation };
    case 'deleteRange':
      return { deleteRange: operation };
    case 'txn':
      return { txn: fromTxn(operation) };
    default:
      return never(operation);
  }
}

function fromCompare(compare: Compare): MessageInput<typeof m.compare> {
  const { key, rangeEnd, result, target } = compare;
  const base = { key, rangeEnd, result, target };
  if (compare.target === 'value') return { ...base, value: compare.bytes };
  if (compare.target === 'lease') return { ...base, lease: compare.lease };
  return { ...base, [compare.target]: compare.number };
}

export function toTxnResponse(response: m.TxnResponseMessage): TxnResponse {
  return {
    header: headerOf(response),
    succeeded: response.succeeded,
    responses: response.responses.map(toOperationResponse),
  };
}

function toOperationResponse(op: m.ResponseOp): OperationResponse {
  if (op.range !== undefined) {
    const { kvs, more, count } = op.range;
    return { type: 'range', kvs, more, count };
  }
  if (op.put !== undefined)
    return op.put.prevKv === undefined ? { type: 'put' } : { type: 'put', prevKv: op.put.prevKv };
  if (op.deleteRange !== undefined) {
    const { deleted, prevKvs } = op.deleteRange;
    return { type: 'deleteRange', deleted, prevKvs };
  }
  if (op.txn !== undefined) {
    const { succeeded, responses } = op.txn;
    return { type: 'txn', succeeded, responses: responses.map(toOperationResponse) };
  }
  throw new StoreError('corrupt', 'an answer of the txn is of a kind that is not known');
}

const noKeyValue: KeyValue = {
  key: new Uint8Array(),
  value: new Uint8Array(),
  createRevision: 0,
  modRevision: 0,
  version: 0,
  lease: 0n,
};

export function toEvent(event: Message<typeof m.event>): StoreEvent {
  const { type, kv = noKeyValue, prevKv } = event;
  return prevKv === undefined ? { type, kv } : { type, kv, prevKv };
}
