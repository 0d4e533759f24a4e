import type { PolicyRule } from '@kubelab/api';

const shorthands: Readonly<Record<string, readonly string[]>> = {
  read: ['get', 'list', 'watch'],
  write: ['create', 'delete', 'deletecollection', 'patch', 'update'],
};

/**
 * A rule as a line: `verbs | groups | resources | names`, words apart by spaces; `-` is the core group, `read` and `write` stand
 * for their verbs. Two parts, `verbs | /path /path/*`, are a rule about paths. Words come out sorted, as Kubernetes writes its
 * own: `get | apps | deployments deployments/scale`.
 */
export function ruleOf(line: string): PolicyRule {
  const [verbs = [], second = [], resources, names] = line.split('|').map((part) => part.trim().split(/\s+/));
  const spelled = [...new Set(verbs.flatMap((verb) => shorthands[verb] ?? [verb]))].sort();
  if (resources === undefined) return { nonResourceURLs: [...second].sort(), verbs: spelled };
  const apiGroups = second.map((group) => (group === '-' ? '' : group)).sort();
  const rule = { apiGroups, resources: [...resources].sort(), verbs: spelled };
  return names === undefined ? rule : { ...rule, resourceNames: [...names].sort() };
}

/** Roles by name, each a list of lines. */
export type RoleTable = Readonly<Record<string, readonly string[]>>;

export const writesEvents = 'create patch update | - events.k8s.io | events';
