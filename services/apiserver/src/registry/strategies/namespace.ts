import { isObject } from '@kubelab/api';
import type { Strategy } from '../strategy.js';

/**
 * A namespace stays, Terminating, until the namespace controller has emptied it and takes `kubernetes`
 * from spec.finalizers.
 */
export const namespaceStrategy: Strategy = {
  prepareUpdate: (object, old, subresource) => {
    if (subresource === 'finalize') return;
    if (isObject(object.spec) && isObject(old.spec)) object.spec.finalizers = old.spec.finalizers;
  },
  decideDelete: (object) => {
    const finalizers =
      isObject(object.spec) && Array.isArray(object.spec.finalizers) ? object.spec.finalizers : [];
    return { graceSeconds: 0, held: finalizers.length > 0 };
  },
  markDeleted: (object) => {
    object.status = { ...(isObject(object.status) ? object.status : {}), phase: 'Terminating' };
  },
};
