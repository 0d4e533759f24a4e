import type { PolicyRule } from '@kubelab/api';

const allow = (apiGroup: string, resources: readonly string[], ...verbs: readonly string[]): PolicyRule => ({
  apiGroups: [apiGroup],
  resources: [...resources],
  verbs: [...verbs],
});

/**
 * What the workload, storage, policy and certificate controllers write. They run under one identity, so these are
 * rules of one role; each line is what one controller needs (Kubernetes: system:controller:NAME).
 */
export const controllerRules: readonly PolicyRule[] = [
  allow('', ['replicationcontrollers/status'], 'update'),
  allow('apps', ['controllerrevisions'], 'create', 'update'),
  allow('apps', ['statefulsets/status', 'daemonsets/status'], 'update'),
  allow('batch', ['jobs'], 'create'),
  allow('batch', ['jobs/status', 'cronjobs/status'], 'update'),
  allow('policy', ['poddisruptionbudgets/status'], 'update'),
  allow('', ['persistentvolumeclaims', 'persistentvolumes'], 'create', 'update'),
  allow('', ['persistentvolumeclaims/status', 'persistentvolumes/status'], 'update', 'patch'),
  allow('autoscaling', ['horizontalpodautoscalers/status'], 'update'),
  allow('', ['replicationcontrollers/scale'], 'get', 'update'),
  allow('apps', ['deployments/scale', 'replicasets/scale', 'statefulsets/scale'], 'get', 'update'),
  allow('metrics.k8s.io', ['pods'], 'get', 'list'),
  allow(
    'certificates.k8s.io',
    ['certificatesigningrequests/status', 'certificatesigningrequests/approval'],
    'update',
  ),
  allow('certificates.k8s.io', ['signers'], 'approve', 'sign'),
  allow('authorization.k8s.io', ['subjectaccessreviews'], 'create'),
];
