import type { Traceparent } from '@kubelab/telemetry';
import type { UserInfo } from '../registry/context.js';
import type { Method, Query } from './request-info.js';

/** A request as any transport brings it. */
export interface ApiCall {
  readonly method: Method;
  readonly path: string;
  readonly query: Query;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly user: UserInfo;
  readonly trace: Traceparent;
  readonly signal: AbortSignal;
}

/** A piece of a streamed body, with the trace of the write that it tells of. */
export interface StreamChunk {
  readonly bytes: Uint8Array;
  readonly trace: Traceparent | undefined;
}

/** An answer: whole, or a body that goes on until one side ends it. */
export interface ApiReply {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | AsyncIterable<StreamChunk>;
}

/** The one handler behind every transport. Never rejects: what goes wrong is a Status. */
export type ApiHandler = (call: ApiCall) => Promise<ApiReply>;
