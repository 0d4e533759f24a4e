import type { ApiCall, ApiReply } from './contract.js';
import { textReply } from './negotiate.js';

/** What is asked by /livez, /readyz and /healthz: a name, and whether it holds at this moment. */
export interface HealthCheck {
  readonly name: string;
  readonly holds: () => boolean;
}

export interface HealthChecks {
  readonly live: readonly HealthCheck[];
  readonly ready: readonly HealthCheck[];
}

/** Undefined for other paths. */
export function health(checks: HealthChecks, call: ApiCall, path: string): ApiReply | undefined {
  const [endpoint = '', single, ...rest] = path.split('/').filter((part) => part !== '');
  if (!['healthz', 'livez', 'readyz'].includes(endpoint) || rest.length > 0) return undefined;
  const all = endpoint === 'readyz' ? checks.ready : checks.live;
  const excluded = new Set(call.query.exclude ?? []);
  const wanted = all.filter((check) =>
    single === undefined ? !excluded.has(check.name) : check.name === single,
  );
  if (single !== undefined && wanted.length === 0) return textReply(404, '404 page not found\n');
  const failed = wanted.filter((check) => !check.holds());
  const code = failed.length === 0 ? 200 : 500;
  if (call.query.verbose === undefined && failed.length === 0) return textReply(200, 'ok');
  const lines = wanted.map((check) =>
    failed.includes(check) ? `[-]${check.name} failed: reason withheld` : `[+]${check.name} ok`,
  );
  return textReply(code, `${lines.join('\n')}\n${endpoint} check ${code === 200 ? 'passed' : 'failed'}\n`);
}
