import type { Random } from '@kubelab/world';

export const faultKinds = ['kill', 'pause', 'partition'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** One thing that is broken for a while. */
export interface PlannedFault {
  readonly atMs: number;
  readonly kind: FaultKind;
  /** A member's name, or whoever leads then. */
  readonly target: string;
  /** How long a pause or partition lasts; a killed member is started again by the supervisor. */
  readonly forMs: number;
  /** A partition: what it does not hear, what is not heard of it, or both. */
  readonly direction: 'both' | 'in' | 'out';
}

/** The first fault comes after a moment of peace, the last is mended before the end. */
const quietMs = 2_000;
const pauseBetweenMs = { least: 1_000, more: 2_000 };
const lastsMs = { least: 500, more: 2_500 };
/** Half of them go for the leader: the others are missed by hardly anyone. */
const leaderRate = 0.5;

/**
 * Draws what is to be broken, one thing at a time: a majority is always whole, so the store owes an answer within the time of
 * an election. Pure: the same seed plans the same.
 */
export function planFaults(
  random: Random,
  options: {
    readonly durationMs: number;
    readonly kinds: readonly FaultKind[];
    readonly members: readonly string[];
  },
): PlannedFault[] {
  const { durationMs, kinds, members } = options;
  const faults: PlannedFault[] = [];
  for (let atMs = quietMs; kinds.length > 0; ) {
    const kind = kinds[random.int(kinds.length)];
    const member = members[random.int(members.length)];
    const target = random.next() < leaderRate ? 'leader' : member;
    const forMs = lastsMs.least + random.next() * lastsMs.more;
    const direction = (['both', 'both', 'in', 'out'] as const)[random.int(4)] ?? 'both';
    if (kind === undefined || target === undefined || atMs + forMs + quietMs > durationMs) break;
    faults.push({ atMs, kind, target, forMs, direction });
    atMs += forMs + pauseBetweenMs.least + random.next() * pauseBetweenMs.more;
  }
  return faults;
}
