import type { FieldError } from '../contract.js';
import type { Service, ServicePort } from '../generated/types.js';
import { fieldErrors } from '../status-errors.js';
import {
  duplicateErrors,
  labelErrors,
  nameErrors,
  oneOf,
  portErrors,
  portOrNameErrors,
  protocolErrors,
} from './common.js';

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
