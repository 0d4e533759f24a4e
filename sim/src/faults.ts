import type { Random } from '@kubelab/world';

/** A member by its number, or whoever leads when the fault comes. */
export type Target = number | 'leader';

/**
 * One fault of a schedule. Everything that chance decides about it is in it: a schedule is drawn once, from the seed, before the
 * run; any part of it can then be run again, which is what shrinking does.
 */
export type Fault = { readonly id: number; readonly atMs: number } & FaultKind;

export type FaultKind =
  | { readonly kind: 'crash'; readonly target: Target; readonly downMs: number }
  | { readonly kind: 'powerCut'; readonly downMs: readonly number[] }
  /** What it does not hear, what is not heard of it, or both. */
  | {
      readonly kind: 'partition';
      readonly target: Target;
      readonly forMs: number;
      readonly direction: 'both' | 'in' | 'out';
    }
  | {
      readonly kind: 'noise';
      readonly forMs: number;
      readonly lossRate: number;
      readonly duplicateRate: number;
      readonly reorderRate: number;
      readonly jitterMs: number;
    }
  | { readonly kind: 'pause'; readonly target: Target; readonly forMs: number }
  | {
      readonly kind: 'slowDisk';
      readonly target: Target;
      readonly forMs: number;
      readonly syncMsMax: number;
    }
  | { readonly kind: 'failingDisk' | 'fullDisk'; readonly target: Target; readonly forMs: number }
  /** Leader after leader is cut off or not, then crashes, and is soon back (paper, figure 8). */
  | { readonly kind: 'hunt'; readonly strikes: readonly Strike[] }
  | { readonly kind: 'clock'; readonly target: Target; readonly offsetMs: number }
  /** A bit of the synced log flips while the member is down; `at` in [0, 1) says which. */
  | { readonly kind: 'rot'; readonly target: Target; readonly at: number }
  | { readonly kind: 'transfer'; readonly target: Target }
  /** A new member learns, and votes once it has caught up. */
  | { readonly kind: 'grow' }
  | { readonly kind: 'remove'; readonly target: Target }
  /** A member is removed, its disk wiped, and comes back as a new one. */
  | { readonly kind: 'replace'; readonly target: Target };

export interface Strike {
  readonly aliveMs: number;
  readonly cut: boolean;
  readonly downMs: number;
}

export const initialMembers = 3;
const huntStrikes = 14;

type Draw = (random: Random) => FaultKind;

const target = (random: Random): Target => random.int(initialMembers);
const lasting = (random: Random) => 50 + random.next() * 1_200;
const directions = ['both', 'both', 'in', 'out'] as const;

/** How often each is drawn, and how. */
const kinds: readonly (readonly [weight: number, draw: Draw])[] = [
  [2, (random) => ({ kind: 'crash', target: target(random), downMs: lasting(random) })],
  [1, (random) => ({ kind: 'powerCut', downMs: [0, 1, 2, 3, 4].map(() => random.next() * 200) })],
  [
    1,
    (random) => ({
      kind: 'partition',
      target: target(random),
      forMs: lasting(random),
      direction: directions[random.int(directions.length)] ?? 'both',
    }),
  ],
  [
    1,
    (random) => ({
      kind: 'partition',
      target: 'leader',
      forMs: 400 + random.next() * 800,
      direction: directions[random.int(directions.length)] ?? 'both',
    }),
  ],
  [
    1,
    (random) => ({
      kind: 'noise',
      forMs: lasting(random),
      lossRate: random.next() * 0.4,
      duplicateRate: random.next() * 0.3,
      reorderRate: random.next() * 0.5,
      jitterMs: random.next() * 40,
    }),
  ],
  [0.7, (random) => ({ kind: 'pause', target: target(random), forMs: lasting(random) })],
  // Long enough for the others to elect another.
  [0.5, (random) => ({ kind: 'pause', target: 'leader', forMs: 400 + random.next() * 800 })],
  [
    1,
    (random) => ({
      kind: 'slowDisk',
      target: target(random),
      forMs: lasting(random),
      syncMsMax: 20 + random.next() * 300,
    }),
  ],
  [
    1,
    (random) => ({
      kind: random.next() < 0.5 ? 'failingDisk' : 'fullDisk',
      target: target(random),
      forMs: lasting(random),
    }),
  ],
  [
    1,
    (random) => ({
      kind: 'hunt',
      strikes: Array.from({ length: 4 + random.int(huntStrikes - 4) }, () => ({
        aliveMs: 20 + random.next() * 130,
        cut: random.next() < 0.6,
        downMs: 20 + random.next() * 250,
      })),
    }),
  ],
  [1, (random) => ({ kind: 'clock', target: target(random), offsetMs: (random.next() - 0.5) * 120_000 })],
  [0.3, (random) => ({ kind: 'rot', target: target(random), at: random.next() })],
  [0.7, (random) => ({ kind: 'transfer', target: target(random) })],
  [0.4, () => ({ kind: 'grow' })],
  [0.3, (random) => ({ kind: 'remove', target: target(random) })],
  [0.4, (random) => ({ kind: 'replace', target: target(random) })],
];

/**
 * The schedule of a seed: until `untilMs`, each for a while, several at once. Not every run has every kind: what is left out
 * gives room to what is not (swarm testing, Groce et al. 2012).
 */
export function drawFaults(random: Random, everyMsMax: number, untilMs: number): Fault[] {
  const chosen = kinds.map(([weight, draw]) => ({ weight: random.next() < 0.75 ? weight : 0, draw }));
  const all = chosen.reduce((sum, { weight }) => sum + weight, 0);
  const faults: Fault[] = [];
  for (let atMs = 300 + random.next() * 400; atMs < untilMs && all > 0; atMs += random.next() * everyMsMax) {
    let at = random.next() * all;
    const kind = chosen.find(({ weight }) => {
      at -= weight;
      return at < 0;
    });
    if (kind !== undefined) faults.push({ id: faults.length, atMs, ...kind.draw(random) });
  }
  // A member whose log is damaged stays down: one of them leaves a majority.
  const rots = faults.filter((fault) => fault.kind === 'rot').map((fault) => fault.id);
  return faults.filter((fault) => fault.kind !== 'rot' || fault.id === rots[0]);
}

const ms = (value: number) => `${Math.round(value)} ms`;

/** For the story: what is done to the member that it hits. */
export function describeFault(fault: FaultKind, name: string): string {
  switch (fault.kind) {
    case 'crash':
      return `${name} crashes, down for ${ms(fault.downMs)}`;
    case 'powerCut':
      return 'the power fails everywhere';
    case 'partition':
      return `${name} ${{ both: 'is cut off', in: 'hears nothing', out: 'is not heard' }[fault.direction]} for ${ms(fault.forMs)}`;
    case 'noise':
      return `messages are lost (${Math.round(fault.lossRate * 100)} %), doubled and overtaken for ${ms(fault.forMs)}`;
    case 'pause':
      return `${name} is paused for ${ms(fault.forMs)}`;
    case 'slowDisk':
      return `the disk of ${name} takes up to ${ms(fault.syncMsMax)} to sync for ${ms(fault.forMs)}`;
    case 'failingDisk':
      return `the disk of ${name} fails for ${ms(fault.forMs)}`;
    case 'fullDisk':
      return `the disk of ${name} is full for ${ms(fault.forMs)}`;
    case 'hunt':
      return `${fault.strikes.length} leaders crash one after the other`;
    case 'clock':
      return `the clock of ${name} jumps by ${(fault.offsetMs / 1000).toFixed(0)} s`;
    case 'rot':
      return `a bit flips in the log of ${name}, which is down`;
    case 'transfer':
      return `leadership is to go to ${name}`;
    case 'grow':
      return 'a new member is to learn, then to vote';
    case 'remove':
      return `${name} is to be removed`;
    case 'replace':
      return `${name} is to be removed, wiped, and to come back as a new member`;
    default:
      return fault satisfies never;
  }
}
