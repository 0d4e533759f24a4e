import { type Pod, type PriorityClass, podKind, statusErrors } from '@kubelab/api';
import type { AdmissionPlugin, PluginParts } from '../contract.js';
import { priorityClassKind } from '../kinds.js';
import { Lookup } from '../lookup.js';

/** The class's number goes into the pod, so that the scheduler need not look it up. One class may be everybody's. */
export function priority({ storage }: PluginParts): AdmissionPlugin {
  const lookup = new Lookup(storage);
  /** Of several default classes the lowest counts. */
  const everybodys = async () => {
    const classes = await lookup.all<PriorityClass>(priorityClassKind);
    return classes
      .filter((one) => one.globalDefault === true)
      .sort((a, b) => (a.value ?? 0) - (b.value ?? 0))[0];
  };
  return {
    name: 'Priority',
    admit: async ({ operation, kind, object, old, subresource }) => {
      if (kind !== podKind || subresource !== '') return;
      const { metadata, spec } = object as Pod;
      if (spec === undefined) return;
      if (operation === 'UPDATE') {
        const before = (old as Pod | undefined)?.spec;
        // A client that leaves out what the server wrote has not changed it.
        spec.priority ??= before?.priority;
        spec.preemptionPolicy ??= before?.preemptionPolicy;
        return;
      }
      const name = spec.priorityClassName ?? '';
      const found =
        name === '' ? await everybodys() : await lookup.one<PriorityClass>(priorityClassKind, '', name);
      if (name !== '' && found === undefined)
        throw statusErrors.forbidden(kind, metadata.name, `no PriorityClass with name ${name} was found`);
      if (found !== undefined) spec.priorityClassName = found.metadata.name;
      const value = found?.value ?? 0;
      const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority';
      if (spec.priority !== undefined && spec.priority !== value) {
        const why = `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
        throw statusErrors.forbidden(kind, metadata.name, why);
      }
      if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
        const why = `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`;
        throw statusErrors.forbidden(kind, metadata.name, why);
      }
      spec.priority = value;
      spec.preemptionPolicy = policy;
    },
    validate: async ({ operation, kind, object }) => {
      if (operation === 'DELETE' || kind !== priorityClassKind || object.globalDefault !== true) return;
      const classes = await lookup.all<PriorityClass>(priorityClassKind);
      const other = classes.find(
        (one) => one.globalDefault === true && one.metadata.name !== object.metadata.name,
      );
      if (other === undefined) return;
      const why = `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`;
      throw statusErrors.forbidden(kind, object.metadata.name, why);
    },
  };
}
