import { checkEscalation } from '../../auth/escalation.js';
import type { AdmissionPlugin, PluginParts } from '../contract.js';

/** Kubernetes does this in the storage of roles and bindings; here it is one of the chain. */
export function roleEscalation({ authorizer }: PluginParts): AdmissionPlugin {
  return {
    name: 'RoleEscalation',
    validate: ({ operation, scope, kind, object, old }) => {
      if (operation !== 'DELETE') checkEscalation(authorizer, scope.user, kind, object, old);
    },
  };
}
