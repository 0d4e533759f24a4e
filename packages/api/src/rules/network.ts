import type { RuleTable } from './contract.js';

const certificateUsages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];

/** networking.k8s.io, certificates.k8s.io, resource.k8s.io. */
export const networkRules: RuleTable = {
  'networking.v1.HTTPIngressRuleValue': { required: ['paths'] },
  'networking.v1.HTTPIngressPath': { enums: { pathType: ['Exact', 'ImplementationSpecific', 'Prefix'] } },
  'networking.v1.ServiceBackendPort': { ranges: { number: [1, 65_535] } },
  'networking.v1.IngressClassParametersReference': {
    defaults: { scope: 'Cluster' },
    enums: { scope: ['Cluster', 'Namespace'] },
  },
  'networking.v1.NetworkPolicySpec': { enums: { policyTypes: ['Egress', 'Ingress'] } },
  'networking.v1.NetworkPolicyPort': {
    defaults: { protocol: 'TCP' },
    enums: { protocol: ['SCTP', 'TCP', 'UDP'] },
    ranges: { endPort: [1, 65_535] },
  },
  'networking.v1.ServiceCIDRSpec': { required: ['cidrs'] },
  'certificates.v1.CertificateSigningRequestSpec': {
    required: ['request', 'usages'],
    enums: { usages: certificateUsages },
    ranges: { expirationSeconds: [600] },
  },
  'resource.v1.ExactDeviceRequest': {
    defaults: { allocationMode: 'ExactCount' },
    enums: { allocationMode: ['All', 'ExactCount'] },
  },
  'resource.v1.DeviceSubRequest': {
    defaults: { allocationMode: 'ExactCount' },
    enums: { allocationMode: ['All', 'ExactCount'] },
  },
  'resource.v1.DeviceToleration': {
    defaults: { operator: 'Equal' },
    enums: { operator: ['Equal', 'Exists'], effect: ['NoExecute', 'NoSchedule', 'None'] },
  },
  'resource.v1.DeviceTaint': { enums: { effect: ['NoExecute', 'NoSchedule', 'None'] } },
};
