import { encodeTxn, type Operation, type OperationResponse, type ResponseHeader } from '@kubelab/store';
import { checkRange, etcdServices, fromTxnResponse, toDeleteRange, toPut, toTxn } from '@kubelab/store/etcd';
import type { Caller, EtcdServer } from '../etcd-server.js';
import { type Call, unary } from './calls.js';

const { kvMethods: methods } = etcdServices;

export function kvCalls(server: EtcdServer): readonly Call[] {
  return [
    unary(methods.range, (request, caller) => server.range(checkRange(request), caller)),
    unary(methods.put, async (request, caller) => {
      const { header, response } = await single(server, toPut(request), caller);
      return { header, prevKv: response?.type === 'put' ? response.prevKv : undefined };
    }),
    unary(methods.deleteRange, async (request, caller) => {
      const { header, response } = await single(server, toDeleteRange(request), caller);
      return response?.type === 'deleteRange' ? { ...response, header } : { header };
    }),
    unary(methods.txn, async (request, caller) =>
      fromTxnResponse(await server.txn(encodeTxn(toTxn(request)), caller)),
    ),
    unary(methods.compact, async (request, caller) => ({ header: await server.compact(request, caller) })),
  ];
}

/** A write on its own is a transaction of one operation. */
export async function single(
  server: EtcdServer,
  operation: Operation,
  caller: Caller,
): Promise<{ readonly header: ResponseHeader; readonly response: OperationResponse | undefined }> {
  const request = encodeTxn({ compare: [], success: [operation], failure: [] });
  const { header, responses } = await server.txn(request, caller);
  return { header, response: responses[0] };
}
