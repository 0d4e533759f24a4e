/**
 * Why a pod does not fit, in Kubernetes' words; several reasons where one plugin finds several.
 * `unschedulable`: removing pods from the node may help; `unresolvable`: it cannot; `error`: something broke.
 */
export interface Status {
  readonly code: 'unschedulable' | 'unresolvable' | 'error';
  readonly reasons: readonly string[];
  /** Who said so. */
  readonly plugin: string;
}

/** A node that a plugin refused. */
export interface Refused {
  readonly node: string;
  readonly status: Status;
}

/** How often each status is there. Neighbours have mostly the same one: the map is asked only when it changes. */
export function countStatuses(refusals: readonly Refused[]): Map<Status, number> {
  const counts = new Map<Status, number>();
  let last: Status | undefined;
  let count = 0;
  for (const { status } of refusals) {
    if (status === last) {
      count += 1;
      continue;
    }
    if (last !== undefined) counts.set(last, count);
    last = status;
    count = (counts.get(status) ?? 0) + 1;
  }
  if (last !== undefined) counts.set(last, count);
  return counts;
}

export function unschedulable(plugin: string, ...reasons: readonly string[]): Status {
  return { code: 'unschedulable', reasons, plugin };
}

export function unresolvable(plugin: string, ...reasons: readonly string[]): Status {
  return { code: 'unresolvable', reasons, plugin };
}

export function failure(plugin: string, message: string): Status {
  return { code: 'error', reasons: [message], plugin };
}
