import { statusErrors } from '@kubelab/api';
import type { World } from '@kubelab/world';
import type { Query } from './request-info.js';

/** kube-apiserver's --request-timeout: no `timeout` reaches beyond it. */
const requestTimeoutMs = 60_000;
const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Of a request that is no stream: `?timeout=10s`, at most 60 s. Throws 400. */
export function requestTimeout(query: Query): number {
  const text = query.timeout?.[0] ?? '';
  if (text === '') return requestTimeoutMs;
  const wanted = parseDuration(text);
  if (typeof wanted === 'number') return wanted <= 0 ? requestTimeoutMs : Math.min(wanted, requestTimeoutMs);
  throw statusErrors.badRequest(`invalid timeout specified in the request URL - ${wanted.why}`);
}

/** Go's time.ParseDuration, in milliseconds: `1m30s`, `250ms`, `-1.5h`. */
function parseDuration(text: string): number | { readonly why: string } {
  const [, sign = '', rest = ''] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return 0;
  const parts = [...rest.matchAll(/(\d+\.?\d*|\.\d+)([^\d.]*)/g)];
  const quoted = JSON.stringify(text);
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== rest)
    return { why: `time: invalid duration ${quoted}` };
  let sum = 0;
  for (const [, number = '', unit = ''] of parts) {
    const factor = unitMs[unit];
    if (unit === '') return { why: `time: missing unit in duration ${quoted}` };
    if (factor === undefined)
      return { why: `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}` };
    sum += Number(number) * factor;
  }
  return sign === '-' ? -sum : sum;
}

/** Rejects with Timeout (504) when the work takes longer. */
export async function within<T>(
  world: Pick<World, 'timers'>,
  timeoutMs: number,
  work: Promise<T>,
): Promise<T> {
  let expire: (error: unknown) => void = () => {};
  const expired = new Promise<never>((_resolve, reject) => {
    expire = reject;
  });
  const timer = world.timers.setTimeout(
    () => expire(statusErrors.timeout('request did not complete within the allotted timeout', 0)),
    timeoutMs,
  );
  try {
    return await Promise.race([work, expired]);
  } finally {
    timer.cancel();
  }
}
