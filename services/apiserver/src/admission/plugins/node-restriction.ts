import type { AdmissionPlugin, PluginParts } from '../contract.js';
import { restrictNode } from '../node-restriction.js';

/** A kubelet touches what is its own; node-restriction.ts above says what that is. */
export function nodeRestriction({ authorizer }: PluginParts): AdmissionPlugin {
  return {
    name: 'NodeRestriction',
    validate: ({ scope, operation, kind, object, old, subresource }) =>
      restrictNode(scope, authorizer.graph, { operation, kind, object, old, subresource }),
  };
}
