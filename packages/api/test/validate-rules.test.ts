import t from 'tap';
import { findResourceByName } from '../src/index.js';
import { findings } from './support.js';

const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const once = { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } };
const selector = { matchLabels: { a: 'b' } };
const target = { kind: 'Deployment', name: 'd' };
const storage = { resources: { requests: { storage: '1Gi' } } };
const rules = [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }];
const hook = {
  name: 'a.b.c',
  clientConfig: { url: 'https://h/x' },
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  rules,
};
const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } };
const definition = {
  group: 'e.com',
  scope: 'Cluster',
  names: { plural: 'xs', kind: 'X' },
  versions: [version],
};
const csr = Buffer.from('-----BEGIN CERTIFICATE REQUEST-----\nAA==\n').toString('base64');
const volume = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/d' } };
const path = (more: object) => ({
  rules: [
    {
      http: {
        paths: [
          {
            path: '/',
            pathType: 'Prefix',
            backend: { service: { name: 's', port: { number: 1 } } },
            ...more,
          },
        ],
      },
    },
  ],
});

/** Kind, body (its name is `x`), and everything that is wrong with it. */
const cases: readonly (readonly [kind: string, body: Record<string, unknown>, wrong: readonly string[]])[] = [
  ['sts', { spec: { selector, template, serviceName: 's' } }, []],
  [
    'sts',
    { spec: { selector, template, podManagementPolicy: 'No', replicas: -1 } },
    [
      'spec.podManagementPolicy: Unsupported value: "No": supported values: "OrderedReady", "Parallel"',
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
  [
    'sts',
    { spec: { selector: {}, template } },
    ['spec.selector: Invalid value: {}: empty selector is invalid for statefulset'],
  ],
  ['sts', {}, ['spec.selector: Required value', 'spec.template.spec.containers: Required value']],
  ['ds', { spec: { selector, template } }, []],
  [
    'ds',
    { spec: { selector, template: once } },
    [
      'spec.template.metadata.labels: Invalid value: {}: `selector` does not match template `labels`',
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
  ],
  [
    'ds',
    { spec: { selector, template, updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } } },
    ['spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0 when maxSurge is 0'],
  ],
  ['rc', { spec: { template } }, []],
  ['rc', { spec: {} }, ['spec.selector: Required value']],
  [
    'rc',
    { spec: { selector: { a: 'c' }, template } },
    ['spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`'],
  ],
  ['job', { spec: { template: once } }, []],
  [
    'job',
    { spec: { template } },
    ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
  ],
  [
    'job',
    { spec: { template: once, completionMode: 'Indexed', parallelism: 2 } },
    ['spec.completions: Required value: when completion mode is Indexed'],
  ],
  [
    'job',
    { spec: { template: once, backoffLimit: -1, ttlSecondsAfterFinished: -2 } },
    [
      'spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0',
      'spec.ttlSecondsAfterFinished: Invalid value: -2: must be greater than or equal to 0',
    ],
  ],
  ['job', {}, ['spec.template.spec.containers: Required value']],
  ['cj', { spec: { schedule: '*/5 1-3,5 * jan mon-fri', jobTemplate: { spec: { template: once } } } }, []],
  [
    'cj',
    { spec: { schedule: '@hourly', timeZone: 'Europe/Berlin', jobTemplate: { spec: { template: once } } } },
    [],
  ],
  [
    'cj',
    { spec: { schedule: '61 * * * *', timeZone: 'Nowhere/X', jobTemplate: { spec: { template: once } } } },
    [
      'spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61',
      'spec.timeZone: Invalid value: "Nowhere/X": unknown time zone Nowhere/X',
    ],
  ],
  [
    'cj',
    { spec: { schedule: '* * *', concurrencyPolicy: 'X', jobTemplate: { spec: { template: once } } } },
    [
      'spec.concurrencyPolicy: Unsupported value: "X": supported values: "Allow", "Forbid", "Replace"',
      'spec.schedule: Invalid value: "* * *": expected exactly 5 fields, found 3: [* * *]',
    ],
  ],
  [
    'cj',
    {
      metadata: { name: 'a'.repeat(53) },
      spec: { schedule: '@daily', jobTemplate: { spec: { template: once } } },
    },
    [`metadata.name: Invalid value: "${'a'.repeat(53)}": must be no more than 52 characters`],
  ],
  ['hpa', { spec: { scaleTargetRef: target, maxReplicas: 2 } }, []],
  [
    'hpa',
    { spec: { maxReplicas: 0 } },
    [
      'spec.scaleTargetRef.kind: Required value',
      'spec.scaleTargetRef.name: Required value',
      'spec.maxReplicas: Invalid value: 0: must be greater than 0',
      'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
    ],
  ],
  [
    'hpa',
    { spec: { scaleTargetRef: target, maxReplicas: 2, metrics: [{ type: 'Pods' }] } },
    ['spec.metrics[0].pods: Required value: must populate information for the given metric source'],
  ],
  [
    'hpa',
    {
      spec: {
        scaleTargetRef: target,
        maxReplicas: 2,
        behavior: { scaleDown: { policies: [{ type: 'X', value: 0, periodSeconds: 1801 }] } },
      },
    },
    [
      'spec.behavior.scaleDown.policies[0].type: Unsupported value: "X": supported values: "Percent", "Pods"',
      'spec.behavior.scaleDown.policies[0].value: Invalid value: 0: must be greater than zero',
      'spec.behavior.scaleDown.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800',
    ],
  ],
  [
    'job',
    {
      spec: {
        template: { spec: { ...once.spec, restartPolicy: 'OnFailure' } },
        podFailurePolicy: { rules: [] },
        maxFailedIndexes: 1,
      },
    },
    [
      'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
      'spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode',
      'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
    ],
  ],
  [
    'ds',
    { spec: { template: { ...template, spec: { ...template.spec, activeDeadlineSeconds: 1 } } } },
    [
      'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported',
    ],
  ],
  ['pdb', { spec: { minAvailable: '50%', selector } }, []],
  [
    'pdb',
    { spec: { minAvailable: 1, maxUnavailable: 1 } },
    [
      'spec: Invalid value: {"minAvailable":1,"maxUnavailable":1}: minAvailable and maxUnavailable cannot be both set',
    ],
  ],
  [
    'pdb',
    { spec: { minAvailable: -1, unhealthyPodEvictionPolicy: 'X' } },
    [
      'spec.unhealthyPodEvictionPolicy: Unsupported value: "X": supported values: "AlwaysAllow", "IfHealthyBudget"',
      'spec.minAvailable: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
  ['pv', { spec: volume }, []],
  [
    'pv',
    { spec: { ...volume, nfs: { server: 's', path: '/' } } },
    ['spec.nfs: Forbidden: may not specify more than 1 volume type'],
  ],
  [
    'pv',
    { spec: { accessModes: ['X'], persistentVolumeReclaimPolicy: 'Y' } },
    [
      'spec.accessModes[0]: Unsupported value: "X": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
      'spec.capacity: Required value',
      'spec.persistentVolumeReclaimPolicy: Unsupported value: "Y": supported values: "Delete", "Recycle", "Retain"',
      'spec: Required value: must specify a volume type',
    ],
  ],
  [
    'pv',
    { spec: { ...volume, hostPath: undefined, local: { path: '/d' } } },
    ['spec.nodeAffinity: Required value: Local volume requires node affinity'],
  ],
  ['pvc', { spec: { accessModes: ['ReadWriteOnce'], ...storage } }, []],
  ['pvc', { spec: {} }, ['spec.accessModes: Required value', 'spec.resources[storage]: Required value']],
  ['sc', { provisioner: 'p' }, []],
  [
    'sc',
    { volumeBindingMode: 'X' },
    [
      'provisioner: Required value',
      'volumeBindingMode: Unsupported value: "X": supported values: "Immediate", "WaitForFirstConsumer"',
    ],
  ],
  [
    'volumeattachments',
    { spec: { attacher: 'a', nodeName: 'n', source: {} } },
    ['spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName'],
  ],
  [
    'csidrivers',
    { spec: { fsGroupPolicy: 'X' } },
    [
      'spec.fsGroupPolicy: Unsupported value: "X": supported values: "File", "None", "ReadWriteOnceWithFSType"',
    ],
  ],
  [
    'csinodes',
    { spec: { drivers: [{}] } },
    ['spec.drivers[0].name: Required value', 'spec.drivers[0].nodeID: Required value'],
  ],
  ['ing', { spec: path({}) }, []],
  ['ing', { spec: {} }, ['spec: Invalid value: []: either `defaultBackend` or `rules` must be specified']],
  [
    'ing',
    { spec: path({ pathType: undefined, path: 'x' }) },
    [
      'spec.rules[0].http.paths[0].pathType: Required value',
      'spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path',
    ],
  ],
  [
    'ing',
    { spec: path({ backend: { service: { name: 's', port: {} } } }) },
    ['spec.rules[0].http.paths[0].backend.service.port: Required value: port name or number is required'],
  ],
  [
    'ing',
    { spec: { rules: [{ host: '1.2.3.4' }] } },
    ['spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address'],
  ],
  ['netpol', { spec: {} }, []],
  [
    'netpol',
    { spec: { policyTypes: ['X'], ingress: [{ from: [{}, { ipBlock: { cidr: '1.2.3' } }] }] } },
    [
      'spec.policyTypes[0]: Unsupported value: "X": supported values: "Egress", "Ingress"',
      'spec.ingress[0].from[0]: Required value: must specify a peer',
      'spec.ingress[0].from[1].ipBlock.cidr: Invalid value: "1.2.3": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
  ],
  [
    'netpol',
    { spec: { ingress: [{ ports: [{ port: 10, endPort: 9 }, { protocol: 'X' }] }] } },
    [
      'spec.ingress[0].ports[1].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
      'spec.ingress[0].ports[0].endPort: Invalid value: 9: must be greater than or equal to `port`',
    ],
  ],
  [
    'ip',
    { spec: { parentRef: { resource: 'services', name: 'x' } } },
    ['metadata.name: Invalid value: "x": must be a valid IP address'],
  ],
  [
    'servicecidrs',
    { spec: { cidrs: ['10.0.0.0'] } },
    [
      'spec.cidrs[0]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
  ],
  ['pc', { value: 1 }, []],
  [
    'pc',
    { value: 2_000_000_000, preemptionPolicy: 'X' },
    [
      'preemptionPolicy: Unsupported value: "X": supported values: "Never", "PreemptLowerPriority"',
      'value: Forbidden: maximum allowed value of a user defined priority is 1000000000',
    ],
  ],
  ['runtimeclasses', {}, ['handler: Required value']],
  [
    'quota',
    { spec: { scopes: ['X'] } },
    [
      'spec.scopes[0]: Unsupported value: "X": supported values: "BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating", "VolumeAttributesClass"',
    ],
  ],
  ['csr', { spec: { request: csr, signerName: 'e.com/s', usages: ['client auth'] } }, []],
  [
    'csr',
    { spec: { request: 'AAAA', signerName: 'x', usages: ['x'] } },
    [
      `spec.usages[0]: Unsupported value: "x": supported values: "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment", "decipher only", "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing", "timestamping"`,
      'spec.request: Invalid value: "AAAA": PEM block type must be CERTIFICATE REQUEST',
      'spec.signerName: Invalid value: "x": must be a fully qualified domain and path of the form "example.com/signer-name"',
    ],
  ],
  ['validatingwebhookconfigurations', { webhooks: [hook] }, []],
  [
    'mutatingwebhookconfigurations',
    {
      webhooks: [
        {
          ...hook,
          name: 'a.b',
          sideEffects: 'Some',
          timeoutSeconds: 31,
          clientConfig: {},
          reinvocationPolicy: 'X',
        },
      ],
    },
    [
      'webhooks[0].reinvocationPolicy: Unsupported value: "X": supported values: "IfNeeded", "Never"',
      'webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"',
      'webhooks[0].timeoutSeconds: Invalid value: 31: must be between 1 and 30, inclusive',
      'webhooks[0].name: Invalid value: "a.b": should be a domain with at least three segments separated by dots',
      'webhooks[0].clientConfig: Required value: exactly one of url or service is required',
    ],
  ],
  [
    'validatingadmissionpolicybindings',
    { spec: { policyName: 'p' } },
    ['spec.validationActions: Required value'],
  ],
  [
    'validatingadmissionpolicies',
    { spec: { validations: [{}] } },
    ['spec.matchConstraints: Required value', 'spec.validations[0].expression: Required value'],
  ],
  ['crd', { metadata: { name: 'xs.e.com' }, spec: definition }, []],
  [
    'crd',
    {
      metadata: { name: 'y' },
      spec: { ...definition, versions: [{ ...version, storage: false, schema: undefined }] },
    },
    [
      'metadata.name: Invalid value: "y": must be spec.names.plural+"."+spec.group',
      'spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required',
      'spec.versions: Invalid value: ["v1"]: must have exactly one version marked as storage version',
    ],
  ],
  [
    'apiservices',
    {
      metadata: { name: 'v1.e.com' },
      spec: { group: 'e.com', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 },
    },
    [],
  ],
  [
    'apiservices',
    { spec: { group: 'e.com', version: 'v1', groupPriorityMinimum: 0, versionPriority: 1001 } },
    [
      'spec.groupPriorityMinimum: Invalid value: 0: must be between 1 and 20000, inclusive',
      'spec.versionPriority: Invalid value: 1001: must be between 1 and 1000, inclusive',
      'metadata.name: Invalid value: "x": must be `spec.version+"."+spec.group`: "v1.e.com"',
    ],
  ],
  [
    'flowschemas',
    { spec: { matchingPrecedence: 0, priorityLevelConfiguration: {} } },
    [
      'spec.matchingPrecedence: Invalid value: 0: must be between 1 and 10000, inclusive',
      'spec.priorityLevelConfiguration.name: Required value',
    ],
  ],
  [
    'prioritylevelconfigurations',
    { spec: { type: 'Limited' } },
    ['spec.limited: Required value: must not be empty when type is Limited'],
  ],
  [
    'prioritylevelconfigurations',
    { spec: { type: 'Limited', limited: { limitResponse: { type: 'Queue' } } } },
    [
      'spec.limited.limitResponse.queuing: Required value: must not be empty if limited.limitResponse.type is Queue',
    ],
  ],
  [
    'events.events.k8s.io',
    { metadata: { name: 'x', namespace: 'default' }, regarding: {} },
    [
      'eventTime: Required value',
      'reportingController: Required value',
      'reportingInstance: Required value',
      'action: Required value',
      'reason: Required value',
      'type: Invalid value: "": has invalid value: ',
    ],
  ],
];

const kindOf = (name: string) => {
  const kind = findResourceByName(name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
};

t.test('bodies, and all that is wrong with them', async (t) => {
  for (const [name, body, wrong] of cases) {
    const found = findings(kindOf(name), { metadata: { name: 'x' }, ...body });
    t.same(found.sort(), [...wrong].sort(), `${name} ${JSON.stringify(body).slice(0, 100)}`);
  }
});

t.test('schedules', async (t) => {
  const wrong = (schedule: string) =>
    findings(kindOf('cj'), {
      metadata: { name: 'x' },
      spec: { schedule, jobTemplate: { spec: { template: once } } },
    }).map((text) => text.replace(/^spec.schedule: Invalid value: ".*?": /, ''));
  for (const schedule of [
    '* * * * *',
    '0 0 1 1 0',
    '*/15 8-18/2 ? JAN-mar,dec mon-FRI',
    '59 23 31 12 6',
    '5/10 * * * *',
    '@yearly',
    '@every 1h30m',
  ])
    t.same(wrong(schedule), [], schedule);
  const cases = [
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['* 24 * * *', 'end of range (24) above maximum (23): 24'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['* * * * 7', 'end of range (7) above maximum (6): 7'],
    ['30-10 * * * *', 'beginning of range (30) beyond end of range (10): 30-10'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['@never', 'unrecognized descriptor: @never'],
  ] as const;
  for (const [schedule, text] of cases) t.same(wrong(schedule), [text]);
});
