import { type Pod, statusErrors } from '@kubelab/api';
import type { AdmissionPlugin } from '../contract.js';

/** A kubelet touches its own node, its own lease and the pods bound to it. */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  validate: ({ scope, kind, object }) => {
    const prefix = 'system:node:';
    if (!scope.user.groups.includes('system:nodes') || !scope.user.name.startsWith(prefix)) return;
    const node = scope.user.name.slice(prefix.length);
    const { name } = object.metadata;
    const refuse = (why: string) => {
      throw statusErrors.forbidden(kind, name, why);
    };
    if (kind.kind === 'Node' && name !== node)
      refuse(`node "${node}" is not allowed to modify node "${name}"`);
    if (kind.kind === 'Lease' && name !== node)
      refuse('can only access node lease with the same name as the requesting node');
    if (kind.kind === 'Pod' && (object as Pod).spec?.nodeName !== node)
      refuse(`node "${node}" can only touch pods with spec.nodeName set to itself`);
  },
};
