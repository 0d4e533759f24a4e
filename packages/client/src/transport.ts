import type { Traceparent } from '@kubelab/telemetry';

/**
 * How a client reaches an apiserver. The same requests over any transport: HTTP's method, path, query,
 * headers and body.
 * Implementations: wire (`connectApiserver`: WebSocket+msgpack, fails over between instances) and in-process
 * (the apiserver's own handler).
 */
export interface ApiTransport {
  /**
   * Rejects with ApiError only; a broken or absent connection is `ServiceUnavailable` (retry-safe reads are
   * retried within the deadline).
   */
  request(request: ApiRequest): Promise<ApiResponse>;
  /**
   * A response whose body never ends by itself: watch, followed logs. Rejects as request() does; the
   * iteration throws ApiError when it breaks.
   */
  stream(request: ApiRequest): Promise<ApiStream>;
  close(): Promise<void>;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/api/v1/namespaces/default/pods/web` */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Lower-case names. Content-Type defaults to application/json, Accept too. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Encoded body. */
  readonly body?: Uint8Array;
  readonly trace?: Traceparent | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Default 10,000; streams have none. */
  readonly deadlineMs?: number;
}

export interface ApiResponse {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * Chunks as the server flushed them: for a watch one or more whole lines of JSON, each a WatchEvent. `trace`
 * is of the write behind the chunk's event.
 */
export interface ApiStream
  extends AsyncIterable<{ readonly bytes: Uint8Array; readonly trace: Traceparent | undefined }> {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  cancel(): void;
}
