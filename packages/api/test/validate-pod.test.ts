import t from 'tap';
import { deploymentKind, podKind, replicaSetKind } from '../src/index.js';
import { findings, podWith } from './support.js';

const ofPod = (spec: object, container: object = {}) => findings(podKind, podWith(spec, container));
const ofContainer = (container: object) => ofPod({}, container);
const named = (...names: string[]) => names.map((name) => ({ name, image: 'i' }));
const labelText =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

/** A table of what containers may not be, each with its findings in order. */
const containerRows: readonly (readonly [string, object, readonly string[]])[] = [
  ['no name', { name: undefined }, ['name: Required value']],
  ['an empty name', { name: '' }, ['name: Required value']],
  ['a name in capitals', { name: 'A' }, [`name: Invalid value: "A": ${labelText}`]],
  ['a name with dots', { name: 'a.b' }, ['name: Invalid value: "a.b": must not contain dots']],
  [
    'a long name',
    { name: 'a'.repeat(64) },
    [`name: Invalid value: "${'a'.repeat(64)}": must be no more than 63 bytes`],
  ],
  ['no image', { image: undefined }, ['image: Required value']],
  ['an image of spaces', { image: ' ' }, ['image: Required value']],
  [
    'an image between spaces',
    { image: ' i' },
    ['image: Invalid value: " i": must not have leading or trailing whitespace'],
  ],
  [
    'an unknown policy',
    { imagePullPolicy: 'Sometimes' },
    ['imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"'],
  ],
  ['a port without number', { ports: [{ name: 'w' }] }, ['ports[0].containerPort: Required value']],
  [
    'a port out of range',
    { ports: [{ containerPort: 70000, hostPort: 65536 }] },
    [
      'ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
      'ports[0].hostPort: Invalid value: 65536: must be between 1 and 65535, inclusive',
    ],
  ],
  [
    'an unknown protocol',
    { ports: [{ containerPort: 1, protocol: 'ICMP' }] },
    ['ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"'],
  ],
  [
    'two ports of one name',
    { ports: [{ containerPort: 1, name: 'w' }, { containerPort: 2 }, { containerPort: 3, name: 'w' }] },
    ['ports[2].name: Duplicate value: "w"'],
  ],
  [
    'names of ports that break each rule',
    {
      ports: [
        { containerPort: 1, name: 'abcdefghijklmnop' },
        { containerPort: 2, name: 'W' },
        { containerPort: 3, name: '80' },
        { containerPort: 4, name: 'a--b' },
        { containerPort: 5, name: '-a' },
      ],
    },
    [
      'ports[0].name: Invalid value: "abcdefghijklmnop": must be no more than 15 bytes',
      'ports[1].name: Invalid value: "W": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'ports[1].name: Invalid value: "W": must contain at least one letter (a-z)',
      'ports[2].name: Invalid value: "80": must contain at least one letter (a-z)',
      'ports[3].name: Invalid value: "a--b": must not contain consecutive hyphens',
      'ports[4].name: Invalid value: "-a": must not begin or end with a hyphen',
    ],
  ],
  ['a variable without name', { env: [{ value: 'x' }] }, ['env[0].name: Required value']],
  [
    'names of variables that no shell could set',
    { env: [{ name: 'a=b' }, { name: 'ä' }, { name: 'my.var-1 x' }] },
    ['a=b', 'ä'].map(
      (name, at) =>
        `env[${at}].name: Invalid value: "${name}": a valid environment variable name must consist only of printable ASCII characters other than '='`,
    ),
  ],
  [
    'a variable with two values',
    { env: [{ name: 'a', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] },
    ['env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty'],
  ],
  [
    'a variable from nowhere',
    { env: [{ name: 'a', valueFrom: {} }] },
    [
      'env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
    ],
  ],
  [
    'a variable from two places, of which one says no key',
    {
      env: [
        { name: 'a', valueFrom: { configMapKeyRef: { name: 'c' }, secretKeyRef: { name: 's', key: 'k' } } },
      ],
    },
    [
      'env[0].valueFrom.configMapKeyRef.key: Required value',
      'env[0].valueFrom: Invalid value: "": may not have more than one field specified at a time',
    ],
  ],
  [
    'variables of nothing',
    { envFrom: [{}, { configMapRef: {} }] },
    [
      'envFrom[0]: Invalid value: "": must specify one of: `configMapRef` or `secretRef`',
      'envFrom[1].configMapRef.name: Required value',
    ],
  ],
  [
    'mounts of what is not there, nowhere, and twice in one place',
    { volumeMounts: [{ name: 'x', mountPath: '/x' }, {}, { name: 'x', mountPath: '/x' }] },
    [
      'volumeMounts[0].name: Not found: "x"',
      'volumeMounts[1].name: Required value',
      'volumeMounts[1].mountPath: Required value',
      'volumeMounts[2].name: Not found: "x"',
      'volumeMounts[2].mountPath: Invalid value: "/x": must be unique',
    ],
  ],
  [
    'resources below nothing and above their limit',
    { resources: { limits: { cpu: '1', memory: '-1' }, requests: { cpu: '2' } } },
    [
      'resources.limits[memory]: Invalid value: "-1": must be greater than or equal to 0',
      'resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0',
      'resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
  ],
  [
    'a liveness probe that wants several successes',
    { livenessProbe: { tcpSocket: { port: 80 }, successThreshold: 2 } },
    ['livenessProbe.successThreshold: Invalid value: 2: must be 1'],
  ],
  [
    'a startup probe that wants several successes',
    { startupProbe: { tcpSocket: { port: 80 }, successThreshold: 3 } },
    ['startupProbe.successThreshold: Invalid value: 3: must be 1'],
  ],
  [
    'a readiness probe that wants several successes',
    { readinessProbe: { exec: { command: ['x'] }, successThreshold: 3 } },
    [],
  ],
  [
    'a grace period of readiness',
    { readinessProbe: { tcpSocket: { port: 'web' }, terminationGracePeriodSeconds: 1 } },
    ['readinessProbe.terminationGracePeriodSeconds: Invalid value: 1: must not be set for readinessProbes'],
  ],
  [
    'probes without a way, with two, and with incomplete ones',
    {
      livenessProbe: {},
      readinessProbe: { exec: { command: ['x'] }, tcpSocket: { port: 1 } },
      startupProbe: { exec: {}, periodSeconds: -1 },
    },
    [
      'livenessProbe: Required value: must specify a handler type',
      'readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
      'startupProbe.exec.command: Required value',
      'startupProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
    ],
  ],
  [
    'a probe of no port, and of no scheme',
    { livenessProbe: { httpGet: { path: '/', scheme: 'ftp' } }, readinessProbe: { httpGet: { port: 0 } } },
    [
      'livenessProbe.httpGet.port: Required value',
      'livenessProbe.httpGet.scheme: Unsupported value: "ftp": supported values: "HTTP", "HTTPS"',
      'readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive',
    ],
  ],
  [
    'a hook that does nothing',
    { lifecycle: { preStop: {}, postStart: { sleep: { seconds: 1 } } } },
    ['lifecycle.preStop: Required value: must specify a handler type'],
  ],
];

for (const [what, container, wanted] of containerRows) {
  t.test(`container: ${what}`, async (t) => {
    t.same(
      ofContainer(container),
      wanted.map((text) => `spec.containers[0].${text}`),
    );
  });
}

t.test('a pod as most are has nothing wrong', async (t) => {
  t.same(ofPod({}), []);
  const volumes = [
    { name: 'a', emptyDir: {} },
    { name: 'b', hostPath: { path: '/x' } },
  ];
  const mounts = [
    { name: 'a', mountPath: '/a' },
    { name: 'b', mountPath: '/b' },
  ];
  const initContainers = [
    { name: 'i', image: 'i' },
    { name: 'side', image: 'i', restartPolicy: 'Always', startupProbe: { tcpSocket: { port: 1 } } },
  ];
  t.same(ofPod({ volumes, initContainers }, { volumeMounts: mounts }), []);
});

t.test('a pod wants containers', async (t) => {
  t.same(findings(podKind, { metadata: { name: 'p' } }), ['spec.containers: Required value']);
  t.same(findings(podKind, { metadata: { name: 'p' }, spec: {} }), ['spec.containers: Required value']);
});

t.test('one name of two containers is found at the second, in the list where it stands', async (t) => {
  const pod = (initContainers: object[], containers: object[]) => ofPod({ initContainers, containers });
  t.same(pod([], named('a', 'b', 'a', 'a')), [
    'spec.containers[2].name: Duplicate value: "a"',
    'spec.containers[3].name: Duplicate value: "a"',
  ]);
  t.same(pod(named('x', 'b'), named('a', 'b')), ['spec.initContainers[1].name: Duplicate value: "b"']);
  t.same(pod(named('x', 'x'), named('a')), ['spec.initContainers[1].name: Duplicate value: "x"']);
});

t.test('an init container has neither probes nor hooks, unless it stays', async (t) => {
  const livenessProbe = { tcpSocket: { port: 1 } };
  const lifecycle = { preStop: { sleep: { seconds: 1 } } };
  t.same(ofPod({ initContainers: [{ name: 'i', image: 'i', livenessProbe, lifecycle }] }), [
    'spec.initContainers[0].lifecycle: Forbidden: may not be set for init containers without restartPolicy=Always',
    'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
  ]);
});

t.test('volumes have names of their own and one source each', async (t) => {
  t.same(ofPod({ volumes: [{ name: 'a' }, { name: 'b' }, { name: 'a' }] }), [
    'spec.volumes[2].name: Duplicate value: "a"',
  ]);
  t.same(ofPod({ volumes: [{ emptyDir: {} }, { name: 'B_' }] }), [
    'spec.volumes[0].name: Required value',
    `spec.volumes[1].name: Invalid value: "B_": ${labelText}`,
  ]);
  t.same(ofPod({ volumes: [{ name: 'a', emptyDir: {}, secret: { secretName: 's' } }] }), [
    'spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type',
  ]);
  t.same(
    ofPod({
      volumes: [
        { name: 'a', secret: {} },
        { name: 'b', configMap: {} },
        { name: 'c', hostPath: {} },
      ],
    }),
    [
      'spec.volumes[0].secret.secretName: Required value',
      'spec.volumes[1].configMap.name: Required value',
      'spec.volumes[2].hostPath.path: Required value',
    ],
  );
});

t.test('the fields of a pod have their ranges', async (t) => {
  t.same(
    ofPod({
      restartPolicy: 'Sometimes',
      dnsPolicy: 'None of them',
      activeDeadlineSeconds: 0,
      terminationGracePeriodSeconds: -1,
      hostname: 'a.b',
      nodeSelector: { 'a/b/c': 'x y' },
    }).map((text) => text.replace(/(name part|a valid label|a qualified name).*/, '$1')),
    [
      'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
      'spec.dnsPolicy: Unsupported value: "None of them": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
      'spec.nodeSelector: Invalid value: "a/b/c": a qualified name',
      'spec.nodeSelector: Invalid value: "x y": a valid label',
      'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
      'spec.terminationGracePeriodSeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.hostname: Invalid value: "a.b": must not contain dots',
    ],
  );
});

t.test('a toleration makes sense', async (t) => {
  const rows: [object, string[]][] = [
    [{ operator: 'Exists' }, []],
    [{ key: 'k', value: 'v', effect: 'NoExecute', tolerationSeconds: 5 }, []],
    [
      { value: 'v' },
      [
        'operator: Invalid value: "": operator must be Exists when `key` is empty, which means \\"match all values and all keys\\"',
      ],
    ],
    [
      { key: 'k', operator: 'Exists', tolerationSeconds: 5 },
      ['effect: Invalid value: "": effect must be \'NoExecute\' when `tolerationSeconds` is set'],
    ],
    [
      { key: 'k', operator: 'Exists', value: 'v' },
      [
        'operator: Invalid value: {"key":"k","operator":"Exists","value":"v"}: value must be empty when `operator` is \'Exists\'',
      ],
    ],
    [
      { key: 'k', operator: 'In' },
      ['operator: Unsupported value: "In": supported values: "Equal", "Exists"'],
    ],
    [
      { key: 'k', operator: 'Exists', effect: 'Never' },
      ['effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"'],
    ],
  ];
  for (const [toleration, wanted] of rows)
    t.same(
      ofPod({ tolerations: [toleration] }),
      wanted.map((text) => `spec.tolerations[0].${text.replaceAll('\\"', '"')}`),
      JSON.stringify(toleration),
    );
});

const onUpdate = (before: object, after: object) =>
  findings(podKind, podWith(after), podWith(before)).map((text) => text.replace(/ than `spec.*/, ''));
const onlyThese = 'spec: Forbidden: pod updates may not change fields other';

t.test('a pod keeps its tolerations: only seconds and additions are new', async (t) => {
  const a = { key: 'a', operator: 'Exists', effect: 'NoExecute' };
  const b = { key: 'b', operator: 'Exists' };
  const kept =
    'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds';
  t.same(onUpdate({ tolerations: [a] }, { tolerations: [b, { ...a, tolerationSeconds: 9 }] }), []);
  t.same(onUpdate({ tolerations: [{ ...a, tolerationSeconds: 9 }] }, { tolerations: [a] }), []);
  t.same(onUpdate({}, { tolerations: [a] }), []);
  t.same(onUpdate({ tolerations: [a, b] }, { tolerations: [a] }), [kept]);
  t.same(onUpdate({ tolerations: [a] }, {}), [kept]);
  t.same(onUpdate({ tolerations: [a] }, { tolerations: [{ ...a, effect: 'NoSchedule' }] }), [kept]);
});

t.test('of a pod images, a nearer deadline and fewer gates may change, and nothing else', async (t) => {
  t.same(onUpdate({ containers: named('a') }, { containers: [{ name: 'a', image: 'j' }] }), []);
  t.same(
    onUpdate({ containers: named('a') }, { containers: [{ name: 'a', image: 'i:1' }] }),
    [onlyThese],
    'the policy that a tag brings is no image',
  );
  const pulled = (image: string) => ({ containers: [{ name: 'a', image, imagePullPolicy: 'Always' }] });
  t.same(onUpdate(pulled('i'), pulled('j')), []);
  t.same(onUpdate({}, { nodeName: 'n' }), [onlyThese]);
  t.same(onUpdate({}, { terminationGracePeriodSeconds: 1 }), [onlyThese]);
  const deadline = (seconds?: number) => (seconds === undefined ? {} : { activeDeadlineSeconds: seconds });
  t.same(onUpdate(deadline(), deadline(9)), []);
  t.same(onUpdate(deadline(9), deadline(8)), []);
  t.same(onUpdate(deadline(8), deadline(9)), [
    'spec.activeDeadlineSeconds: Invalid value: 9: must be less than or equal to previous value',
  ]);
  t.same(onUpdate(deadline(8), deadline()), [
    'spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value',
  ]);
  const gates = (...names: string[]) => ({ schedulingGates: names.map((name) => ({ name })) });
  t.same(onUpdate(gates('a', 'b'), gates('b')), []);
  t.same(onUpdate(gates('a'), gates('a', 'b')), [
    "spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new scheduling gate 'b'",
  ]);
});

t.test('a pod gets and loses no containers', async (t) => {
  t.same(onUpdate({}, { containers: named('c', 'd'), initContainers: named('i') }), [
    'spec.containers: Forbidden: pod updates may not add or remove containers',
    'spec.initContainers: Forbidden: pod updates may not add or remove containers',
  ]);
});

const workload = (spec: object, template: object = {}) => ({
  metadata: { name: 'd' },
  spec: {
    selector: { matchLabels: { app: 'x' } },
    template: { metadata: { labels: { app: 'x' } }, spec: { containers: named('c') }, ...template },
    ...spec,
  },
});
const ofDeployment = (spec: object, template: object = {}) =>
  findings(deploymentKind, workload(spec, template));

t.test('a deployment as most are has nothing wrong', async (t) => {
  t.same(ofDeployment({}), []);
  t.same(findings(replicaSetKind, workload({})), []);
});

t.test("a workload's selector selects its own pods, and stays", async (t) => {
  t.same(ofDeployment({ selector: undefined }), ['spec.selector: Required value']);
  t.same(ofDeployment({ selector: {} }), [
    'spec.selector: Invalid value: {}: empty selector is invalid for deployment',
  ]);
  t.same(ofDeployment({ selector: { matchLabels: { app: 'y' } } }), [
    'spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`',
  ]);
  const changed = workload({ selector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } });
  for (const kind of [deploymentKind, replicaSetKind])
    t.match(findings(kind, changed, workload({})), [
      /^spec.selector: Invalid value: .*: field is immutable$/,
    ]);
});

t.test('the expressions of a selector are checked, not thrown about', async (t) => {
  const expression = (one: object) => ofDeployment({ selector: { matchExpressions: [one] } });
  const at = 'spec.selector.matchExpressions[0]';
  t.same(expression({ key: 'app', operator: 'Like' }), [
    `${at}.operator: Invalid value: "Like": not a valid selector operator`,
  ]);
  t.same(expression({ key: 'app', operator: 'Gt', values: ['1'] }), [
    `${at}.operator: Invalid value: "Gt": not a valid selector operator`,
  ]);
  t.same(expression({ key: 'app', operator: 'In' }), [
    `${at}.values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
  ]);
  t.same(expression({ key: 'app', operator: 'Exists', values: ['x'] }), [
    `${at}.values: Forbidden: may not be specified when \`operator\` is 'Exists' or 'DoesNotExist'`,
  ]);
  t.match(expression({ operator: 'Exists' }), [
    /\.key: Invalid value: "": name part must be non-empty/,
    /\.key:/,
  ]);
});

t.test("a workload's pods are always restarted, and are checked where they stand", async (t) => {
  t.same(ofDeployment({}, { spec: { restartPolicy: 'Never', containers: named('c', 'c') } }), [
    'spec.template.spec.containers[1].name: Duplicate value: "c"',
    'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
  ]);
});

t.test('numbers of a deployment have their ranges', async (t) => {
  t.same(ofDeployment({ replicas: -1, minReadySeconds: 600, revisionHistoryLimit: -1 }), [
    'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    'spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
    'spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds',
  ]);
});

t.test('a rolling update can make a step', async (t) => {
  const rolling = (rollingUpdate: object) =>
    ofDeployment({ strategy: { type: 'RollingUpdate', rollingUpdate } }).map((text) =>
      text.replace('spec.strategy.rollingUpdate.', '').replace(/ \(e\.g\..*/, ''),
    );
  const percentText = "a valid percent string must be a numeric string followed by an ending '%'";
  t.same(rolling({ maxSurge: 0, maxUnavailable: '0%' }), [
    'maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0',
  ]);
  t.same(rolling({ maxSurge: '200%', maxUnavailable: '101%' }), [
    'maxUnavailable: Invalid value: "101%": must not be greater than 100%',
  ]);
  t.same(rolling({ maxSurge: '10', maxUnavailable: -1 }), [
    'maxUnavailable: Invalid value: -1: must be greater than or equal to 0',
    `maxSurge: Invalid value: "10": ${percentText}`,
  ]);
  t.same(ofDeployment({ strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }), [
    "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
  ]);
  t.same(ofDeployment({ strategy: { type: 'Blue' } }), [
    'spec.strategy.type: Unsupported value: "Blue": supported values: "Recreate", "RollingUpdate"',
  ]);
});
