import { type Container, type Node, type Pod, parseQuantity } from '@kubelab/api';

/** Whole numbers: thousandths of a core, bytes, and units of whatever else (`nvidia.com/gpu`, hugepages). */
export interface Amounts {
  readonly milliCpu: number;
  readonly memoryBytes: number;
  readonly ephemeralBytes: number;
  /** By name; undefined where there are none, which is most pods. */
  readonly scalars: ReadonlyMap<string, number> | undefined;
}

/** What a container that asks for nothing counts as in scores (kube-scheduler util/pod_resources.go). */
const defaultMilliCpu = 100;
const defaultMemoryBytes = 200 * 1024 * 1024;

/** Texts of quantities repeat: `100m` is parsed once. When full it starts anew. */
const parsedMax = 4_096;
const parsedUnits = new Map<string, number>();
const parsedMillis = new Map<string, number>();

function cached(cache: Map<string, number>, text: string, unitNanos: bigint): number {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const nanos = parseQuantity(text)?.nanos ?? 0n;
  // Away from zero, as Quantity.Value() and MilliValue() round.
  const value = Number((nanos + (nanos > 0n ? unitNanos - 1n : 0n)) / unitNanos);
  if (cache.size >= parsedMax) cache.clear();
  cache.set(text, value);
  return value;
}

const unitsOf = (text: string): number => cached(parsedUnits, text, 1_000_000_000n);
const millisOf = (text: string): number => cached(parsedMillis, text, 1_000_000n);

type Quantities = Readonly<Record<string, string>> | undefined;
type Sum = Map<string, number>;

function quantityOf(name: string, text: string): number {
  return name === 'cpu' ? millisOf(text) : unitsOf(text);
}

function add(sum: Sum, quantities: Quantities): void {
  for (const name in quantities)
    sum.set(name, (sum.get(name) ?? 0) + quantityOf(name, quantities[name] ?? '0'));
}

function raise(peak: Sum, other: ReadonlyMap<string, number>): void {
  for (const [name, value] of other) if (value > (peak.get(name) ?? 0)) peak.set(name, value);
}

function toAmounts(sum: ReadonlyMap<string, number>): Amounts {
  let scalars: Map<string, number> | undefined;
  for (const [name, value] of sum) {
    if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage' || name === 'pods') continue;
    scalars ??= new Map();
    scalars.set(name, value);
  }
  return {
    milliCpu: sum.get('cpu') ?? 0,
    memoryBytes: sum.get('memory') ?? 0,
    ephemeralBytes: sum.get('ephemeral-storage') ?? 0,
    scalars,
  };
}

/** Requests of one container: what is asked for, or what it still has while a resize is under way (KEP-1287). */
function containerRequests(pod: Pod, container: Container, withDefaults: boolean): Sum {
  const sum: Sum = new Map();
  add(sum, container.resources?.requests);
  const status = pod.status?.containerStatuses?.find(({ name }) => name === container.name);
  for (const held of [status?.allocatedResources, status?.resources?.requests]) {
    const other: Sum = new Map();
    add(other, held);
    raise(sum, other);
  }
  if (withDefaults) {
    if (!sum.has('cpu')) sum.set('cpu', defaultMilliCpu);
    if (!sum.has('memory')) sum.set('memory', defaultMemoryBytes);
  }
  return sum;
}

/**
 * Of a pod: the sum of its containers and sidecars, or the peak while init containers run (KEP-753), whatever is
 * more; what the pod asks for as a whole instead where it says so (KEP-2837); plus overhead.
 */
export function podRequests(pod: Pod, options: { readonly withDefaults: boolean }): Amounts {
  const { spec } = pod;
  const whole = spec?.resources?.requests;
  const total: Sum = new Map();
  const merge = (target: Sum, other: ReadonlyMap<string, number>) => {
    for (const [name, value] of other) target.set(name, (target.get(name) ?? 0) + value);
  };
  for (const container of spec?.containers ?? [])
    merge(total, containerRequests(pod, container, options.withDefaults && whole === undefined));
  const sidecars: Sum = new Map();
  const peak: Sum = new Map();
  for (const container of spec?.initContainers ?? []) {
    const wanted = containerRequests(pod, container, options.withDefaults && whole === undefined);
    if (container.restartPolicy === 'Always') {
      merge(total, wanted);
      merge(sidecars, wanted);
      raise(peak, sidecars);
    } else {
      merge(wanted, sidecars);
      raise(peak, wanted);
    }
  }
  raise(total, peak);
  for (const name in whole) total.set(name, quantityOf(name, whole[name] ?? '0'));
  add(total, spec?.overhead);
  return toAmounts(total);
}

/** What a node has for pods, and how many of them. */
export function nodeAmounts(node: Node): { readonly amounts: Amounts; readonly podsMax: number } {
  const sum: Sum = new Map();
  add(sum, node.status?.allocatable);
  return { amounts: toAmounts(sum), podsMax: sum.get('pods') ?? 0 };
}

export function asksForNothing(amounts: Amounts): boolean {
  return (
    amounts.milliCpu === 0 &&
    amounts.memoryBytes === 0 &&
    amounts.ephemeralBytes === 0 &&
    amounts.scalars === undefined
  );
}

/** One resource's share of amounts, by the name that Kubernetes gives it. */
export function amountOf(amounts: Amounts, name: string): number {
  if (name === 'cpu') return amounts.milliCpu;
  if (name === 'memory') return amounts.memoryBytes;
  if (name === 'ephemeral-storage') return amounts.ephemeralBytes;
  return amounts.scalars?.get(name) ?? 0;
}
