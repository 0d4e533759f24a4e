import type { Pod } from '@kubelab/api';

/**
 * Names of the only nodes that required affinity leaves, where every alternative names some by
 * metadata.name, as a DaemonSet's pods do; undefined where any node may do.
 */
export function nodesNamed(pod: Pod): ReadonlySet<string> | undefined {
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined || required.nodeSelectorTerms.length === 0) return undefined;
  const names = new Set<string>();
  for (const term of required.nodeSelectorTerms) {
    const byName = (term.matchFields ?? []).filter(
      ({ key, operator }) => key === 'metadata.name' && operator === 'In',
    );
    const [first, ...rest] = byName.map(({ values }) => values ?? []);
    if (first === undefined) return undefined;
    for (const name of first) if (rest.every((values) => values.includes(name))) names.add(name);
  }
  return names;
}
