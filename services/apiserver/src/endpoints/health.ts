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

/** `/livez`, `/livez?verbose&exclude=etcd`, `/livez/poststarthook/bootstrap`. Undefined for other paths. */
export function health(checks: HealthChecks, call: ApiCall, path: string): ApiReply | undefined {
  const [endpoint = '', ...rest] = path.split('/').filter((part) => part !== '');
  if (!['healthz', 'livez', 'readyz'].includes(endpoint)) return undefined;
  const all = endpoint === 'readyz' ? checks.ready : checks.live;
  if (rest.length > 0) return single(all.find((check) => check.name === rest.join('/')));
  const excluded = call.query.exclude ?? [];
  const failed: HealthCheck[] = [];
  const lines = all.map((check) => {
    if (excluded.includes(check.name)) return `[+]${check.name} excluded: ok`;
    if (check.holds()) return `[+]${check.name} ok`;
    failed.push(check);
    return `[-]${check.name} failed: reason withheld`;
  });
  const unknown = excluded.filter((name) => all.every((check) => check.name !== name));
  if (unknown.length > 0) {
    const names = unknown.map((name) => JSON.stringify(name)).join(', ');
    lines.push(`warn: some health checks cannot be excluded: no matches for ${names}`);
  }
  const told = `${lines.join('\n')}\n${endpoint} check`;
  if (failed.length > 0) return textReply(500, `${told} failed\n`);
  return textReply(200, call.query.verbose === undefined ? 'ok' : `${told} passed\n`);
}

function single(check: HealthCheck | undefined): ApiReply {
  if (check === undefined) return textReply(404, '404 page not found\n');
  if (check.holds()) return textReply(200, 'ok');
  return textReply(500, `internal server error: ${check.name} does not hold\n`);
}
