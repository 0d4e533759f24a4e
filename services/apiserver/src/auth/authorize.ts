import { type ClusterRole, deepEqual, type PolicyRule } from '@kubelab/api';
import type { UserInfo } from '../registry/context.js';
import type { Storage } from '../storage/storage.js';
import type { Attributes, Decision } from './attributes.js';
import { NodeAuthorizer, nodeNameOf } from './node-authorizer.js';
import { NodeGraph } from './node-graph.js';
import { Rbac } from './rbac.js';

export type { Attributes } from './attributes.js';

/** Members of it may everything, whatever the roles say. */
export const masters = 'system:masters';

/**
 * `system:masters`, then Node, then RBAC: the first that says yes decides; nobody says no. What each of them gives as its reason
 * for having no opinion is told to who is refused.
 */
export class Authorizer {
  readonly #node: NodeAuthorizer;
  readonly #rbac: Rbac;
  /** What pods bound to nodes refer to; NodeRestriction looks there, too. */
  readonly graph: NodeGraph;

  readonly #allowed: (by: 'Node' | 'RBAC') => void;

  /** `allowed` hears of every yes. */
  constructor(storage: Storage, allowed: (by: 'Node' | 'RBAC') => void) {
    this.#allowed = allowed;
    this.graph = new NodeGraph(storage);
    this.#node = new NodeAuthorizer(this.graph);
    this.#rbac = new Rbac(storage);
  }

  authorize(user: UserInfo, attributes: Attributes): Decision {
    if (user.groups.includes(masters)) return { allowed: true, reason: '' };
    const silent: Decision[] = [];
    for (const authorizer of [this.#node, this.#rbac]) {
      const decision = authorizer.authorize(user, attributes);
      if (decision.allowed) {
        this.#allowed(authorizer === this.#node ? 'Node' : 'RBAC');
        return decision;
      }
      silent.push(decision);
    }
    const errors = silent.flatMap(({ error }) => error ?? []);
    return {
      allowed: false,
      reason: silent.flatMap(({ reason }) => (reason === '' ? [] : [reason])).join('\n'),
      ...(errors.length === 0 ? {} : { error: errors.join(', ') }),
    };
  }

  allows(user: UserInfo, attributes: Attributes): boolean {
    return this.authorize(user, attributes).allowed;
  }

  /** Every rule that RBAC holds for a user in a namespace: for SelfSubjectRulesReview and the escalation check. */
  rulesFor(user: UserInfo, namespace: string): PolicyRule[] {
    return this.#rbac.rulesFor(user, namespace).rules;
  }

  /** What kept rulesFor from telling everything. */
  ruleErrors(user: UserInfo, namespace: string): string[] {
    const { errors } = this.#rbac.rulesFor(user, namespace);
    const isNode = nodeNameOf(user) !== undefined;
    return isNode ? ['node authorizer does not support user rule resolution', ...errors] : errors;
  }

  /** Whether an aggregated role holds exactly what the others that it selects hold now. */
  gathers(role: ClusterRole): boolean {
    return deepEqual(this.#rbac.aggregated(role), role.rules ?? []);
  }

  /** What a role holds; undefined when it does not exist. `namespace` is a Role's. */
  rulesOf(
    ref: { readonly kind: string; readonly name: string },
    namespace: string,
  ): readonly PolicyRule[] | undefined {
    return this.#rbac.role(ref, namespace);
  }
}
