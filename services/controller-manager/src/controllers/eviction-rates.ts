import type { Node } from '@kubelab/api';
import type { World } from '@kubelab/world';

/** Nodes a second that a zone may lose (Kubernetes' --node-eviction-rate and its secondary). */
const normalPerSecond = 0.1;
const secondaryPerSecond = 0.01;
const largeClusterNodes = 50;
/** So much of a zone away says that the zone, not its nodes, has a fault. */
const unhealthyFraction = 0.55;
const zoneLabels = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone'];

export type ZoneState = 'normal' | 'partial' | 'full';

const isHealthy = (node: Node): boolean =>
  node.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') === true;

function zoneOf(node: Node): string {
  return zoneLabels.map((label) => node.metadata.labels?.[label] ?? '').join('/');
}

export function zoneStates(nodes: readonly Node[]): Map<string, ZoneState> {
  const counts = new Map<string, { healthy: number; unhealthy: number }>();
  for (const node of nodes) {
    const count = counts.get(zoneOf(node)) ?? { healthy: 0, unhealthy: 0 };
    if (isHealthy(node)) count.healthy += 1;
    else count.unhealthy += 1;
    counts.set(zoneOf(node), count);
  }
  return new Map(
    [...counts].map(([zone, { healthy, unhealthy }]) => {
      if (healthy === 0 && unhealthy > 0) return [zone, 'full'];
      const isPartial = unhealthy > 2 && unhealthy / (unhealthy + healthy) >= unhealthyFraction;
      return [zone, isPartial ? 'partial' : 'normal'];
    }),
  );
}

/**
 * How fast nodes may be given up, zone by zone: where most are away it is slow, or, in a small cluster, not at all;
 * where all of all zones are away it is the control plane that is cut off, and nothing is evicted.
 */
export class EvictionRates {
  readonly #world: World;
  /** When a zone may lose the next one. */
  readonly #nextAtMs = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Whether this node may be given up now; if so the zone's next turn comes later. */
  take(node: Node, nodes: readonly Node[]): boolean {
    const zone = zoneOf(node);
    const perSecond = evictionsPerSecond(zone, nodes);
    const nowMs = this.#world.clock.monotonicMs();
    if (perSecond === 0 || nowMs < (this.#nextAtMs.get(zone) ?? 0)) return false;
    this.#nextAtMs.set(zone, nowMs + 1_000 / perSecond);
    return true;
  }
}

export function evictionsPerSecond(zone: string, nodes: readonly Node[]): number {
  const states = zoneStates(nodes);
  if ([...states.values()].every((state) => state === 'full')) return 0;
  if (states.get(zone) !== 'partial') return normalPerSecond;
  const size = nodes.filter((one) => zoneOf(one) === zone).length;
  return size > largeClusterNodes ? secondaryPerSecond : 0;
}
