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

export function unschedulable(plugin: string, ...reasons: readonly string[]): Status {
  return { code: 'unschedulable', reasons, plugin };
}

export function unresolvable(plugin: string, ...reasons: readonly string[]): Status {
  return { code: 'unresolvable', reasons, plugin };
}

export function failure(plugin: string, message: string): Status {
  return { code: 'error', reasons: [message], plugin };
}
