import { podWith } from './support.js';
import { ipText as ip, type Row, testTables } from './table-support.js';

const between = (min: number, max: number) => `must be between ${min} and ${max}, inclusive`;
const ids = between(0, 2_147_483_647);
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

testTables(
  [
    ['pods', podSpecs, (part) => podWith(part)],
    ['pods', containers, (part) => podWith({}, part)],
    ['pods', mounts, (part) => withVolume({}, part)],
  ],
  90,
);
