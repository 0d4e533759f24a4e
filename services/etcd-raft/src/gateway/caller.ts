import { parseTraceparent } from '@kubelab/telemetry';
import type { Identity } from '@kubelab/world';
import type { Caller } from '../etcd-server.js';

export interface CallFacts {
  /** A metadata value by its key in lower case. */
  readonly metadata: (key: string) => string | undefined;
  readonly identity: Identity | undefined;
  readonly signal: AbortSignal;
}

/** etcd's clients send what Authenticate gave them as `token`; trace context comes as `traceparent` (W3C). */
export function callerOf({ metadata, identity, signal }: CallFacts): Caller {
  const trace = metadata('traceparent');
  return {
    identity,
    token: metadata('token'),
    trace: parseTraceparent(trace) === undefined ? undefined : trace,
    signal,
  };
}
