import { statusErrors } from '@kubelab/api';
import type { UserInfo } from '../registry/context.js';
import type { RequestInfo } from './request-info.js';

/** kube-apiserver's --max-requests-inflight and --max-mutating-requests-inflight. */
export const flowLimits = {
  readOnly: 400,
  mutating: 200,
  /** On top, for those without whom the cluster falls apart: leases of leaders, then everything of nodes. */
  leaderElection: 20,
  nodes: 60,
  /** Watches, followed logs, upgraded connections. */
  longRunning: 20_000,
} as const;

export type FlowLevel = keyof typeof flowLimits;
export type Release = () => void;

/** Hollow nodes share a kubelet that is none of them. */
const nodeGroups = ['system:nodes', 'kubelab:hollow-nodes'];
const readVerbs = ['get', 'list', 'watch'];

/**
 * How many requests run at a time. One too many is refused at once with 429: nothing waits in line, so that no memory is
 * held for it. `system:masters` always get an answer, and so does who asks for health.
 */
export class FlowControl {
  readonly #limits: Readonly<Record<FlowLevel, number>>;
  readonly #running: Record<FlowLevel, number> = {
    readOnly: 0,
    mutating: 0,
    leaderElection: 0,
    nodes: 0,
    longRunning: 0,
  };

  constructor(limits: Readonly<Record<FlowLevel, number>>) {
    this.#limits = limits;
  }

  running(level: FlowLevel): number {
    return this.#running[level];
  }

  /** Throws TooManyRequests. The seat is held until release is called. */
  admit(user: UserInfo, info: RequestInfo, longRunning: boolean): Release {
    const levels: FlowLevel[] = longRunning ? ['longRunning'] : seatsFor(user, info);
    const free = levels.find((level) => this.#running[level] < this.#limits[level]);
    const [usual] = levels;
    const exempt = !longRunning && (user.groups.includes('system:masters') || isHealth(info));
    const level = free ?? (exempt ? usual : undefined);
    if (level === undefined)
      throw statusErrors.tooManyRequests('Too many requests, please try again later.', 1);
    return this.hold(level);
  }

  /** Without asking: what follows from a request that was admitted. */
  hold(level: FlowLevel): Release {
    this.#running[level] += 1;
    let held = true;
    return () => {
      if (held) this.#running[level] -= 1;
      held = false;
    };
  }
}

/** Where a request may take a seat, in order. */
function seatsFor(user: UserInfo, info: RequestInfo): FlowLevel[] {
  const common: FlowLevel = info.verb !== '' && isReading(info) ? 'readOnly' : 'mutating';
  if (info.resource && info.group === 'coordination.k8s.io' && /^system:(kube-|node:)/.test(user.name))
    return [common, 'leaderElection'];
  return nodeGroups.some((group) => user.groups.includes(group)) ? [common, 'nodes'] : [common];
}

function isReading(info: RequestInfo): boolean {
  return info.resource ? readVerbs.includes(info.verb) : ['get', 'head'].includes(info.verb);
}

export function isHealth(info: RequestInfo): boolean {
  return !info.resource && /^\/(healthz|livez|readyz)(\/|$)/.test(info.path);
}
