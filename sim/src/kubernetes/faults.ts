import type { Random } from '@kubelab/world';

/** One fault of a schedule, with everything that chance decides about it: any part of a schedule can be run again. */
export interface ClusterFault {
  readonly id: number;
  readonly atMs: number;
  readonly forMs: number;
  readonly kind: FaultKind;
  readonly host: string;
}

export type FaultKind =
  /** The process ends, and is started again; on a node, pods go on. */
  | { readonly kind: 'crash' }
  /** The machine ends with all that runs on it. Nodes only. */
  | { readonly kind: 'reboot' }
  | { readonly kind: 'pause' }
  /** From and to everybody. */
  | { readonly kind: 'cutOff'; readonly direction: 'both' | 'in' | 'out' }
  /** From or to one other. */
  | { readonly kind: 'link'; readonly other: string; readonly direction: 'both' | 'in' | 'out' }
  | { readonly kind: 'slow'; readonly delayMs: number; readonly jitterMs: number };

const directions = ['both', 'both', 'in', 'out'] as const;
const downMsMax = 15_000;
const lastingMsMax = 40_000;

export interface FaultHosts {
  readonly all: readonly string[];
  /** Never stopped: what they saw is looked at. They may be cut off, slowed and paused. */
  readonly watchers: readonly string[];
}

function drawKind(random: Random, host: string, hosts: FaultHosts): FaultKind {
  const direction = directions[random.int(directions.length)] ?? 'both';
  const at = random.next();
  if (at < 0.35 && !hosts.watchers.includes(host))
    return host.startsWith('node-') && random.next() < 0.4 ? { kind: 'reboot' } : { kind: 'crash' };
  if (at < 0.5) return { kind: 'pause' };
  if (at < 0.7) return { kind: 'cutOff', direction };
  if (at < 0.88) {
    const others = hosts.all.filter((other) => other !== host);
    return { kind: 'link', other: others[random.int(others.length)] ?? '', direction };
  }
  return { kind: 'slow', delayMs: random.next() * 300, jitterMs: random.next() * 600 };
}

/** Several at once, until `untilMs`. */
export function drawClusterFaults(
  random: Random,
  hosts: FaultHosts,
  { everyMsMax, fromMs, untilMs }: { everyMsMax: number; fromMs: number; untilMs: number },
): ClusterFault[] {
  const faults: ClusterFault[] = [];
  const all = [...hosts.all, ...hosts.watchers];
  for (let atMs = fromMs; atMs < untilMs; atMs += random.next() * everyMsMax) {
    const host = all[random.int(all.length)] ?? '';
    const kind = drawKind(random, host, hosts);
    const stops = kind.kind === 'crash' || kind.kind === 'reboot';
    const forMs = 200 + random.next() * random.next() * (stops ? downMsMax : lastingMsMax);
    faults.push({ id: faults.length, atMs, forMs, kind, host });
  }
  return faults;
}

export function describeClusterFault({ host, forMs, kind }: ClusterFault): string {
  const span = `for ${(forMs / 1000).toFixed(1)} s`;
  switch (kind.kind) {
    case 'crash':
      return `${host} is killed, down ${span}`;
    case 'reboot':
      return `the machine of ${host} fails with all its pods, down ${span}`;
    case 'pause':
      return `${host} is paused ${span}`;
    case 'cutOff':
      return `${host} ${{ both: 'is cut off', in: 'hears nothing', out: 'is not heard' }[kind.direction]} ${span}`;
    case 'link':
      return `${host} ${{ both: 'and', in: 'does not hear', out: 'is not heard by' }[kind.direction]} ${kind.other}${kind.direction === 'both' ? ' do not hear each other' : ''} ${span}`;
    case 'slow':
      return `what ${host} sends and hears takes ${Math.round(kind.delayMs)} to ${Math.round(kind.delayMs + kind.jitterMs)} ms ${span}`;
    default:
      return kind satisfies never;
  }
}
