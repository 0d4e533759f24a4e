import { deepEqual, type Pod, podKind, type RuntimeClass, statusErrors } from '@kubelab/api';
import type { AdmissionPlugin, PluginParts } from '../contract.js';
import { runtimeClassKind } from '../kinds.js';
import { Lookup } from '../lookup.js';

/** A class of runtimes costs something and runs somewhere: both go into the pod (KEP-688, KEP-894). */
export function runtimeClass({ storage }: PluginParts): AdmissionPlugin {
  const lookup = new Lookup(storage);
  return {
    name: 'RuntimeClass',
    admit: async ({ operation, kind, object, subresource }) => {
      if (operation !== 'CREATE' || kind !== podKind || subresource !== '') return;
      const { metadata, spec } = object as Pod;
      if (spec === undefined) return;
      const refuse = (why: string) => statusErrors.forbidden(kind, metadata.name, why);
      const name = spec.runtimeClassName ?? '';
      if (name === '') {
        if (spec.overhead !== undefined)
          throw refuse('pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
        return;
      }
      const found = await lookup.one<RuntimeClass>(runtimeClassKind, '', name);
      if (found === undefined) throw refuse(`pod rejected: RuntimeClass "${name}" not found`);
      const overhead = found.overhead?.podFixed;
      if (spec.overhead !== undefined && !deepEqual(spec.overhead, overhead))
        throw refuse('pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
      if (overhead !== undefined) spec.overhead = { ...overhead };
      const { nodeSelector = {}, tolerations = [] } = found.scheduling ?? {};
      for (const [key, value] of Object.entries(nodeSelector)) {
        const own = spec.nodeSelector?.[key];
        if (own !== undefined && own !== value)
          throw refuse(
            `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`,
          );
      }
      if (Object.keys(nodeSelector).length > 0) spec.nodeSelector = { ...spec.nodeSelector, ...nodeSelector };
      const before = spec.tolerations ?? [];
      const added = tolerations.filter((one) => !before.some((own) => deepEqual(own, one)));
      if (added.length > 0) spec.tolerations = [...before, ...added];
    },
  };
}
