import type { ClusterRole, PolicyRule } from './generated/types.js';
import { deepEqual } from './json.js';
import { matchesSelector } from './selectors.js';

/**
 * What an aggregated ClusterRole holds: the rules of every other one that a selector of its aggregationRule matches, by name,
 * each rule once (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles). undefined for a role
 * that is written by hand.
 */
export function aggregatedRules(
  role: ClusterRole,
  all: readonly ClusterRole[],
): readonly PolicyRule[] | undefined {
  const selectors = role.aggregationRule?.clusterRoleSelectors;
  if (selectors === undefined) return undefined;
  const sources = all
    .filter(({ metadata }) => metadata.name !== role.metadata.name)
    .filter(({ metadata }) => selectors.some((selector) => matchesSelector(selector, metadata.labels)))
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const rules: PolicyRule[] = [];
  for (const rule of sources.flatMap((source) => source.rules ?? []))
    if (!rules.some((known) => deepEqual(known, rule))) rules.push(rule);
  return rules;
}
