import fc from 'fast-check';
import type { Test } from 'tap';
import { createInProcessTransport } from '../src/index.js';
import { admin, pick, type TestServer } from './harness.js';

/** `KUBELAB_FUZZ_RUNS=20 node ...` runs twenty times as many; `KUBELAB_FUZZ_SEED` repeats a run that failed. */
const factor = Number(process.env.KUBELAB_FUZZ_RUNS ?? '1');
const givenSeed = process.env.KUBELAB_FUZZ_SEED;
/** Of one request, of this process' processor: what it takes holds up everybody. */
const stallMs = 1_000;

export interface Sent {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | object;
}

export interface Received {
  readonly code: number;
  readonly text: string;
  readonly json: unknown;
  at(path: string): unknown;
}

/** Kubernetes answers 500 to this too (storage.ErrResourceVersionSetOnCreate). */
const like500 = 'resourceVersion should not be set on objects to be created';

/**
 * Sends a request, and holds the answer to what every answer must be: no 5xx, a Status where it is a refusal, and no second of
 * processor time. A stream is given up after its first chunk.
 */
export async function send(server: TestServer, sent: Sent): Promise<Received> {
  const transport = createInProcessTransport(server.world, server.apiserver.handler, admin);
  const body =
    sent.body === undefined || sent.body instanceof Uint8Array
      ? sent.body
      : new TextEncoder().encode(JSON.stringify(sent.body));
  const before = process.cpuUsage();
  const control = new AbortController();
  const stream = await transport.stream({
    ...sent,
    ...(body === undefined ? { body: undefined } : { body }),
    signal: control.signal,
  });
  const isStream = isWatch(sent) && stream.code === 200;
  const chunks: Uint8Array[] = [];
  if (!isStream) for await (const { bytes } of stream) chunks.push(bytes);
  control.abort();
  stream.cancel();
  const { user, system } = process.cpuUsage(before);
  const text = Buffer.concat(chunks).toString();
  const about = `${describe(sent)} -> ${stream.code} ${text.slice(0, 500)}`;
  if (stream.code >= 500 && !text.includes(like500)) throw new Error(about);
  if ((user + system) / 1_000 > stallMs) throw new Error(`${(user + system) / 1_000} ms: ${about}`);
  const isJson = stream.headers['content-type']?.startsWith('application/json') === true;
  const json: unknown = isJson && !isStream ? JSON.parse(text) : undefined;
  if (stream.code >= 400 && isJson && (pick(json, 'kind') !== 'Status' || pick(json, 'code') !== stream.code))
    throw new Error(`no Status: ${about}`);
  return { code: stream.code, text, json, at: (path) => pick(json, path) };
}

function isWatch({ query, path }: Sent): boolean {
  return path.includes('/watch/') || ['true', '1'].includes(query?.watch ?? '');
}

function describe({ method, path, query, headers, body }: Sent): string {
  const shown =
    body instanceof Uint8Array
      ? Buffer.from(body).toString('base64').slice(0, 2_000)
      : JSON.stringify(body)?.slice(0, 2_000);
  return `${method} ${path} ${JSON.stringify(query ?? {})} ${JSON.stringify(headers ?? {})} ${shown ?? ''}`;
}

/** Runs a property; says seed and smallest example when it does not hold. */
export async function holds<T extends unknown[]>(
  t: Test,
  name: string,
  property: fc.IAsyncProperty<T>,
  runs: number,
): Promise<void> {
  const seed = givenSeed === undefined ? {} : { seed: Number(givenSeed) };
  const result = await fc.check(property, { numRuns: runs * factor, ...seed, endOnFailure: false });
  const error = result.errorInstance instanceof Error ? result.errorInstance.stack : result.errorInstance;
  const why = result.failed
    ? `KUBELAB_FUZZ_SEED=${result.seed} path ${result.counterexamplePath}: ${error}\nby ${fc.stringify(result.counterexample)}`
    : '';
  t.notOk(result.failed, `${name} ${why}`);
}
