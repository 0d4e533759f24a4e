import t from 'tap';
import { findResourceByName, podKind } from '../src/index.js';
import { accepted, podWith } from './support.js';

const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const of = (name: string, body: object) => {
  const kind = findResourceByName(name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return accepted(kind, { metadata: { name: 'x' }, ...body });
};

/** Kind, body, and what of it Kubernetes fills in. */
const cases: readonly (readonly [kind: string, body: object, filled: object])[] = [
  [
    'sts',
    { spec: { template, volumeClaimTemplates: [{ metadata: { name: 'd' } }] } },
    {
      spec: {
        replicas: 1,
        podManagementPolicy: 'OrderedReady',
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        revisionHistoryLimit: 10,
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        template: { spec: { restartPolicy: 'Always', containers: [{ imagePullPolicy: 'Always' }] } },
        volumeClaimTemplates: [
          { apiVersion: 'v1', kind: 'PersistentVolumeClaim', status: { phase: 'Pending' } },
        ],
      },
      status: { replicas: 0, availableReplicas: 0 },
    },
  ],
  [
    'sts',
    { spec: { updateStrategy: { type: 'OnDelete' } } },
    { spec: { updateStrategy: { rollingUpdate: undefined } } },
  ],
  [
    'ds',
    { spec: { template } },
    {
      spec: {
        revisionHistoryLimit: 10,
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      },
    },
  ],
  [
    'rc',
    { spec: { template } },
    { metadata: { labels: { a: 'b' } }, spec: { replicas: 1, selector: { a: 'b' } } },
  ],
  [
    'job',
    { spec: { template } },
    {
      spec: { completions: 1, parallelism: 1, backoffLimit: 6, podReplacementPolicy: 'TerminatingOrFailed' },
    },
  ],
  ['job', { spec: { template, parallelism: 3 } }, { spec: { completions: undefined, parallelism: 3 } }],
  ['job', { spec: { template, completions: 3 } }, { spec: { completions: 3, parallelism: 1 } }],
  ['job', { spec: { template, backoffLimitPerIndex: 1 } }, { spec: { backoffLimit: 2 ** 31 - 1 } }],
  [
    'job',
    {
      spec: {
        template,
        podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'T' }] }] },
      },
    },
    {
      spec: {
        podReplacementPolicy: 'Failed',
        podFailurePolicy: { rules: [{ onPodConditions: [{ status: 'True' }] }] },
      },
    },
  ],
  [
    'cj',
    { spec: { schedule: '@daily', jobTemplate: { spec: { template } } } },
    {
      spec: {
        concurrencyPolicy: 'Allow',
        suspend: false,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 1,
        jobTemplate: { spec: { backoffLimit: undefined, template: { spec: { dnsPolicy: 'ClusterFirst' } } } },
      },
    },
  ],
  [
    'limits',
    {
      spec: {
        limits: [
          {
            type: 'Container',
            max: { cpu: '2' },
            min: { cpu: '1', memory: '1Mi' },
            default: { memory: '2Mi' },
          },
        ],
      },
    },
    {
      spec: {
        limits: [{ default: { cpu: '2', memory: '2Mi' }, defaultRequest: { cpu: '2', memory: '2Mi' } }],
      },
    },
  ],
  ['netpol', { spec: {} }, { spec: { policyTypes: ['Ingress'] } }],
  [
    'netpol',
    { spec: { egress: [{ ports: [{ port: 1 }] }] } },
    { spec: { policyTypes: ['Ingress', 'Egress'], egress: [{ ports: [{ protocol: 'TCP' }] }] } },
  ],
  [
    'pv',
    { spec: { iscsi: { targetPortal: 'p', iqn: 'i', lun: 0 } } },
    {
      spec: {
        persistentVolumeReclaimPolicy: 'Retain',
        volumeMode: 'Filesystem',
        iscsi: { iscsiInterface: 'default' },
      },
    },
  ],
  [
    'csidrivers',
    { spec: {} },
    {
      spec: {
        attachRequired: true,
        podInfoOnMount: false,
        fsGroupPolicy: 'ReadWriteOnceWithFSType',
        volumeLifecycleModes: ['Persistent'],
      },
    },
  ],
  ['sc', { provisioner: 'p' }, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }],
  ['pc', { value: 1 }, { preemptionPolicy: 'PreemptLowerPriority' }],
  [
    'ingressclasses',
    { spec: { parameters: { kind: 'K', name: 'n' } } },
    { spec: { parameters: { scope: 'Cluster' } } },
  ],
  [
    'mutatingwebhookconfigurations',
    { webhooks: [{ name: 'a', clientConfig: { service: { name: 's', namespace: 'n' } }, rules: [{}] }] },
    {
      webhooks: [
        {
          failurePolicy: 'Fail',
          matchPolicy: 'Equivalent',
          namespaceSelector: {},
          objectSelector: {},
          timeoutSeconds: 10,
          reinvocationPolicy: 'Never',
          clientConfig: { service: { port: 443 } },
          rules: [{ scope: '*' }],
        },
      ],
    },
  ],
  [
    'hpa',
    { spec: { maxReplicas: 1 } },
    { spec: { minReplicas: 1, metrics: [{ resource: { target: { averageUtilization: 80 } } }] } },
  ],
  [
    'prioritylevelconfigurations',
    { spec: { type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing: {} } } } },
    {
      spec: {
        limited: {
          nominalConcurrencyShares: 30,
          lendablePercent: 0,
          limitResponse: { queuing: { queues: 64, handSize: 8, queueLengthLimit: 50 } },
        },
      },
    },
  ],
  ['pdb', {}, { status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 } }],
  ['events', {}, { involvedObject: {} }],
];

t.test('what Kubernetes fills in', async (t) => {
  for (const [name, body, filled] of cases) {
    const object = of(name, body);
    t.match(object, filled, `${name} ${JSON.stringify(body).slice(0, 80)}`);
    t.same(of(name, object), object, 'filling in again changes nothing');
  }
});

t.test("what is given is kept, and a pod's volumes are filled in as a PersistentVolume's are", async (t) => {
  t.match(of('sc', { provisioner: 'p', reclaimPolicy: 'Retain' }), { reclaimPolicy: 'Retain' });
  t.match(of('cj', { spec: { suspend: true, failedJobsHistoryLimit: 0 } }), {
    spec: { suspend: true, failedJobsHistoryLimit: 0 },
  });
  const volumes = [
    { name: 'a', hostPath: { path: '/x' } },
    { name: 'b', azureDisk: { diskName: 'd', diskURI: 'u' } },
    { name: 'c', ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'] } } } },
  ];
  t.match(accepted(podKind, podWith({ volumes })).spec, {
    volumes: [
      { hostPath: { type: '' } },
      { azureDisk: { cachingMode: 'ReadWrite', fsType: 'ext4', kind: 'Shared', readOnly: false } },
      { ephemeral: { volumeClaimTemplate: { spec: { volumeMode: 'Filesystem' } } } },
    ],
  });
});
