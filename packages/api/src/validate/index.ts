import type { FieldError, KindInfo, KubeObject } from '../contract.js';
import type { ConfigMap, Deployment, Pod, ReplicaSet, Secret, Service } from '../generated/types.js';
import { deepEqual, isObject } from '../json.js';
import { matchesSelector, type SelectorLike } from '../selectors.js';
import { fieldErrors } from '../status-errors.js';
import { metadataErrors, type NameRule, nameErrors, nonNegative, oneOf, portErrors } from './common.js';
import { podErrors, podTemplateErrors } from './pod.js';

const dataBytesMax = 2 ** 20;
const dataKey = /^[-._a-zA-Z0-9]+$/;

/**
 * What is wrong with an object, in Kubernetes' words; empty when nothing is. `old` is what an update
 * replaces.
 */
export function validate(kind: KindInfo, object: KubeObject, old?: KubeObject): FieldError[] {
  const key = `${kind.group}/${kind.kind}`;
  const errors = metadataErrors(object.metadata, nameRules[key] ?? 'subdomain');
  return [...errors, ...(validators[key]?.(object, old) ?? [])];
}

const nameRules: Readonly<Record<string, NameRule>> = {
  '/Namespace': 'label',
  '/Service': 'dns1035',
  'rbac.authorization.k8s.io/Role': 'path',
  'rbac.authorization.k8s.io/RoleBinding': 'path',
  'rbac.authorization.k8s.io/ClusterRole': 'path',
  'rbac.authorization.k8s.io/ClusterRoleBinding': 'path',
};

/** Objects reach these after decodeObject: the schema has checked their types. */
const validators: Readonly<
  Record<string, (object: KubeObject, old: KubeObject | undefined) => FieldError[]>
> = {
  '/Pod': (object, old) => podErrors(object as Pod, old as Pod | undefined),
  '/Service': (object, old) => serviceErrors(object as Service, old as Service | undefined),
  '/ConfigMap': (object, old) => dataErrors(object as ConfigMap, old as ConfigMap | undefined),
  '/Secret': (object, old) => dataErrors(object as Secret, old as Secret | undefined),
  'apps/Deployment': (object, old) => deploymentErrors(object as Deployment, old as Deployment | undefined),
  'apps/ReplicaSet': (object, old) => replicaSetErrors(object as ReplicaSet, old as ReplicaSet | undefined),
  'rbac.authorization.k8s.io/RoleBinding': bindingErrors,
  'rbac.authorization.k8s.io/ClusterRoleBinding': bindingErrors,
};

function workloadErrors(
  selector: SelectorLike | undefined,
  template: Deployment['spec'] extends infer S ? (S extends { template: infer T } ? T : never) : never,
): FieldError[] {
  if (selector === undefined) return [fieldErrors.required('spec.selector')];
  const empty =
    Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
  if (empty)
    return [fieldErrors.invalid('spec.selector', selector, 'empty selector is invalid for deployment')];
  const labels = template?.metadata?.labels;
  if (matchesSelector(selector, labels)) return [];
  return [
    fieldErrors.invalid(
      'spec.template.metadata.labels',
      labels ?? {},
      '`selector` does not match template `labels`',
    ),
  ];
}

function deploymentErrors(object: Deployment, old: Deployment | undefined): FieldError[] {
  const { spec } = object;
  if (spec === undefined)
    return [fieldErrors.required('spec.selector'), fieldErrors.required('spec.template.spec.containers')];
  return [
    ...nonNegative('spec.replicas', spec.replicas),
    ...workloadErrors(spec.selector, spec.template),
    ...podTemplateErrors(spec.template, 'spec.template'),
    ...strategyErrors(spec.strategy),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
    ...immutable('spec.selector', spec.selector, old?.spec?.selector, old !== undefined),
  ];
}

function strategyErrors(strategy: NonNullable<Deployment['spec']>['strategy']): FieldError[] {
  const errors = oneOf('spec.strategy.type', strategy?.type, ['Recreate', 'RollingUpdate']);
  if (strategy?.type === 'Recreate' && strategy.rollingUpdate !== undefined) {
    errors.push(
      fieldErrors.forbidden(
        'spec.strategy.rollingUpdate',
        "may not be specified when strategy `type` is 'Recreate'",
      ),
    );
  }
  const { maxSurge, maxUnavailable } = strategy?.rollingUpdate ?? {};
  const isZero = (value: number | string | undefined) => value === 0 || value === '0%' || value === '0';
  if (isZero(maxSurge) && isZero(maxUnavailable)) {
    errors.push(
      fieldErrors.invalid(
        'spec.strategy.rollingUpdate.maxUnavailable',
        maxUnavailable,
        'may not be 0 when `maxSurge` is 0',
      ),
    );
  }
  for (const [name, value] of Object.entries({ maxSurge, maxUnavailable })) {
    const isPercent = typeof value === 'string' && /^\d+%$/.test(value);
    if (value === undefined || isPercent || (typeof value === 'number' && value >= 0)) continue;
    errors.push(
      fieldErrors.invalid(
        `spec.strategy.rollingUpdate.${name}`,
        value,
        "a valid percent string must be a numeric string followed by an ending '%'",
      ),
    );
  }
  return errors;
}

function replicaSetErrors(object: ReplicaSet, old: ReplicaSet | undefined): FieldError[] {
  const { spec } = object;
  if (spec === undefined) return [fieldErrors.required('spec.selector')];
  const template =
    spec.template === undefined
      ? []
      : [
          ...workloadErrors(spec.selector, spec.template),
          ...podTemplateErrors(spec.template, 'spec.template'),
        ];
  return [
    ...nonNegative('spec.replicas', spec.replicas),
    ...template,
    ...immutable('spec.selector', spec.selector, old?.spec?.selector, old !== undefined),
  ];
}

function immutable(field: string, value: unknown, old: unknown, isUpdate: boolean): FieldError[] {
  return isUpdate && !deepEqual(value, old) ? [fieldErrors.invalid(field, value, 'field is immutable')] : [];
}

function serviceErrors(object: Service, old: Service | undefined): FieldError[] {
  const spec = object.spec ?? {};
  const ports = spec.ports ?? [];
  const errors = [
    ...oneOf('spec.type', spec.type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
    ...oneOf('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']),
    ...ports.flatMap((port, index) => servicePortErrors(port, `spec.ports[${index}]`, ports.length)),
  ];
  const names = ports.map((port) => port.name ?? '');
  names.forEach((name, index) => {
    if (name !== '' && names.indexOf(name) !== index)
      errors.push(fieldErrors.duplicate(`spec.ports[${index}].name`, name));
  });
  if (spec.type === 'ExternalName') {
    if ((spec.externalName ?? '') === '') errors.push(fieldErrors.required('spec.externalName'));
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

function servicePortErrors(
  port: NonNullable<NonNullable<Service['spec']>['ports']>[number],
  field: string,
  count: number,
): FieldError[] {
  const named =
    (port.name ?? '') === ''
      ? count > 1
        ? [fieldErrors.required(`${field}.name`)]
        : []
      : nameErrors('label', `${field}.name`, port.name ?? '');
  const target =
    typeof port.targetPort === 'number' ? portErrors(`${field}.targetPort`, port.targetPort) : [];
  const number =
    port.port === undefined
      ? [fieldErrors.required(`${field}.port`)]
      : portErrors(`${field}.port`, port.port);
  return [
    ...named,
    ...number,
    ...target,
    ...oneOf(`${field}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']),
  ];
}

function dataErrors(object: ConfigMap & Secret, old: (ConfigMap & Secret) | undefined): FieldError[] {
  const binary: Record<string, string> = object.binaryData ?? {};
  const data: Record<string, string> = object.data ?? {};
  const keys = [
    ...Object.keys(data).map((key) => [`data[${key}]`, key]),
    ...Object.keys(binary).map((key) => [`binaryData[${key}]`, key]),
  ];
  const errors = keys
    .filter(([, key = '']) => !dataKey.test(key) || key.length > 253 || key === '.' || key === '..')
    .map(([field = '', key]) =>
      fieldErrors.invalid(
        field,
        key,
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
      ),
    );
  for (const key of Object.keys(binary))
    if (Object.hasOwn(data, key))
      errors.push(fieldErrors.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
  const bytes = [...Object.values(data), ...Object.values(binary)].reduce(
    (sum, value) => sum + value.length,
    0,
  );
  if (bytes > dataBytesMax) errors.push(fieldErrors.tooLong('', dataBytesMax));
  if (
    old?.immutable === true &&
    (object.immutable !== true ||
      !deepEqual(object.data, old.data) ||
      !deepEqual(object.binaryData, old.binaryData))
  ) {
    errors.push(fieldErrors.forbidden('data', 'field is immutable when `immutable` is set'));
  }
  return errors;
}

function bindingErrors(object: KubeObject, old: KubeObject | undefined): FieldError[] {
  const role = isObject(object.roleRef) ? object.roleRef : {};
  const errors = oneOf('roleRef.kind', typeof role.kind === 'string' ? role.kind : '', [
    'Role',
    'ClusterRole',
  ]);
  if (typeof role.name !== 'string' || role.name === '') errors.push(fieldErrors.required('roleRef.name'));
  if (old !== undefined && !deepEqual(object.roleRef, old.roleRef))
    errors.push(fieldErrors.invalid('roleRef', object.roleRef, 'cannot change roleRef'));
  return errors;
}
