import t from 'tap';
import {
  clusterRoleBindingKind,
  clusterRoleKind,
  configMapKind,
  endpointSliceKind,
  endpointsKind,
  findResourceByName,
  type KindInfo,
  leaseKind,
  namespaceKind,
  nodeKind,
  roleBindingKind,
  roleKind,
  secretKind,
  serviceKind,
  statusErrors,
  validate,
} from '../src/index.js';
import { accepted, findings } from './support.js';

const of = (kind: KindInfo, fields: object, old?: object) =>
  findings(kind, { metadata: { name: 'x' }, ...fields }, old && { metadata: { name: 'x' }, ...old });
/** A finding without the explanation that names a regular expression. */
const short = (text: string) => text.replace(/ (must )?(consist|be an empty string).*/, '');

t.test('an object wants a name of its kind', async (t) => {
  const name = (kind: KindInfo, text: string) => findings(kind, { metadata: { name: text } }).map(short);
  t.same(findings(configMapKind, {}), ['metadata.name: Required value: name or generateName is required']);
  t.same(name(configMapKind, 'a.b'), []);
  t.same(name(configMapKind, 'A'), ['metadata.name: Invalid value: "A": a lowercase RFC 1123 subdomain']);
  t.same(name(configMapKind, 'a'.repeat(254)), [
    `metadata.name: Invalid value: "${'a'.repeat(254)}": must be no more than 253 bytes`,
  ]);
  t.same(name(namespaceKind, 'a.b'), ['metadata.name: Invalid value: "a.b": must not contain dots']);
  t.same(name(roleKind, 'system:node%a/b'), [
    'metadata.name: Invalid value: "system:node%a/b": may not contain \'/\'',
    'metadata.name: Invalid value: "system:node%a/b": may not contain \'%\'',
  ]);
  t.same(name(roleKind, '..'), ['metadata.name: Invalid value: "..": may not be \'..\'']);
  t.match(findings(serviceKind, { metadata: { name: '1a' }, spec: { ports: [{ port: 1 }] } }), [
    /^metadata.name: Invalid value: "1a": a DNS-1035 label must consist/,
  ]);
});

t.test('labels and annotations have keys and values of their form', async (t) => {
  const metadata = (more: object) => findings(configMapKind, { metadata: { name: 'x', ...more } }).map(short);
  t.same(
    metadata({ labels: { 'example.com/a': 'B_1', b: '' }, annotations: { 'A.b/C': 'anything: goes' } }),
    [],
  );
  t.same(metadata({ labels: { '': 'a' } }), [
    'metadata.labels: Invalid value: "": name part must be non-empty',
    'metadata.labels: Invalid value: "": name part',
  ]);
  t.same(metadata({ labels: { '/a': '', 'A/a': '' } }), [
    'metadata.labels: Invalid value: "/a": prefix part must be non-empty',
    'metadata.labels: Invalid value: "A/a": prefix part a lowercase RFC 1123 subdomain',
  ]);
  t.same(metadata({ labels: { [`${'a'.repeat(64)}`]: 'x'.repeat(64) } }), [
    `metadata.labels: Invalid value: "${'a'.repeat(64)}": name part must be no more than 63 bytes`,
    `metadata.labels: Invalid value: "${'x'.repeat(64)}": must be no more than 63 bytes`,
  ]);
  t.same(metadata({ labels: { a: '-' } }), ['metadata.labels: Invalid value: "-": a valid label']);
  t.same(metadata({ annotations: { a: 'x'.repeat(262_144) } }), [
    'metadata.annotations: Too long: may not be more than 262144 bytes',
  ]);
});

t.test('an owner is named whole', async (t) => {
  t.same(findings(configMapKind, { metadata: { name: 'x', ownerReferences: [{ kind: 'Pod', name: '' }] } }), [
    'metadata.ownerReferences[0].apiVersion: Invalid value: "": version must not be empty',
    'metadata.ownerReferences[0].name: Invalid value: "": must not be empty',
    'metadata.ownerReferences[0].uid: Invalid value: "": must not be empty',
  ]);
});

const effects = 'supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"';

t.test("a node's taints, ranges, addresses and amounts", async (t) => {
  t.same(of(nodeKind, { spec: { taints: [{ key: 'a', value: 'b', effect: 'NoExecute' }] } }), []);
  t.same(
    of(nodeKind, {
      spec: {
        taints: [
          { key: '', effect: 'x' },
          { key: 'a', value: '-' },
        ],
      },
    }).map(short),
    [
      'spec.taints[0].key: Invalid value: "": name part must be non-empty',
      'spec.taints[0].key: Invalid value: "": name part',
      `spec.taints[0].effect: Unsupported value: "x": ${effects}`,
      'spec.taints[1].value: Invalid value: "-": a valid label',
      'spec.taints[1].effect: Required value',
    ],
  );
  const taint = { key: 'a', effect: 'NoSchedule' };
  t.same(of(nodeKind, { spec: { taints: [taint, { ...taint, effect: 'NoExecute' }, taint] } }), [
    'spec.taints[2]: Duplicate value: {"key":"a","effect":"NoSchedule"}: taints must be unique by key and effect pair',
  ]);
  t.same(of(nodeKind, { spec: { podCIDRs: ['127.64.1.0/24', 'fd00::/64', '10.0.0.0', '10.0.0.0/33'] } }), [
    'spec.podCIDRs[2]: Invalid value: "10.0.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    'spec.podCIDRs[3]: Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
  ]);
  const address = { type: 'InternalIP', address: '127.32.0.1' };
  t.same(
    of(nodeKind, { status: { addresses: [address, address], capacity: { cpu: '-1' }, allocatable: {} } }),
    [
      'status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0',
      'status.addresses[1]: Duplicate value: {"type":"InternalIP","address":"127.32.0.1"}',
    ],
  );
});

t.test("a node's ranges and provider are set once", async (t) => {
  const spec = { podCIDR: '10.0.1.0/24', podCIDRs: ['10.0.1.0/24'], providerID: 'a' };
  t.same(of(nodeKind, { spec }, {}), []);
  t.same(of(nodeKind, { spec: { ...spec, unschedulable: true } }, { spec }), []);
  t.same(of(nodeKind, { spec: { podCIDRs: ['10.0.2.0/24'], providerID: 'b' } }, { spec }), [
    'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
    'spec.providerID: Forbidden: node updates may not change providerID except from "" to valid',
  ]);
});

t.test('the numbers of a lease', async (t) => {
  t.same(of(leaseKind, {}), []);
  t.same(of(leaseKind, { spec: { leaseDurationSeconds: 1, leaseTransitions: 0, holderIdentity: 'x' } }), []);
  t.same(of(leaseKind, { spec: { leaseDurationSeconds: 0, leaseTransitions: -1, preferredHolder: 'x' } }), [
    'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
    'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0',
    'spec.preferredHolder: Forbidden: may only be specified if `strategy` is defined',
  ]);
});

const ipText = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const dnsText = /^(.*): a lowercase RFC 1123 (label|subdomain) .*$/;

t.test('subsets of endpoints', async (t) => {
  const subsets = (...list: object[]) =>
    of(endpointsKind, { subsets: list }).map((text) => text.replace(dnsText, '$1'));
  t.same(subsets({ addresses: [{ ip: '127.64.0.1' }, { ip: 'fd00::1' }], ports: [{ port: 80 }] }), []);
  t.same(subsets({ ports: [{ port: 80 }] }), [
    'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
  ]);
  t.same(
    subsets({ addresses: [{ ip: '1.2.3' }, {}], notReadyAddresses: [{ ip: '01.2.3.4' }, { ip: '1:2' }] }),
    [
      `subsets[0].addresses[0].ip: Invalid value: "1.2.3": ${ipText}`,
      `subsets[0].addresses[1].ip: Invalid value: "": ${ipText}`,
      `subsets[0].notReadyAddresses[0].ip: Invalid value: "01.2.3.4": ${ipText}`,
      `subsets[0].notReadyAddresses[1].ip: Invalid value: "1:2": ${ipText}`,
    ],
  );
  t.same(
    subsets({ addresses: ['0.0.0.0', '169.254.1.1', '224.0.0.1', 'FE80::1', '::'].map((ip) => ({ ip })) }),
    [
      'subsets[0].addresses[0].ip: Invalid value: "0.0.0.0": may not be unspecified',
      'subsets[0].addresses[1].ip: Invalid value: "169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
      'subsets[0].addresses[2].ip: Invalid value: "224.0.0.1": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
      'subsets[0].addresses[3].ip: Invalid value: "FE80::1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
      'subsets[0].addresses[4].ip: Invalid value: "::": may not be unspecified',
    ],
  );
  t.same(subsets({ addresses: [{ ip: '10.0.0.1', hostname: 'A', nodeName: 'B' }] }), [
    'subsets[0].addresses[0].hostname: Invalid value: "A"',
    'subsets[0].addresses[0].nodeName: Invalid value: "B"',
  ]);
  const ports = [
    { port: 0, name: 'a' },
    { port: 80, protocol: 'ICMP' },
  ];
  t.same(subsets({ addresses: [{ ip: '10.0.0.1' }], ports }), [
    'subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
    'subsets[0].ports[1].name: Required value',
    'subsets[0].ports[1].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
  ]);
});

t.test(
  'an endpoint slice has addresses of its type, ports of their own names, and its type for good',
  async (t) => {
    const slice = (more: object, old?: object) =>
      of(
        endpointSliceKind,
        { addressType: 'IPv4', endpoints: [], ...more },
        old && { addressType: 'IPv4', endpoints: [], ...old },
      ).map((text) => text.replace(dnsText, '$1'));
    const endpoints = (...addresses: string[]) => [{ addresses }];
    t.same(slice({ endpoints: endpoints('127.64.0.1'), ports: [{ name: '', port: 80 }, { name: 'b' }] }), []);
    t.same(slice({ addressType: undefined }), ['addressType: Required value']);
    t.same(slice({ addressType: 'IPX' }), [
      'addressType: Unsupported value: "IPX": supported values: "FQDN", "IPv4", "IPv6"',
    ]);
    t.same(slice({ endpoints: [{ addresses: [], nodeName: 'N', hostname: 'a.b' }] }), [
      'endpoints[0].addresses: Required value: must contain at least 1 address',
      'endpoints[0].nodeName: Invalid value: "N"',
      'endpoints[0].hostname: Invalid value: "a.b": must not contain dots',
    ]);
    t.same(slice({ endpoints: endpoints('fd00::1', '0.0.0.0') }), [
      'endpoints[0].addresses[0]: Invalid value: "fd00::1": must be an IPv4 address',
      'endpoints[0].addresses[1]: Invalid value: "0.0.0.0": may not be unspecified',
    ]);
    t.same(slice({ addressType: 'IPv6', endpoints: endpoints('fd00::1', '10.0.0.1') }), [
      'endpoints[0].addresses[1]: Invalid value: "10.0.0.1": must be an IPv6 address',
    ]);
    t.same(slice({ addressType: 'FQDN', endpoints: endpoints('a.example', 'A_') }), [
      'endpoints[0].addresses[1]: Invalid value: "A_"',
    ]);
    t.same(slice({ endpoints: Array.from({ length: 1001 }, () => ({ addresses: [] })) }), [
      'endpoints: Too many: 1001: must have at most 1000 items',
    ]);
    t.same(slice({ endpoints: endpoints(...Array.from({ length: 101 }, () => '10.0.0.1')) }), [
      'endpoints[0].addresses: Too many: 101: must have at most 100 items',
    ]);
    t.same(slice({ ports: [{ port: 1 }, { port: 70000, protocol: 'x' }, { name: 'A' }] }), [
      'ports[1].name: Duplicate value: ""',
      'ports[1].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
      'ports[1].protocol: Unsupported value: "x": supported values: "SCTP", "TCP", "UDP"',
      'ports[2].name: Invalid value: "A"',
    ]);
    t.same(slice({ addressType: 'IPv6' }, {}), ['addressType: Invalid value: "IPv6": field is immutable']);
  },
);

t.test('each rule of a role says who may do what with what', async (t) => {
  const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
  const urls = { nonResourceURLs: ['/healthz'], verbs: ['get'] };
  t.same(of(roleKind, { rules: [rule] }), []);
  t.same(of(clusterRoleKind, { rules: [rule, urls] }), []);
  t.same(of(roleKind, { rules: [rule, { verbs: [] }] }), [
    'rules[1].verbs: Required value: verbs must contain at least one value',
    'rules[1].apiGroups: Required value: resource rules must supply at least one api group',
    'rules[1].resources: Required value: resource rules must supply at least one resource',
  ]);
  const at = 'rules[0].nonResourceURLs: Invalid value: ["/healthz"]';
  t.same(of(roleKind, { rules: [urls] }), [`${at}: namespaced rules cannot apply to non-resource URLs`]);
  t.same(of(clusterRoleKind, { rules: [{ ...rule, ...urls }] }), [
    `${at}: rules cannot apply to both regular resources and non-resource URLs`,
  ]);
  t.same(of(clusterRoleKind, { aggregationRule: {} }), [
    'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
  ]);
});

t.test('a binding binds a role to subjects, and stays with its role', async (t) => {
  const roleRef = { kind: 'ClusterRole', name: 'r' };
  const binding = (kind: KindInfo, subjects: object[], more: object = {}) =>
    of(kind, { roleRef, subjects, ...more }).map(short);
  const account = { kind: 'ServiceAccount', name: 's' };
  t.same(
    binding(roleBindingKind, [account, { kind: 'User', name: 'any@one' }, { kind: 'Group', name: 'g' }]),
    [],
  );
  t.same(binding(clusterRoleBindingKind, [account]), ['subjects[0].namespace: Required value']);
  t.same(binding(clusterRoleBindingKind, [{ ...account, namespace: 'n' }]), []);
  t.same(binding(roleBindingKind, [{ kind: 'Robot' }, { ...account, name: 'S', apiGroup: 'x' }]), [
    'subjects[0].name: Required value',
    'subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
    'subjects[1].name: Invalid value: "S": a lowercase RFC 1123 subdomain',
    'subjects[1].apiGroup: Unsupported value: "x": supported values: ""',
  ]);
  t.same(binding(roleBindingKind, [{ kind: 'User', name: 'u', apiGroup: 'x' }]), [
    'subjects[0].apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"',
  ]);
  t.same(binding(roleBindingKind, [], { roleRef: { kind: 'Pod', apiGroup: 'x' } }), [
    'roleRef.apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"',
    'roleRef.kind: Unsupported value: "Pod": supported values: "Role", "ClusterRole"',
    'roleRef.name: Required value',
  ]);
  t.same(binding(clusterRoleBindingKind, [], { roleRef: { kind: 'Role', name: 'a/b' } }), [
    'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
    'roleRef.name: Invalid value: "a/b": may not contain \'/\'',
  ]);
  t.match(of(roleBindingKind, { roleRef: { kind: 'Role', name: 'other' } }, { roleRef }), [
    /^roleRef: Invalid value: \{.*\}: cannot change roleRef$/,
  ]);
});

t.test('a service has ports that are told apart', async (t) => {
  const service = (spec: object, old?: object) =>
    of(serviceKind, { spec }, old && { spec: old }).map((text) => text.replace(dnsText, '$1'));
  t.same(service({ ports: [{ port: 80, targetPort: 'web' }] }), []);
  t.same(service({}), ['spec.ports: Required value']);
  t.same(service({ clusterIP: 'None' }), [], 'a headless one may do without');
  t.same(service({ ports: [{ name: 'a', port: 1 }, { port: 2 }, { name: 'a', port: 3 }] }), [
    'spec.ports[1].name: Required value',
    'spec.ports[2].name: Duplicate value: "a"',
  ]);
  const twice = [
    { name: 'a', port: 1 },
    { name: 'b', port: 1, protocol: 'UDP' },
    { name: 'c', port: 1 },
  ];
  t.same(service({ ports: twice }), [
    'spec.ports[2]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":1,"TargetPort":0,"NodePort":0}',
  ]);
  t.same(service({ ports: [{}, { name: 'B', port: 70000, targetPort: '-', protocol: 'x' }] }), [
    'spec.ports[0].name: Required value',
    'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
    'spec.ports[1].name: Invalid value: "B"',
    'spec.ports[1].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
    'spec.ports[1].protocol: Unsupported value: "x": supported values: "SCTP", "TCP", "UDP"',
    'spec.ports[1].targetPort: Invalid value: "-": must contain at least one letter (a-z)',
    'spec.ports[1].targetPort: Invalid value: "-": must not begin or end with a hyphen',
  ]);
  t.same(service({ type: 'Magic', sessionAffinity: 'Always', ports: [{ port: 1 }] }), [
    'spec.type: Unsupported value: "Magic": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    'spec.sessionAffinity: Unsupported value: "Always": supported values: "ClientIP", "None"',
  ]);
  t.same(service({ type: 'ExternalName' }), ['spec.externalName: Required value']);
  t.same(service({ type: 'ExternalName', externalName: 'A' }), ['spec.externalName: Invalid value: "A"']);
  const given = { ports: [{ port: 1 }], clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'] };
  t.same(service({ ...given, clusterIP: '10.96.0.8', clusterIPs: ['10.96.0.8'] }, given), [
    'spec.clusterIPs[0]: Invalid value: ["10.96.0.8"]: may not change once set',
  ]);
});

t.test('keys and sizes of config maps and secrets', async (t) => {
  t.same(of(configMapKind, { data: { 'a.b-C_1': 'x' }, binaryData: { b: 'eA==' } }), []);
  t.same(
    of(configMapKind, { data: { 'a b': '', '..': '', '..a': '', c: '' }, binaryData: { c: '' } }).map(short),
    [
      'data[a b]: Invalid value: "a b": a valid config key',
      'data[..]: Invalid value: "..": must not be \'..\'',
      'data[..a]: Invalid value: "..a": must not start with \'..\'',
      'data[c]: Invalid value: "c": duplicate of key present in binaryData',
    ],
  );
  t.same(of(configMapKind, { data: { a: 'ü'.repeat(2 ** 19) } }), [], 'a million bytes');
  t.same(of(configMapKind, { data: { a: `x${'ü'.repeat(2 ** 19)}` } }), [
    ': Too long: may not be more than 1048576 bytes',
  ]);
  const bytes = (count: number) => ({ data: { a: Buffer.alloc(count).toString('base64') } });
  t.same(of(secretKind, bytes(2 ** 20)), [], 'bytes count, and not their base64');
  t.same(of(secretKind, bytes(2 ** 20 + 1)), ['data: Too long: may not be more than 1048576 bytes']);
});

t.test('a secret holds what its type says', async (t) => {
  const rows: [string, string[]][] = [
    ['kubernetes.io/tls', ['data[tls.crt]: Required value', 'data[tls.key]: Required value']],
    ['kubernetes.io/dockerconfigjson', ['data[.dockerconfigjson]: Required value']],
    ['kubernetes.io/dockercfg', ['data[.dockercfg]: Required value']],
    ['kubernetes.io/ssh-auth', ['data[ssh-privatekey]: Required value']],
    ['kubernetes.io/basic-auth', ['data[username]: Required value', 'data[password]: Required value']],
    [
      'kubernetes.io/service-account-token',
      ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
    ],
    ['example.com/own', []],
  ];
  for (const [type, wanted] of rows) t.same(of(secretKind, { type }), wanted, type);
  t.same(of(secretKind, { type: 'kubernetes.io/basic-auth', stringData: { password: 'x' } }), []);
  t.same(of(secretKind, { type: 'a' }, { type: 'b' }), ['type: Invalid value: "a": field is immutable']);
});

t.test('what is immutable stays so, with its data', async (t) => {
  const frozen = { immutable: true, data: { a: 'eA==' } };
  const text = 'Forbidden: field is immutable when `immutable` is set';
  for (const kind of [configMapKind, secretKind]) {
    t.same(of(kind, frozen, frozen), []);
    t.same(of(kind, { data: { a: 'eQ==' } }, frozen), [`immutable: ${text}`, `data: ${text}`]);
  }
  t.same(of(configMapKind, { ...frozen, binaryData: { b: 'eA==' } }, frozen), [`binaryData: ${text}`]);
});

t.test('an invalid object is answered with every finding, in its text and as causes', async (t) => {
  const kind = findResourceByName('deployments') ?? configMapKind;
  const object = accepted(kind, { metadata: { name: 'D' } });
  const { status } = statusErrors.invalid(kind, 'D', validate(kind, object).slice(-2));
  t.equal(
    status.message,
    'Deployment.apps "D" is invalid: [spec.selector: Required value, spec.template.spec.containers: Required value]',
  );
  t.match(status, {
    reason: 'Invalid',
    code: 422,
    details: {
      name: 'D',
      group: 'apps',
      kind: 'Deployment',
      causes: [
        { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.selector' },
        { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.template.spec.containers' },
      ],
    },
  });
});
