import type { Traceparent } from '@kubelab/telemetry';
import type { WireStream } from '@kubelab/wire';
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
  /** Of the request itself: what it causes carries it on. */
  readonly trace: Traceparent;
  /** The context that the caller gave; absent: the trace begins here. */
  readonly parent?: Traceparent | undefined;
  readonly signal: AbortSignal;
  /** The transport can turn the connection into one of this protocol (exec, attach, port-forward). */
  readonly upgrade?: 'websocket' | 'spdy';
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
  /** The streamed body is one answer that ends by itself, a long list: a transport without streams gathers it. */
  readonly finite?: true;
  /** With 101 only, and only to a call that can be upgraded. Whoever gets it must close() it. */
  readonly upgrade?: Upgrade;
}

/** What is on the other side of an upgraded connection: a kubelet. */
export type Upgrade =
  | {
      readonly type: 'command';
      readonly wanted: CommandStreamsWanted;
      /** Messages by channel, as packages/api's streams.ts says. */
      readonly stream: WireStream;
      close(): void;
    }
  | {
      readonly type: 'portForward';
      /** Those of the query, for the protocol whose streams do not tell them. */
      readonly ports: readonly number[];
      /** The first message only says that the port took the connection. */
      dial(port: number): WireStream;
      close(): void;
    };

export interface CommandStreamsWanted {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** The one handler behind every transport. Never rejects: what goes wrong is a Status. */
export type ApiHandler = (call: ApiCall) => Promise<ApiReply>;
