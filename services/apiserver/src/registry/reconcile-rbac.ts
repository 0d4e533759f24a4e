import {
  type ClusterRole,
  type ClusterRoleBinding,
  deepEqual,
  type KubeObject,
  type PolicyRule,
} from '@kubelab/api';
import { uncovered } from '../auth/escalation.js';

const autoupdate = 'rbac.authorization.kubernetes.io/autoupdate';

/**
 * What is there, with whatever is missing of what should be: nothing that somebody added is taken away, and `autoupdate: "false"`
 * keeps an object as it is (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#auto-reconciliation). Gives `found`
 * itself when nothing is missing.
 */
export function reconciledRole(found: ClusterRole, wanted: ClusterRole): ClusterRole {
  if (isProtected(found)) return found;
  const next: ClusterRole = { ...found, metadata: withMarks(found, wanted) };
  if (wanted.aggregationRule === undefined) {
    const missing = missingRules(found.rules ?? [], wanted.rules ?? []);
    if (missing.length > 0) next.rules = [...(found.rules ?? []), ...missing];
  } else {
    // Its rules are the aggregation controller's.
    const known = found.aggregationRule?.clusterRoleSelectors ?? [];
    const selectors = wanted.aggregationRule.clusterRoleSelectors ?? [];
    const missing = selectors.filter((one) => !known.some((other) => deepEqual(one, other)));
    if (missing.length > 0) next.aggregationRule = { clusterRoleSelectors: [...known, ...missing] };
  }
  return deepEqual(next, found) ? found : next;
}

/** As reconciledRole, for subjects. undefined: it binds another role, which cannot be changed; it is to be made anew. */
export function reconciledBinding(
  found: ClusterRoleBinding,
  wanted: ClusterRoleBinding,
): ClusterRoleBinding | undefined {
  if (isProtected(found)) return found;
  if (!deepEqual(found.roleRef, wanted.roleRef)) return undefined;
  const known = found.subjects ?? [];
  const missing = (wanted.subjects ?? []).filter((one) => !known.some((other) => deepEqual(one, other)));
  const next: ClusterRoleBinding = { ...found, metadata: withMarks(found, wanted) };
  if (missing.length > 0) next.subjects = [...known, ...missing];
  return deepEqual(next, found) ? found : next;
}

function isProtected({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[autoupdate] === 'false';
}

function missingRules(known: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.filter((rule) => uncovered(known, [rule]).length > 0);
}

function withMarks(found: KubeObject, wanted: KubeObject): KubeObject['metadata'] {
  const { labels, annotations } = wanted.metadata;
  return {
    ...found.metadata,
    labels: { ...found.metadata.labels, ...labels },
    annotations: { ...found.metadata.annotations, ...annotations },
  };
}
