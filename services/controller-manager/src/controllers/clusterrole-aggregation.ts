import { aggregatedRules, type ClusterRole, clusterRoleKind, deepEqual } from '@kubelab/api';
import { isNotFound } from '@kubelab/client';
import type { Controller } from '../controller.js';

/** ClusterRoles with an aggregationRule hold what the others hold that their selectors match: `admin`, `edit`, `view`, and people's. */
export const clusterRoleAggregationController: Controller = {
  name: 'clusterrole-aggregation',
  workers: 1,
  start: (context, queue) => {
    const roles = context.informer<ClusterRole>(clusterRoleKind);
    // Which of them a change concerns is for their selectors to say; there are few.
    const all = (_role: ClusterRole) => {
      for (const role of roles.list()) if (role.aggregationRule !== undefined) queue.add(role.metadata.name);
    };
    roles.handle({ changed: all, deleted: all });
    return async (name, call) => {
      const role = roles.get(name);
      const rules = role === undefined ? undefined : aggregatedRules(role, roles.list());
      if (role === undefined || rules === undefined || deepEqual(role.rules ?? [], rules)) return undefined;
      try {
        await context.client.for<ClusterRole>(clusterRoleKind).update({ ...role, rules: [...rules] }, call);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
      return undefined;
    };
  },
};
