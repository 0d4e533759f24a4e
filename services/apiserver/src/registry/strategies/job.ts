import type { Job } from '@kubelab/api';
import type { Strategy } from '../strategy.js';

/**
 * A job finds its pods by its own uid, unless its author says how. The labels without a prefix are from
 * before batch.kubernetes.io, and still written.
 */
export const jobStrategy: Strategy = {
  prepareCreate: (object) => {
    const { metadata, spec } = object as Job;
    if (spec === undefined || spec.manualSelector === true || spec.template === undefined) return;
    const { name, uid = '' } = metadata;
    const labels = {
      ...spec.template.metadata?.labels,
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': name,
      'controller-uid': uid,
      'job-name': name,
    };
    spec.template.metadata = Object.assign({}, spec.template.metadata, { labels });
    // A job without labels has those of its pods.
    if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
    spec.selector = {
      ...spec.selector,
      matchLabels: { ...spec.selector?.matchLabels, 'batch.kubernetes.io/controller-uid': uid },
    };
  },
  defaultPropagation: 'Orphan',
};
