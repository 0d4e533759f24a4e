import type { World } from '@kubelab/world';
import { storeError } from '../errors.js';
import type { CallOptions, GrpcChannel } from './channel.adapter.js';
import type { Method } from './services.js';

/** Asks once on a stream, where etcd has no other way, and gives the first answer that is `wanted`; within the call's deadline. */
export async function oneAnswer<Request, RequestInput, Response, ResponseInput>(
  { timers }: Pick<World, 'timers'>,
  channel: GrpcChannel,
  options: {
    readonly method: Method<Request, RequestInput, Response, ResponseInput>;
    readonly request: RequestInput;
    readonly call: CallOptions;
    readonly wanted: (response: Response) => boolean;
  },
): Promise<Response> {
  const { method, request, call, wanted } = options;
  const stream = await channel.stream(method);
  const cancel = () => stream.cancel();
  const late = timers.setTimeout(cancel, call.deadlineMs);
  call.signal?.addEventListener('abort', cancel, { once: true });
  if (call.signal?.aborted === true) cancel();
  try {
    stream.send(request);
    for await (const response of stream.responses) if (wanted(response)) return response;
    throw storeError('unavailable', { detail: `${method.path} ended without an answer` });
  } finally {
    late.cancel();
    call.signal?.removeEventListener('abort', cancel);
    cancel();
  }
}
