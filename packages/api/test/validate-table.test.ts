import { ipText as ip, type Row, type Table, testTables } from './table-support.js';

const cidr = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

const ports = [{ port: 80 }];
const services: readonly Row[] = [
  [{ ports }],
  [
    { ports, type: 'NodePort', clusterIP: 'None' },
    `spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services`,
  ],
  [{ ports, clusterIP: '10.0.0' }, `spec.clusterIPs[0]: Invalid value: "10.0.0": ${ip}`],
  [{ ports, externalIPs: ['a'] }, `spec.externalIPs[0]: Invalid value: "a": ${ip}`],
  [{ ports, type: 'ExternalName' }, 'spec.externalName: Required value'],
  [
    { ports, type: 'ExternalName', externalName: 'a.b', clusterIP: '10.0.0.1' },
    'spec.clusterIPs[0]: Forbidden: may not be set for ExternalName services',
  ],
  [
    { ports, sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } } },
    'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater than 0 and less than 86400',
  ],
  [
    { ports, sessionAffinityConfig: { clientIP: { timeoutSeconds: 1 } } },
    'spec.sessionAffinityConfig: Forbidden: must not be set when session affinity is None',
  ],
  [
    { ports, loadBalancerSourceRanges: ['10.0.0.0/8'] },
    "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
  ],
  [
    { ports, type: 'LoadBalancer', loadBalancerSourceRanges: ['x'] },
    `spec.LoadBalancerSourceRanges[0]: Invalid value: "x": ${cidr}`,
  ],
  [
    { ports, loadBalancerClass: 'e.com/c' },
    "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
  ],
  [
    { ports, allocateLoadBalancerNodePorts: true },
    "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'",
  ],
  [
    { ports, externalTrafficPolicy: 'Local' },
    'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
  ],
  [
    { ports, type: 'NodePort', externalTrafficPolicy: 'Far' },
    'spec.externalTrafficPolicy: Unsupported value: "Far": supported values: "Cluster", "Local"',
  ],
  [
    { ports, internalTrafficPolicy: 'Far' },
    'spec.internalTrafficPolicy: Unsupported value: "Far": supported values: "Cluster", "Local"',
  ],
  [
    { ports, healthCheckNodePort: 30000 },
    "spec.healthCheckNodePort: Invalid value: 30000: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
  ],
  [
    { ports: [{ port: 80, nodePort: 30080 }] },
    "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
  ],
  [
    { ports, ipFamilies: ['IPv5'] },
    'spec.ipFamilies[0]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"',
  ],
  [
    { ports, ipFamilyPolicy: 'Both' },
    'spec.ipFamilyPolicy: Unsupported value: "Both": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"',
  ],
];

const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i:1' }] } };
const failing = (rule: object, more: object = {}) => ({
  template,
  podFailurePolicy: { rules: [rule] },
  ...more,
});
const fail = 'spec.podFailurePolicy.rules[0]';
const indexed = (rules: object[]) => ({
  template,
  completionMode: 'Indexed',
  completions: 5,
  successPolicy: { rules },
});
const won = 'spec.successPolicy.rules[0]';
const jobs: readonly Row[] = [
  [failing({ action: 'FailJob', onExitCodes: { operator: 'In', values: [1, 2] } })],
  [
    failing({ action: 'FailJob' }),
    `${fail}: Invalid value: specifying one of OnExitCodes and OnPodConditions is required`,
  ],
  [
    failing({
      action: 'Ignore',
      onExitCodes: { operator: 'In', values: [1] },
      onPodConditions: [{ type: 'DisruptionTarget' }],
    }),
    `${fail}: Invalid value: specifying both OnExitCodes and OnPodConditions is not supported`,
  ],
  [
    failing({ action: 'FailIndex', onExitCodes: { operator: 'In', values: [1] } }),
    `${fail}.action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set`,
  ],
  [
    failing({ action: 'Explode', onExitCodes: { operator: 'In', values: [1] } }),
    `${fail}.action: Unsupported value: "Explode": supported values: "Count", "FailIndex", "FailJob", "Ignore"`,
  ],
  [
    failing({ action: 'FailJob', onExitCodes: { operator: 'In', values: [0] } }),
    `${fail}.onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator`,
  ],
  [
    failing({ action: 'FailJob', onExitCodes: { operator: 'In', values: [2, 1] } }),
    `${fail}.onExitCodes.values: Invalid value: [2,1]: must be ordered`,
  ],
  [
    failing({ action: 'FailJob', onExitCodes: { operator: 'In', values: [2, 2] } }),
    `${fail}.onExitCodes.values[1]: Duplicate value: 2`,
  ],
  [
    failing({ action: 'FailJob', onExitCodes: { containerName: 'x', operator: 'In', values: [2] } }),
    `${fail}.onExitCodes.containerName: Invalid value: "x": must be one of the container or initContainer names in the pod template`,
  ],
  [
    {
      template,
      podFailurePolicy: {
        rules: Array.from({ length: 21 }, () => ({
          action: 'Count',
          onExitCodes: { operator: 'In', values: [1] },
        })),
      },
    },
    'spec.podFailurePolicy.rules: Too many: 21: must have at most 20 items',
  ],
  [indexed([{ succeededCount: 2, succeededIndexes: '0,2-4' }])],
  [
    indexed([{}]),
    `${won}: Required value: at least one of succeededCount or succeededIndexes must be specified`,
  ],
  [
    indexed([{ succeededCount: 6 }]),
    `${won}.succeededCount: Invalid value: 6: must be less than or equal to 5 (the number of specified completions)`,
  ],
  [
    indexed([{ succeededCount: 3, succeededIndexes: '0-1' }]),
    `${won}.succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)`,
  ],
  [
    indexed([{ succeededIndexes: 'a' }]),
    `${won}.succeededIndexes: Invalid value: "a": error parsing succeededIndexes: cannot convert string to integer for index: "a"`,
  ],
  [
    indexed([{ succeededIndexes: '7' }]),
    `${won}.succeededIndexes: Invalid value: "7": error parsing succeededIndexes: too large index: "7"`,
  ],
  [indexed([]), 'spec.successPolicy.rules: Required value'],
];

const scaled = (more: object) => ({
  scaleTargetRef: { kind: 'Deployment', name: 'd' },
  maxReplicas: 3,
  ...more,
});
const cpu = (target: object) =>
  scaled({ metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] });
const up = (rules: object) => scaled({ behavior: { scaleUp: rules } });
const m = 'spec.metrics[0]';
const autoscalers: readonly Row[] = [
  [cpu({ type: 'Utilization', averageUtilization: 50 })],
  [
    cpu({ type: 'Utilization' }),
    `${m}.resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization`,
  ],
  [
    cpu({ type: 'Utilization', averageUtilization: 50, averageValue: '1' }),
    `${m}.resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization`,
  ],
  [
    cpu({ type: 'AverageValue', averageValue: '0' }),
    `${m}.resource.target.averageValue: Invalid value: "0": must be positive`,
  ],
  [
    scaled({
      metrics: [{ type: 'Pods', pods: { metric: { name: 'm' }, target: { type: 'AverageValue' } } }],
    }),
    `${m}.pods.target.averageValue: Required value: must specify a positive target averageValue`,
  ],
  [
    scaled({
      metrics: [{ type: 'External', external: { metric: { name: 'm' }, target: { type: 'Value' } } }],
    }),
    `${m}.external.target.averageValue: Required value: must set either a target value for metric or a per-pod target`,
  ],
  [up({ policies: [] }), 'spec.behavior.scaleUp.policies: Required value: must specify at least one Policy'],
  [
    up({ stabilizationWindowSeconds: -1 }),
    'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: -1: must be greater than or equal to zero',
  ],
  [
    up({ stabilizationWindowSeconds: 3601 }),
    'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600',
  ],
  [
    up({ policies: [{ type: 'Pods', value: 0, periodSeconds: 1 }] }),
    'spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero',
  ],
  [
    up({ policies: [{ type: 'Pods', value: 1, periodSeconds: 1801 }] }),
    'spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800',
  ],
];

const backend = { service: { name: 's', port: { number: 1 } } };
const routed = (path: object, rule: object = {}) => ({
  rules: [{ ...rule, http: { paths: [{ path: '/', pathType: 'Prefix', backend, ...path }] } }],
});
const p = 'spec.rules[0].http.paths[0].path';
const ingresses: readonly Row[] = [
  [routed({}, { host: '*.e.com' })],
  [
    routed({}, { host: '*.*.com' }),
    `spec.rules[0].host: Invalid value: "*.*.com": a wildcard DNS-1123 subdomain must start with '*.'`,
  ],
  [
    routed({}, { host: '1.2.3.4' }),
    'spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
  ],
  [routed({ path: 'x' }), `${p}: Invalid value: "x": must be an absolute path`],
  [routed({ path: '/a//b' }), `${p}: Invalid value: "/a//b": must not contain '//'`],
  [routed({ path: '/a/..' }), `${p}: Invalid value: "/a/..": cannot end with '/..'`],
  [
    routed({ pathType: 'Regex' }),
    'spec.rules[0].http.paths[0].pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"',
  ],
  [
    { defaultBackend: backend, tls: [{ hosts: ['A'] }] },
    'spec.tls[0].hosts[0]: Invalid value: "A": a lowercase RFC 1123 subdomain',
  ],
];

const from = (peer: object) => ({ podSelector: {}, ingress: [{ from: [peer] }] });
const policies: readonly Row[] = [
  [from({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } })],
  [
    from({ ipBlock: { cidr: '10.0.0.0/8', except: ['11.1.0.0/16'] } }),
    'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "11.1.0.0/16": must be a strict subset of `cidr`',
  ],
  [
    from({ ipBlock: { cidr: '10.0.0.0/8', except: ['x'] } }),
    `spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "x": ${cidr}`,
  ],
  [from({}), 'spec.ingress[0].from[0]: Required value: must specify a peer'],
];

const claim = (more: object) => ({
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: '1Gi' } },
  ...more,
});
const claims: readonly Row[] = [
  [claim({})],
  [
    claim({ accessModes: ['ReadWriteOnce', 'ReadWriteOncePod'] }),
    'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
  ],
  [
    claim({ accessModes: ['All'] }),
    'spec.accessModes[0]: Unsupported value: "All": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
  ],
  [
    claim({ storageClassName: 'A' }),
    'spec.storageClassName: Invalid value: "A": a lowercase RFC 1123 subdomain',
  ],
  [claim({ resources: {} }), 'spec.resources[storage]: Required value'],
  [
    claim({ resources: { requests: { storage: '0' } } }),
    'spec.resources[storage]: Invalid value: "0": must be greater than zero',
  ],
];
const pv = (more: object) => ({
  capacity: { storage: '1Gi' },
  accessModes: ['ReadWriteOnce'],
  hostPath: { path: '/d' },
  ...more,
});
const volumes: readonly Row[] = [
  [pv({})],
  [
    pv({ accessModes: ['ReadWriteOncePod', 'ReadOnlyMany'] }),
    'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
  ],
  [
    pv({ nodeAffinity: {} }),
    'spec.nodeAffinity.required: Required value: must specify required node constraints',
  ],
  [
    pv({
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }] },
      },
    }),
    "spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
  ],
];

const quotas: readonly Row[] = [
  [{ hard: { pods: '1', 'requests.e.com/gpu': '2', 'count/jobs.batch': '3' } }],
  [
    { hard: { apples: '1' } },
    'spec.hard[apples]: Invalid value: "apples": must be a standard resource type or fully qualified',
    'spec.hard[apples]: Invalid value: "apples": must be a standard resource for quota',
  ],
  [{ hard: { pods: '-1' } }, 'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0'],
  [
    { hard: { cpu: '1' }, scopes: ['BestEffort'] },
    'spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource',
  ],
  [{ hard: { pods: '1' }, scopes: ['PriorityClass'] }],
  [
    { hard: { pods: '1' }, scopes: ['Terminating', 'NotTerminating'] },
    'spec.scopes: Invalid value: ["Terminating","NotTerminating"]: conflicting scopes',
  ],
  [
    {
      hard: { pods: '1' },
      scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] },
    },
    "spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
  ],
];
const item = (more: object, type = 'Container') => ({ limits: [{ type, ...more }] });
const ranges: readonly Row[] = [
  [item({ min: { cpu: '1' }, max: { cpu: '2' } })],
  [
    item({ min: { cpu: '3' }, max: { cpu: '2' } }, 'Pod'),
    'spec.limits[0].min[cpu]: Invalid value: "3": min value 3 is greater than max value 2',
  ],
  [
    item({ default: { cpu: '1' } }, 'Pod'),
    "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'",
  ],
  [
    item({ defaultRequest: { cpu: '2' }, default: { cpu: '1' } }),
    'spec.limits[0].defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than default limit value 1',
  ],
  [
    item({ maxLimitRequestRatio: { cpu: '500m' } }),
    'spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1',
  ],
  [
    item({}, 'PersistentVolumeClaim'),
    'spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided',
  ],
  [{ limits: [{ type: 'Pod' }, { type: 'Pod' }] }, 'spec.limits[1].type: Duplicate value: "Pod"'],
];

const spec = (part: object) => ({ metadata: { name: 'x' }, spec: part });
const tables: readonly Table[] = [
  ['services', services, spec],
  ['jobs', jobs, spec],
  ['hpa', autoscalers, spec],
  ['ingresses', ingresses, spec],
  ['netpol', policies, spec],
  ['pvc', claims, spec],
  ['pv', volumes, spec],
  ['quota', quotas, spec],
  ['limits', ranges, spec],
];

testTables(tables, 60);
