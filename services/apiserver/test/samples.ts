/** An object of each kind as people write it, a status of it, and cells of its row as kubectl prints them. */
export interface Sample {
  readonly name?: string;
  readonly status?: object;
  readonly cells?: readonly unknown[];
  readonly [field: string]: unknown;
}

const containers = [{ name: 'c', image: 'nginx:1' }];
const labels = { app: 'web' };
const template = { metadata: { labels }, spec: { containers } };
const once = { spec: { containers, restartPolicy: 'Never' } };
const selector = { matchLabels: labels };
const storage = { storage: '1Gi' };
const rules = [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }];
const webhook = {
  name: 'hook.example.com',
  clientConfig: { service: { name: 'hook', namespace: 'default' } },
  rules,
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
};
const matchConstraints = { resourceRules: rules };
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
const subjects = [{ kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' }];
const policyRules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
const csr = '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n';
const condition = (type: string) => ({
  type,
  status: 'True',
  lastTransitionTime: '2026-01-01T00:00:00Z',
  reason: 'Test',
  message: '',
});
const deviceRequest = { name: 'gpu', exactly: { deviceClassName: 'gpu.example.com' } };

/** By kind, or by `group/version kind` where two kinds have one name. */
export const samples: Readonly<Record<string, Sample>> = {
  ConfigMap: { data: { a: '1' }, cells: ['sample', 1] },
  Endpoints: { subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }] },
  'v1 Event': {
    involvedObject: { kind: 'Pod', name: 'x', namespace: 'default' },
    reason: 'Test',
    type: 'Normal',
  },
  'events.k8s.io/v1 Event': {
    regarding: { kind: 'Pod', name: 'x', namespace: 'default' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'example.com/test',
    reportingInstance: 'test-0',
    action: 'Testing',
    reason: 'Test',
    type: 'Normal',
    note: 'tested',
  },
  LimitRange: { spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } },
  Namespace: { status: { phase: 'Active' }, cells: ['sample', 'Active'] },
  Node: { status: { conditions: [condition('Ready')] }, cells: ['sample', 'Ready', '<none>'] },
  PersistentVolume: {
    spec: {
      capacity: storage,
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: '/data' },
      storageClassName: 'slow',
    },
    status: { phase: 'Available' },
    cells: ['sample', '1Gi', 'RWO', 'Retain', 'Available', '', 'slow', '<unset>', ''],
  },
  PersistentVolumeClaim: {
    spec: { accessModes: ['ReadWriteMany'], resources: { requests: storage }, volumeName: 'v' },
    status: { phase: 'Bound', capacity: storage, accessModes: ['ReadWriteMany'] },
    cells: ['sample', 'Bound', 'v', '1Gi', 'RWX', '', '<unset>'],
  },
  Pod: { spec: { containers }, status: { phase: 'Running' }, cells: ['sample', '0/1', 'Running', '0'] },
  PodTemplate: { template, cells: ['sample', 'c', 'nginx:1', 'app=web'] },
  ReplicationController: {
    spec: { template },
    status: { replicas: 1, readyReplicas: 1 },
    cells: ['sample', 1, 1, 1],
  },
  ResourceQuota: {
    spec: { hard: { 'limits.cpu': '2', pods: '10' } },
    status: { hard: { 'limits.cpu': '2', pods: '10' }, used: { 'limits.cpu': '1', pods: '3' } },
    cells: ['sample', 'pods: 3/10', 'limits.cpu: 1/2'],
  },
  Secret: { stringData: { a: '1' }, cells: ['sample', 'Opaque', 1] },
  ServiceAccount: { cells: ['sample', 0] },
  Service: { spec: { ports: [{ port: 80 }] }, status: { conditions: [condition('Ready')] } },
  ControllerRevision: { revision: 3, data: { spec: { any: ['thing'] } }, cells: ['sample', '<none>', 3] },
  DaemonSet: {
    spec: { selector, template },
    status: { desiredNumberScheduled: 2, currentNumberScheduled: 1, numberMisscheduled: 0, numberReady: 1 },
    cells: ['sample', 2, 1, 1, 0, 0, '<none>'],
  },
  Deployment: { spec: { selector, template }, status: { readyReplicas: 1 }, cells: ['sample', '1/1', 0, 0] },
  ReplicaSet: { spec: { selector, template }, status: { replicas: 1 }, cells: ['sample', 1, 1, 0] },
  StatefulSet: {
    spec: {
      selector,
      template,
      serviceName: 'web',
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: storage } },
        },
      ],
    },
    status: { replicas: 1, readyReplicas: 1 },
    cells: ['sample', '1/1'],
  },
  'autoscaling/v2 HorizontalPodAutoscaler': {
    spec: {
      scaleTargetRef,
      maxReplicas: 5,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
        },
        {
          type: 'Pods',
          pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '10' } },
        },
      ],
      behavior: { scaleDown: { stabilizationWindowSeconds: 60 } },
    },
    status: { desiredReplicas: 2, currentReplicas: 1 },
    cells: ['sample', 'Deployment/web', 'cpu: <unknown>/50%, <unknown>/10', '1', 5, 1],
  },
  'autoscaling/v1 HorizontalPodAutoscaler': {
    spec: { scaleTargetRef, minReplicas: 2, maxReplicas: 5, targetCPUUtilizationPercentage: 70 },
    status: { desiredReplicas: 2, currentReplicas: 2, currentCPUUtilizationPercentage: 35 },
    cells: ['sample', 'Deployment/web', 'cpu: 35%/70%', '2', 5, 2],
  },
  CronJob: {
    spec: { schedule: '*/5 * * * *', timeZone: 'Etc/UTC', jobTemplate: { spec: { template: once } } },
    status: { active: [{ name: 'x' }] },
    cells: ['sample', '*/5 * * * *', 'Etc/UTC', 'False', 1, '<none>'],
  },
  Job: {
    spec: { completions: 3, template: once },
    status: { succeeded: 1, startTime: '2026-01-01T00:00:00Z', completionTime: '2026-01-01T00:01:30Z' },
    cells: ['sample', 'Running', '1/3', '90s'],
  },
  CertificateSigningRequest: {
    spec: {
      request: Buffer.from(csr).toString('base64'),
      signerName: 'example.com/signer',
      usages: ['client auth'],
      expirationSeconds: 3600,
    },
    status: { certificate: Buffer.from('x').toString('base64') },
    cells: ['sample', /./, 'example.com/signer', 'kubernetes-admin', '60m', 'Pending,Issued'],
  },
  Lease: { spec: { holderIdentity: 'me' }, cells: ['sample', 'me'] },
  EndpointSlice: { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ port: 80 }] },
  Ingress: {
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host: 'a.example.com',
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } },
            ],
          },
        },
      ],
      tls: [{ hosts: ['a.example.com'], secretName: 'tls' }],
    },
    status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
    cells: ['sample', 'nginx', 'a.example.com', '192.0.2.1', '80, 443'],
  },
  IngressClass: {
    spec: { controller: 'example.com/c', parameters: { apiGroup: 'e.com', kind: 'P', name: 'x' } },
    cells: ['sample', 'example.com/c', 'P.e.com/x'],
  },
  IPAddress: {
    name: '10.96.0.9',
    spec: { parentRef: { resource: 'services', namespace: 'default', name: 'web' } },
    cells: ['10.96.0.9', 'services/default/web'],
  },
  NetworkPolicy: {
    spec: {
      podSelector: selector,
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 53 }] }],
    },
    cells: ['sample', 'app=web'],
  },
  ServiceCIDR: {
    spec: { cidrs: ['10.1.0.0/16'] },
    status: { conditions: [condition('Ready')] },
    cells: ['sample', '10.1.0.0/16'],
  },
  RuntimeClass: { handler: 'runc', cells: ['sample', 'runc'] },
  PodDisruptionBudget: {
    spec: { minAvailable: '50%', selector },
    status: { disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2 },
    cells: ['sample', '50%', 'N/A', 1],
  },
  ClusterRole: { rules: policyRules },
  Role: { rules: policyRules },
  ClusterRoleBinding: { roleRef, subjects, cells: ['sample', 'ClusterRole/view', /./, 'jane'] },
  RoleBinding: { roleRef, subjects, cells: ['sample', 'ClusterRole/view', /./, 'jane'] },
  DeviceClass: { spec: { selectors: [{ cel: { expression: 'true' } }] } },
  ResourceClaim: {
    spec: { devices: { requests: [deviceRequest] } },
    status: { reservedFor: [{ resource: 'pods', name: 'x', uid: 'u' }] },
    cells: ['sample', 'reserved,pending'],
  },
  ResourceClaimTemplate: { spec: { spec: { devices: { requests: [deviceRequest] } } } },
  ResourceSlice: {
    spec: {
      driver: 'gpu.example.com',
      nodeName: 'node-1',
      pool: { name: 'p', generation: 1, resourceSliceCount: 1 },
      devices: [{ name: 'gpu-0' }],
    },
    cells: ['sample', 'node-1', 'gpu.example.com', 'p'],
  },
  PriorityClass: { value: 1000, cells: ['sample', 1000, false, /./, 'PreemptLowerPriority'] },
  CSIDriver: {
    spec: { tokenRequests: [{ audience: 'a' }] },
    cells: ['sample', true, false, false, 'a', false, 'Persistent'],
  },
  CSINode: { spec: { drivers: [{ name: 'd', nodeID: 'n' }] }, cells: ['sample', 1] },
  CSIStorageCapacity: { storageClassName: 'slow', capacity: '10Gi', cells: ['sample', 'slow', '10Gi'] },
  StorageClass: {
    provisioner: 'example.com/p',
    cells: ['sample', 'example.com/p', 'Delete', 'Immediate', false],
  },
  VolumeAttachment: {
    spec: { attacher: 'd', nodeName: 'node-1', source: { persistentVolumeName: 'v' } },
    status: { attached: true },
    cells: ['sample', 'd', 'v', 'node-1', true],
  },
  VolumeAttributesClass: { driverName: 'd', parameters: { a: 'b' }, cells: ['sample', 'd'] },
  MutatingAdmissionPolicy: {
    spec: {
      matchConstraints,
      reinvocationPolicy: 'Never',
      mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } }],
    },
    cells: ['sample', 1, '<unset>'],
  },
  MutatingAdmissionPolicyBinding: { spec: { policyName: 'p' }, cells: ['sample', 'p', '<unset>'] },
  MutatingWebhookConfiguration: { webhooks: [webhook], cells: ['sample', 1] },
  ValidatingAdmissionPolicy: {
    spec: {
      matchConstraints,
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      validations: [{ expression: 'true' }],
    },
    status: { observedGeneration: 1 },
    cells: ['sample', 1, 'v1/ConfigMap'],
  },
  ValidatingAdmissionPolicyBinding: {
    spec: {
      policyName: 'p',
      validationActions: ['Deny'],
      paramRef: { name: 'x', namespace: 'n', parameterNotFoundAction: 'Deny' },
    },
    cells: ['sample', 'p', 'n/x'],
  },
  ValidatingWebhookConfiguration: { webhooks: [webhook], cells: ['sample', 1] },
  CustomResourceDefinition: {
    name: 'things.example.com',
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
            },
          },
        },
      ],
    },
    status: { acceptedNames: { plural: 'things', kind: 'Thing' }, conditions: [condition('Established')] },
  },
  APIService: {
    name: 'v1.metrics.example.com',
    spec: {
      group: 'metrics.example.com',
      version: 'v1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      service: { name: 'metrics', namespace: 'kube-system' },
      insecureSkipTLSVerify: true,
    },
    status: { conditions: [condition('Available')] },
    cells: ['v1.metrics.example.com', 'kube-system/metrics', 'True'],
  },
  FlowSchema: {
    spec: {
      priorityLevelConfiguration: { name: 'global-default' },
      distinguisherMethod: { type: 'ByUser' },
      rules: [
        {
          subjects: [{ kind: 'Group', group: { name: 'system:authenticated' } }],
          resourceRules: [
            { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] },
          ],
        },
      ],
    },
    status: { conditions: [{ type: 'Dangling', status: 'False' }] },
    cells: ['sample', 'global-default', 1000, 'ByUser', /./, 'False'],
  },
  PriorityLevelConfiguration: {
    spec: { type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing: {} } } },
    status: { conditions: [condition('Test')] },
    cells: ['sample', 'Limited', 30, 64, 8, 50],
  },
};
