import t from 'tap';
import { findResourceByName } from '../src/index.js';
import { findings, podWith } from './support.js';

/** A part of an object, and what Kubernetes says about it. An empty list: nothing. */
type Row = readonly [part: object, ...wrong: string[]];

const between = (min: number, max: number) => `must be between ${min} and ${max}, inclusive`;
const ids = between(0, 2_147_483_647);
const ip = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const cidr = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
const mode = 'must be a number between 0 and 0777 (octal), both inclusive';
const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
const node = (...matchExpressions: object[]) => ({
  affinity: { nodeAffinity: { [required]: { nodeSelectorTerms: [{ matchExpressions }] } } },
});
const nodePath = `spec.affinity.nodeAffinity.${required}.nodeSelectorTerms[0]`;
const near = (term: object) => ({ affinity: { podAffinity: { [required]: [term] } } });
const nearPath = `spec.affinity.podAffinity.${required}[0]`;
const spread = (more: object) => ({
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', ...more },
  ],
});
const spreadPath = 'spec.topologySpreadConstraints[0]';
const volume = (source: object) => ({ volumes: [{ name: 'v', ...source }] });
const v = 'spec.volumes[0]';

const podSpecs: readonly Row[] = [
  [node({ key: 'a', operator: 'In', values: ['b'] })],
  [
    node({ key: 'a', operator: 'In' }),
    `${nodePath}.matchExpressions[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
  ],
  [
    node({ key: 'a', operator: 'Exists', values: ['b'] }),
    `${nodePath}.matchExpressions[0].values: Forbidden: may not be specified when \`operator\` is 'Exists' or 'DoesNotExist'`,
  ],
  [
    node({ key: 'a', operator: 'Gt', values: ['1', '2'] }),
    `${nodePath}.matchExpressions[0].values: Required value: must be specified single value when \`operator\` is 'Lt' or 'Gt'`,
  ],
  [
    node({ key: 'a', operator: 'Near' }),
    `${nodePath}.matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator`,
  ],
  [
    { affinity: { nodeAffinity: { [required]: { nodeSelectorTerms: [] } } } },
    `spec.affinity.nodeAffinity.${required}.nodeSelectorTerms: Required value: must have at least one node selector term`,
  ],
  [
    {
      affinity: {
        nodeAffinity: {
          [required]: {
            nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.uid', operator: 'In', values: ['x'] }] }],
          },
        },
      },
    },
    `${nodePath}.matchFields[0].key: Invalid value: "metadata.uid": not a valid field selector key`,
  ],
  [
    {
      affinity: {
        nodeAffinity: {
          [required]: {
            nodeSelectorTerms: [
              { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a', 'b'] }] },
            ],
          },
        },
      },
    },
    `${nodePath}.matchFields[0].values: Required value: must be only one value when \`operator\` is 'In' or 'NotIn' for node field selector`,
  ],
  [
    { affinity: { nodeAffinity: { [preferred]: [{ weight: 101, preference: {} }] } } },
    `spec.affinity.nodeAffinity.${preferred}[0].weight: Invalid value: 101: must be in the range 1-100`,
  ],
  [near({ topologyKey: 'zone', labelSelector: { matchLabels: { a: 'b' } } })],
  [near({ topologyKey: 'a/b/c' }), `${nearPath}.topologyKey: Invalid value: "a/b/c": a qualified name must`],
  [
    near({ topologyKey: '' }),
    `${nearPath}.topologyKey: Required value: can not be empty`,
    `${nearPath}.topologyKey: Invalid value: "": name part must be non-empty`,
    `${nearPath}.topologyKey: Invalid value: "": name part must consist`,
  ],
  [
    near({ topologyKey: 'z', namespaces: ['A'] }),
    `${nearPath}.namespaces[0]: Invalid value: "A": a lowercase RFC 1123 label`,
  ],
  [
    near({ topologyKey: 'z', labelSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }),
    `${nearPath}.labelSelector.matchExpressions[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
  ],
  [
    {
      affinity: { podAntiAffinity: { [preferred]: [{ weight: 0, podAffinityTerm: { topologyKey: 'z' } }] } },
    },
    `spec.affinity.podAntiAffinity.${preferred}[0].weight: Invalid value: 0: must be in the range 1-100`,
  ],
  [spread({ labelSelector: {} })],
  [spread({ maxSkew: 0 }), `${spreadPath}.maxSkew: Invalid value: 0: must be greater than zero`],
  [spread({ topologyKey: '' }), `${spreadPath}.topologyKey: Required value: can not be empty`],
  [
    spread({ whenUnsatisfiable: 'Never' }),
    `${spreadPath}.whenUnsatisfiable: Unsupported value: "Never": supported values: "DoNotSchedule", "ScheduleAnyway"`,
  ],
  [spread({ minDomains: 0 }), `${spreadPath}.minDomains: Invalid value: 0: must be greater than zero`],
  [
    spread({ minDomains: 2, whenUnsatisfiable: 'ScheduleAnyway' }),
    `${spreadPath}.minDomains: Invalid value: 2: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway`,
  ],
  [
    spread({ nodeTaintsPolicy: 'No' }),
    `${spreadPath}.nodeTaintsPolicy: Unsupported value: "No": supported values: "Honor", "Ignore"`,
  ],
  [
    spread({ matchLabelKeys: ['a'] }),
    `${spreadPath}.matchLabelKeys: Forbidden: must not be specified when labelSelector is not set`,
  ],
  [
    {
      topologySpreadConstraints: [1, 2].map((maxSkew) => ({
        maxSkew,
        topologyKey: 'z',
        whenUnsatisfiable: 'DoNotSchedule',
      })),
    },
    'spec.topologySpreadConstraints[1].{topologyKey, whenUnsatisfiable}: Duplicate value: "{z, DoNotSchedule}"',
  ],
  [
    { securityContext: { runAsUser: -1, fsGroup: 2 ** 31, supplementalGroups: [-2] } },
    `spec.securityContext.fsGroup: Invalid value: 2147483648: ${ids}`,
    `spec.securityContext.runAsUser: Invalid value: -1: ${ids}`,
    `spec.securityContext.supplementalGroups[0]: Invalid value: -2: ${ids}`,
  ],
  [
    { securityContext: { sysctls: [{ name: 'A', value: '' }] } },
    'spec.securityContext.sysctls[0].name: Invalid value: "A": must have at most 253 characters and match regex ^',
  ],
  [
    {
      securityContext: {
        sysctls: [
          { name: 'a', value: '' },
          { name: 'a', value: '' },
        ],
      },
    },
    'spec.securityContext.sysctls[1].name: Duplicate value: "a"',
  ],
  [
    { securityContext: { fsGroupChangePolicy: 'Maybe' } },
    'spec.securityContext.fsGroupChangePolicy: Unsupported value: "Maybe": supported values: "Always", "OnRootMismatch"',
  ],
  [
    { securityContext: { seccompProfile: { type: 'Localhost' } } },
    'spec.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
  ],
  [
    { securityContext: { seccompProfile: { type: 'Unconfined', localhostProfile: 'x' } } },
    'spec.securityContext.seccompProfile.localhostProfile: Invalid value: "x": can only be set when seccomp type is Localhost',
  ],
  [
    { securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: '/x' } } },
    'spec.securityContext.seccompProfile.localhostProfile: Invalid value: "/x": must be a relative path',
  ],
  [
    { securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: '../x' } } },
    `spec.securityContext.seccompProfile.localhostProfile: Invalid value: "../x": must not contain '..'`,
  ],
  [
    { shareProcessNamespace: true, hostPID: true },
    'spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled',
  ],
  [
    { dnsPolicy: 'None' },
    'spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None',
  ],
  [
    { dnsPolicy: 'None', dnsConfig: {} },
    'spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None',
  ],
  [{ dnsConfig: { nameservers: ['x'] } }, `spec.dnsConfig.nameservers[0]: Invalid value: "x": ${ip}`],
  [
    { dnsConfig: { nameservers: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'] } },
    'spec.dnsConfig.nameservers: Invalid value: ["1.1.1.1","1.1.1.2","1.1.1.3","1.1.1.4"]: must not have more than 3 nameservers',
  ],
  [
    { dnsConfig: { searches: ['A.b'] } },
    'spec.dnsConfig.searches[0]: Invalid value: "A.b": a lowercase RFC 1123 subdomain',
  ],
  [{ dnsConfig: { options: [{}] } }, 'spec.dnsConfig.options[0]: Required value: must not be empty'],
  [
    { hostAliases: [{ ip: 'here', hostnames: ['A'] }] },
    `spec.hostAliases[0].ip: Invalid value: "here": ${ip}`,
    'spec.hostAliases[0].hostnames[0]: Invalid value: "A": a lowercase RFC 1123 subdomain',
  ],
  [
    { readinessGates: [{ conditionType: 'a b' }] },
    'spec.readinessGates[0].conditionType: Invalid value: "a b": name part must consist',
  ],
  [{ schedulingGates: [{ name: 'a' }, { name: 'a' }] }, 'spec.schedulingGates[1]: Duplicate value: "a"'],
  [
    { schedulingGates: [{ name: 'a' }], nodeName: 'n' },
    'spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared',
  ],
  [{ os: { name: 'beos' } }, 'spec.os.name: Unsupported value: "beos": supported values: "linux", "windows"'],
  [{ priorityClassName: 'A' }, 'spec.priorityClassName: Invalid value: "A": a lowercase RFC 1123 subdomain'],
  [{ runtimeClassName: 'A' }, 'spec.runtimeClassName: Invalid value: "A": a lowercase RFC 1123 subdomain'],
  [
    { preemptionPolicy: 'Ask' },
    'spec.preemptionPolicy: Unsupported value: "Ask": supported values: "Never", "PreemptLowerPriority"',
  ],
  [
    { ephemeralContainers: [{ name: 'd', image: 'i' }] },
    'spec.ephemeralContainers: Forbidden: cannot be set on create',
  ],
  [
    volume({ emptyDir: { sizeLimit: '-1' } }),
    `${v}.emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity`,
  ],
  [volume({ hostPath: {} }), `${v}.hostPath.path: Required value`],
  [
    volume({ hostPath: { path: '/a/../b' } }),
    `${v}.hostPath.path: Invalid value: "/a/../b": must not contain '..'`,
  ],
  [
    volume({ hostPath: { path: '/a', type: 'Pipe' } }),
    `${v}.hostPath.type: Unsupported value: "Pipe": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"`,
  ],
  [
    volume({ nfs: { server: 's', path: 'x' } }),
    `${v}.nfs.path: Invalid value: "x": must be an absolute path`,
  ],
  [volume({ nfs: { path: '/x' } }), `${v}.nfs.server: Required value`],
  [volume({ persistentVolumeClaim: {} }), `${v}.persistentVolumeClaim.claimName: Required value`],
  [volume({ csi: {} }), `${v}.csi.driver: Required value`],
  [volume({ gitRepo: {} }), `${v}.gitRepo.repository: Required value`],
  [volume({ ephemeral: {} }), `${v}.ephemeral.volumeClaimTemplate: Required value`],
  [volume({ iscsi: { lun: 1, targetPortal: 'p' } }), `${v}.iscsi.iqn: Required value`],
  [volume({ secret: {} }), `${v}.secret.secretName: Required value`],
  [
    volume({ secret: { secretName: 's', defaultMode: 512 } }),
    `${v}.secret.defaultMode: Invalid value: 512: ${mode}`,
  ],
  [
    volume({ secret: { secretName: 's', items: [{ key: 'k', path: '/p' }] } }),
    `${v}.secret.items[0].path: Invalid value: "/p": must be a relative path`,
  ],
  [
    volume({ configMap: { name: 'c', items: [{ key: 'k', path: 'a/../b', mode: -1 }] } }),
    `${v}.configMap.items[0].path: Invalid value: "a/../b": must not contain '..'`,
    `${v}.configMap.items[0].mode: Invalid value: -1: ${mode}`,
  ],
  [
    volume({ configMap: { name: 'c', items: [{ key: 'k', path: '..b' }] } }),
    `${v}.configMap.items[0].path: Invalid value: "..b": must not start with '..'`,
  ],
  [
    volume({ configMap: { name: 'c', items: [{ path: 'p' }] } }),
    `${v}.configMap.items[0].key: Required value`,
  ],
  [
    volume({ downwardAPI: { items: [{ path: 'p' }] } }),
    `${v}.downwardAPI: Required value: one of fieldRef and resourceFieldRef is required`,
  ],
  [
    volume({ projected: { sources: [{ secret: { name: 's' }, configMap: { name: 'c' } }] } }),
    `${v}.projected.sources[0].configMap: Forbidden: may not specify more than 1 volume type`,
  ],
  [
    volume({ projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 5 } }] } }),
    `${v}.projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes`,
  ],
  [
    volume({ projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 2 ** 33 } }] } }),
    `${v}.projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 8589934592: may not specify a duration larger than 2^32 seconds`,
  ],
  [
    volume({ emptyDir: {}, secret: { secretName: 's' } }),
    `${v}.secret: Forbidden: may not specify more than 1 volume type`,
  ],
];

const c = 'spec.containers[0]';
const limits = (list: object) => ({ resources: { limits: list } });
const probe = (more: object) => ({ livenessProbe: { tcpSocket: { port: 1 }, ...more } });
const containers: readonly Row[] = [
  [limits({ cpu: '1', 'example.com/gpu': '2', 'hugepages-2Mi': '4Mi' })],
  [
    limits({ gpu: '1' }),
    `${c}.resources.limits[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified`,
    `${c}.resources.limits[gpu]: Invalid value: "gpu": must be a standard resource for containers`,
    `${c}.resources.requests[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified`,
    `${c}.resources.requests[gpu]: Invalid value: "gpu": must be a standard resource for containers`,
  ],
  [
    { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } },
    `${c}.resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1`,
  ],
  [
    { resources: { requests: { memory: '-1' } } },
    `${c}.resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0`,
  ],
  [
    { resources: { requests: { 'e.com/gpu': '1' } } },
    `${c}.resources.limits: Required value: Limit must be set for non overcommitable resources`,
  ],
  [
    { resources: { requests: { 'e.com/gpu': '1' }, limits: { 'e.com/gpu': '2' } } },
    `${c}.resources.requests: Invalid value: "1": must be equal to e.com/gpu limit of 2`,
  ],
  [
    { resources: { requests: { 'e.com/gpu': '500m' }, limits: { 'e.com/gpu': '500m' } } },
    `${c}.resources.limits[e.com/gpu]: Invalid value: "500m": must be an integer`,
    `${c}.resources.requests[e.com/gpu]: Invalid value: "500m": must be an integer`,
  ],
  [limits({ 'hugepages-2Mi': '4Mi' }), `${c}.resources: Forbidden: HugePages require cpu or memory`],
  [{ securityContext: { runAsUser: -1 } }, `${c}.securityContext.runAsUser: Invalid value: -1: ${ids}`],
  [
    { securityContext: { procMount: 'Half' } },
    `${c}.securityContext.procMount: Unsupported value: "Half": supported values: "Default", "Unmasked"`,
  ],
  [
    { securityContext: { procMount: 'Unmasked' } },
    `${c}.securityContext.procMount: Invalid value: "Unmasked": \`hostUsers\` must be false to use \`Unmasked\``,
  ],
  [
    { securityContext: { privileged: true, allowPrivilegeEscalation: false } },
    `${c}.securityContext: Invalid value: {"privileged":true,"allowPrivilegeEscalation":false}: cannot set \`allowPrivilegeEscalation\` to false and \`privileged\` to true`,
  ],
  [
    { securityContext: { seccompProfile: { type: 'Odd' } } },
    `${c}.securityContext.seccompProfile.type: Unsupported value: "Odd": supported values: "Localhost", "RuntimeDefault", "Unconfined"`,
  ],
  [{ livenessProbe: {} }, `${c}.livenessProbe: Required value: must specify a handler type`],
  [
    probe({ exec: { command: ['a'] } }),
    `${c}.livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type`,
  ],
  [
    { livenessProbe: { tcpSocket: { port: 0 } } },
    `${c}.livenessProbe.tcpSocket.port: Invalid value: 0: ${between(1, 65_535)}`,
  ],
  [
    { livenessProbe: { httpGet: { port: 'a_b', path: '/' } } },
    `${c}.livenessProbe.httpGet.port: Invalid value: "a_b": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)`,
  ],
  [probe({ successThreshold: 2 }), `${c}.livenessProbe.successThreshold: Invalid value: 2: must be 1`],
  [
    probe({ periodSeconds: -1 }),
    `${c}.livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0`,
  ],
  [
    { readinessProbe: { tcpSocket: { port: 1 }, terminationGracePeriodSeconds: 1 } },
    `${c}.readinessProbe.terminationGracePeriodSeconds: Invalid value: 1: must not be set for readinessProbes`,
  ],
  [{ volumeMounts: [{ name: 'n', mountPath: '/x' }] }, `${c}.volumeMounts[0].name: Not found: "n"`],
  [{ volumeDevices: [{ name: 'n', devicePath: '/x' }] }, `${c}.volumeDevices[0].name: Not found: "n"`],
  [
    {
      ports: [
        { containerPort: 80, hostPort: 90 },
        { containerPort: 81, hostPort: 90 },
      ],
    },
    `${c}.ports[1].hostPort: Duplicate value: "TCP//90"`,
  ],
  [{ ports: [{ containerPort: 80, hostIP: 'x' }] }, `${c}.ports[0].hostIP: Invalid value: "x": ${ip}`],
];
const withVolume = (spec: object, mount: object) =>
  podWith({ volumes: [{ name: 'v', emptyDir: {} }], ...spec }, mount);
const mounts: readonly Row[] = [
  [
    { volumeMounts: [{ name: 'v', mountPath: '/x', subPath: '/a' }] },
    `${c}.volumeMounts[0].subPath: Invalid value: "/a": must be a relative path`,
  ],
  [
    { volumeMounts: [{ name: 'v', mountPath: '/x', subPath: 'a', subPathExpr: 'b' }] },
    `${c}.volumeMounts[0].subPathExpr: Invalid value: "b": subPathExpr and subPath are mutually exclusive`,
  ],
  [
    { volumeMounts: [{ name: 'v', mountPath: '/x', mountPropagation: 'Up' }] },
    `${c}.volumeMounts[0].mountPropagation: Unsupported value: "Up": supported values: "Bidirectional", "HostToContainer", "None"`,
  ],
  [
    { volumeMounts: [{ name: 'v', mountPath: '/x', mountPropagation: 'Bidirectional' }] },
    `${c}.volumeMounts[0].mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers`,
  ],
  [
    { volumeDevices: [{ name: 'v', devicePath: '/x' }] },
    `${c}.volumeDevices[0].name: Invalid value: "v": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode`,
  ],
];

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
const tables: readonly (readonly [kind: string, rows: readonly Row[], body: (part: object) => object])[] = [
  ['pods', podSpecs, (part) => podWith(part)],
  ['pods', containers, (part) => podWith({}, part)],
  ['pods', mounts, (part) => withVolume({}, part)],
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

/** Long explanations of names' forms are compared as far as a row gives them. */
function fits(found: readonly string[], wanted: readonly string[]): boolean {
  return found.length === wanted.length && wanted.every((text, at) => found[at]?.startsWith(text) === true);
}

let count = 0;
for (const [name, rows, body] of tables)
  t.test(`what Kubernetes says of ${name}`, async (t) => {
    const kind = findResourceByName(name);
    if (kind === undefined) throw new Error(`no kind ${name}`);
    for (const [part, ...wrong] of rows) {
      count += 1;
      const found = findings(kind, body(part));
      if (fits(found, wrong)) t.pass(JSON.stringify(part));
      else t.same(found, wrong, JSON.stringify(part));
    }
  });

t.test('there are at least 150 of them', async (t) => t.ok(count >= 150, String(count)));
