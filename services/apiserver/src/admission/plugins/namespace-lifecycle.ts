import { namespaceKind, statusErrors } from '@kubelab/api';
import type { AdmissionPlugin, PluginParts } from '../contract.js';
import { Lookup } from '../lookup.js';

/** Namespaces that are always there. */
export const systemNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
const undeletable = new Set(['default', 'kube-system', 'kube-public']);

/** Nothing is made in a namespace that is absent or going; the first namespaces stay. */
export function namespaceLifecycle({ storage }: PluginParts): AdmissionPlugin {
  const lookup = new Lookup(storage);
  return {
    name: 'NamespaceLifecycle',
    admit: async ({ operation, kind, object }) => {
      const { namespace = '', name } = object.metadata;
      if (operation !== 'CREATE' || !kind.namespaced) return;
      const found = await lookup.one(namespaceKind, '', namespace);
      if (found === undefined) throw statusErrors.notFound(namespaceKind, namespace);
      if (found.metadata.deletionTimestamp === undefined) return;
      const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
      const message = `namespace ${namespace} is being terminated`;
      throw statusErrors.forbidden(kind, name, why, [
        { reason: 'NamespaceTerminating', message, field: 'metadata.namespace' },
      ]);
    },
    validate: ({ operation, kind, object }) => {
      if (operation !== 'DELETE' || kind !== namespaceKind || !undeletable.has(object.metadata.name)) return;
      throw statusErrors.forbidden(kind, object.metadata.name, 'this namespace may not be deleted');
    },
  };
}
