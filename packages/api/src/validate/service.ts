import type { FieldError } from '../contract.js';
import type { Service, ServicePort } from '../generated/types.js';
import { fieldErrors } from '../status-errors.js';
import { isCidr, isIp } from './addresses.js';
import {
  duplicateErrors,
  labelErrors,
  nameErrors,
  oneOf,
  portErrors,
  portOrNameErrors,
  protocolErrors,
} from './common.js';
import { ipText } from './pod-fields.js';

export function serviceErrors(object: Service, old: Service | undefined): FieldError[] {
  const spec = object.spec ?? {};
  const ports = spec.ports ?? [];
  const errors = [
    ...oneOf('spec.type', spec.type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
    ...oneOf('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']),
    ...ports.flatMap((port, index) => servicePortErrors(port, `spec.ports[${index}]`, ports.length)),
  ];
  errors.push(
    ...labelErrors(spec.selector, 'spec.selector'),
    ...duplicateErrors(
      ports.map((port) => port.name),
      (index) => `spec.ports[${index}].name`,
    ),
    ...repeatedPortErrors(ports),
  );
  if (spec.type === 'ExternalName') {
    errors.push(...nameErrors('subdomain', 'spec.externalName', spec.externalName));
  } else if (ports.length === 0 && spec.clusterIP !== 'None') errors.push(fieldErrors.required('spec.ports'));
  errors.push(...addressErrors(spec), ...affinityErrors(spec), ...typeErrors(spec, old));
  const before = old?.spec?.clusterIP;
  if (
    before !== undefined &&
    before !== '' &&
    old?.spec?.type !== 'ExternalName' &&
    spec.type !== 'ExternalName' &&
    spec.clusterIP !== before
  ) {
    errors.push(fieldErrors.invalid('spec.clusterIPs[0]', spec.clusterIPs ?? [], 'may not change once set'));
  }
  return errors;
}

type Spec = NonNullable<Service['spec']>;

function addressErrors(spec: Spec): FieldError[] {
  const { clusterIP = '', externalIPs = [], ipFamilies = [], ipFamilyPolicy, loadBalancerIP = '' } = spec;
  const errors: FieldError[] = [];
  if (clusterIP === 'None' && (spec.type === 'NodePort' || spec.type === 'LoadBalancer')) {
    const text = `may not be set to 'None' for ${spec.type} services`;
    errors.push(fieldErrors.invalid('spec.clusterIPs[0]', clusterIP, text));
  } else if (clusterIP !== '' && clusterIP !== 'None') {
    if (spec.type === 'ExternalName')
      errors.push(fieldErrors.forbidden('spec.clusterIPs[0]', 'may not be set for ExternalName services'));
    else if (!isIp(clusterIP)) errors.push(fieldErrors.invalid('spec.clusterIPs[0]', clusterIP, ipText));
  }
  for (const [at, address] of externalIPs.entries())
    if (!isIp(address)) errors.push(fieldErrors.invalid(`spec.externalIPs[${at}]`, address, ipText));
  if (loadBalancerIP !== '' && !isIp(loadBalancerIP))
    errors.push(fieldErrors.invalid('spec.loadBalancerIP', loadBalancerIP, ipText));
  for (const [at, family] of ipFamilies.entries())
    errors.push(...oneOf(`spec.ipFamilies[${at}]`, family, ['IPv4', 'IPv6']));
  const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
  return [...errors, ...oneOf('spec.ipFamilyPolicy', ipFamilyPolicy, policies)];
}

const affinitySecondsMax = 86_400;

function affinityErrors({ sessionAffinity, sessionAffinityConfig }: Spec): FieldError[] {
  const field = 'spec.sessionAffinityConfig';
  if (sessionAffinity === 'None' && sessionAffinityConfig !== undefined)
    return [fieldErrors.forbidden(field, 'must not be set when session affinity is None')];
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (sessionAffinity !== 'ClientIP' || seconds === undefined) return [];
  if (seconds > 0 && seconds <= affinitySecondsMax) return [];
  const text = `must be greater than 0 and less than ${affinitySecondsMax}`;
  return [fieldErrors.invalid(`${field}.clientIP.timeoutSeconds`, seconds, text)];
}

/** What only Services of some types have. */
function typeErrors(spec: Spec, old: Service | undefined): FieldError[] {
  const isBalancer = spec.type === 'LoadBalancer';
  const isExternal = isBalancer || spec.type === 'NodePort' || (spec.externalIPs ?? []).length > 0;
  const errors: FieldError[] = [];
  const onlyBalancer = "may only be used when `type` is 'LoadBalancer'";
  if (!isBalancer) {
    if ((spec.loadBalancerSourceRanges ?? []).length > 0)
      errors.push(fieldErrors.forbidden('spec.LoadBalancerSourceRanges', onlyBalancer));
    if (spec.allocateLoadBalancerNodePorts !== undefined && old === undefined)
      errors.push(fieldErrors.forbidden('spec.allocateLoadBalancerNodePorts', onlyBalancer));
    if (spec.loadBalancerClass !== undefined && old === undefined)
      errors.push(fieldErrors.forbidden('spec.loadBalancerClass', onlyBalancer));
  }
  for (const [at, range] of (isBalancer ? (spec.loadBalancerSourceRanges ?? []) : []).entries())
    if (!isCidr(range))
      errors.push(fieldErrors.invalid(`spec.LoadBalancerSourceRanges[${at}]`, range, cidrText));
  if (
    isBalancer &&
    old?.spec?.type === 'LoadBalancer' &&
    old.spec.loadBalancerClass !== spec.loadBalancerClass
  )
    errors.push(
      fieldErrors.invalid('spec.loadBalancerClass', spec.loadBalancerClass, 'may not change once set'),
    );
  if (spec.externalTrafficPolicy !== undefined && !isExternal)
    errors.push(
      fieldErrors.invalid(
        'spec.externalTrafficPolicy',
        spec.externalTrafficPolicy,
        'may only be set for externally-accessible services',
      ),
    );
  else errors.push(...oneOf('spec.externalTrafficPolicy', spec.externalTrafficPolicy, ['Cluster', 'Local']));
  errors.push(...oneOf('spec.internalTrafficPolicy', spec.internalTrafficPolicy, ['Cluster', 'Local']));
  if ((spec.healthCheckNodePort ?? 0) !== 0 && !(isBalancer && spec.externalTrafficPolicy === 'Local')) {
    const text = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.push(fieldErrors.invalid('spec.healthCheckNodePort', spec.healthCheckNodePort, text));
  }
  // Node ports of a Service that has become another type are taken away, not refused.
  if (spec.type === 'ClusterIP' && old === undefined)
    for (const [at, { nodePort = 0 }] of (spec.ports ?? []).entries())
      if (nodePort !== 0)
        errors.push(
          fieldErrors.forbidden(`spec.ports[${at}].nodePort`, "may not be used when `type` is 'ClusterIP'"),
        );
  return errors;
}

const cidrText = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

/** One number per protocol. The value is shown as Kubernetes shows it: with the fields of its own type. */
function repeatedPortErrors(ports: readonly ServicePort[]): FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap(({ port, protocol = '' }, index) => {
    const key = `${port}/${protocol}`;
    const isRepeated = seen.has(key);
    seen.add(key);
    if (!isRepeated) return [];
    const shown = { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
    return [fieldErrors.duplicate(`spec.ports[${index}]`, shown)];
  });
}

function servicePortErrors(port: ServicePort, field: string, count: number): FieldError[] {
  const { name = '', targetPort } = port;
  return [
    ...(name !== '' || count > 1 ? nameErrors('label', `${field}.name`, name) : []),
    ...portErrors(`${field}.port`, port.port ?? 0),
    ...protocolErrors(`${field}.protocol`, port.protocol),
    ...(targetPort === undefined ? [] : portOrNameErrors(`${field}.targetPort`, targetPort)),
  ];
}
