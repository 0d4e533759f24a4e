import type { Container, PersistentVolume, PersistentVolumeClaim, Pod, Service } from '@kubelab/api';
import { quantityValue } from '@kubelab/api';
import type { TokenSource } from './service-account-tokens.js';

/** A reference that a container needs is absent: CreateContainerConfigError with this text. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Of the node, as quantities. */
export type Allocatable = Readonly<Record<string, string>>;

export interface EnvSources {
  /** Undefined when there is none. */
  configMap(name: string): Promise<Readonly<Record<string, string>> | undefined>;
  secret(name: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Of a volume: every key, binary ones too. */
  files(
    kind: 'configmap' | 'secret',
    name: string,
  ): Promise<Readonly<Record<string, Uint8Array>> | undefined>;
  claim(name: string): Promise<PersistentVolumeClaim | undefined>;
  persistentVolume(name: string): Promise<PersistentVolume | undefined>;
  /** The node's: what a container without a limit may use. */
  readonly allocatable: Allocatable;
  /** A token of the pod's service account, bound to the pod. Rejects with ApiError. */
  serviceAccountToken(source: TokenSource): Promise<string>;
  readonly services: readonly Service[];
  readonly podIp: string;
  readonly hostIp: string;
}

/** `$(VAR)` from `env`; `$$` is a `$`; what is not known stays as it is. */
export function expandVariables(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^()]*)\)/g, (whole, name: string | undefined) =>
    whole === '$$' ? '$' : (env[name ?? ''] ?? whole),
  );
}

const envName = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

/** A container's environment: service variables, then envFrom, then env, each over those before. */
export async function containerEnv(
  pod: Pod,
  container: Container,
  sources: EnvSources,
): Promise<Record<string, string>> {
  const env = serviceEnv(pod, sources.services);
  for (const from of container.envFrom ?? []) {
    const ref = from.configMapRef ?? from.secretRef;
    if (ref === undefined) continue;
    const isMap = from.configMapRef !== undefined;
    const data = await (isMap ? sources.configMap(ref.name ?? '') : sources.secret(ref.name ?? ''));
    if (data === undefined && ref.optional !== true)
      throw new ConfigError(`${isMap ? 'configmap' : 'secret'} "${ref.name}" not found`);
    for (const [key, value] of Object.entries(data ?? {})) {
      const name = `${from.prefix ?? ''}${key}`;
      if (envName.test(name)) env[name] = value;
    }
  }
  for (const item of container.env ?? []) {
    const { valueFrom } = item;
    const value =
      valueFrom === undefined
        ? expandVariables(item.value ?? '', env)
        : await referenced(pod, container, valueFrom, sources);
    if (value !== undefined) env[item.name] = value;
  }
  return env;
}

async function referenced(
  pod: Pod,
  container: Container,
  from: NonNullable<NonNullable<Container['env']>[number]['valueFrom']>,
  sources: EnvSources,
): Promise<string | undefined> {
  if (from.fieldRef !== undefined) return fieldValue(pod, from.fieldRef.fieldPath, sources);
  if (from.resourceFieldRef !== undefined)
    return resourceValue(
      container,
      from.resourceFieldRef.resource,
      from.resourceFieldRef.divisor,
      sources.allocatable,
    );
  const ref = from.configMapKeyRef ?? from.secretKeyRef;
  if (ref === undefined) return undefined;
  const isMap = from.configMapKeyRef !== undefined;
  const data = await (isMap ? sources.configMap(ref.name ?? '') : sources.secret(ref.name ?? ''));
  if (data === undefined) {
    if (ref.optional === true) return undefined;
    throw new ConfigError(`${isMap ? 'configmap' : 'secret'} "${ref.name}" not found`);
  }
  const value = data[ref.key];
  if (value === undefined && ref.optional !== true)
    throw new ConfigError(
      `couldn't find key ${ref.key} in ${isMap ? 'ConfigMap' : 'Secret'} ${pod.metadata.namespace}/${ref.name}`,
    );
  return value;
}

/** The downward API's fields. */
export function fieldValue(
  pod: Pod,
  path: string,
  at: { readonly podIp: string; readonly hostIp: string },
): string {
  const { metadata, spec } = pod;
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed !== null)
    return metadata[keyed[1] === 'labels' ? 'labels' : 'annotations']?.[keyed[2] ?? ''] ?? '';
  const listed = (values: Record<string, string> | undefined) =>
    Object.entries(values ?? {})
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      .join('\n');
  const fields: Readonly<Record<string, string>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace ?? '',
    'metadata.uid': metadata.uid ?? '',
    'metadata.labels': listed(metadata.labels),
    'metadata.annotations': listed(metadata.annotations),
    'spec.nodeName': spec?.nodeName ?? '',
    'spec.serviceAccountName': spec?.serviceAccountName ?? '',
    'status.hostIP': at.hostIp,
    'status.hostIPs': at.hostIp,
    'status.podIP': at.podIp,
    'status.podIPs': at.podIp,
  };
  const value = fields[path];
  if (value === undefined) throw new ConfigError(`unsupported fieldPath: ${path}`);
  return value;
}

/** In units of the divisor, rounded up. A limit that is not set is what the node has (Kubernetes' downward API). */
export function resourceValue(
  container: Container,
  resource: string,
  divisor: string | undefined,
  allocatable: Allocatable,
): string {
  const [kind = '', ...rest] = resource.split('.');
  const from = kind === 'limits' ? container.resources?.limits : container.resources?.requests;
  const unit = quantityValue(divisor) || 1;
  const name = rest.join('.');
  const quantity = from?.[name] ?? (kind === 'limits' ? allocatable[name] : undefined);
  return String(Math.ceil(quantityValue(quantity) / unit));
}

/** Variables for the services that are there when the container starts (docker-links style). */
export function serviceEnv(pod: Pod, services: readonly Service[]): Record<string, string> {
  const env: Record<string, string> = {};
  const seen = services.filter(({ metadata }) => {
    const isMaster = metadata.namespace === 'default' && metadata.name === 'kubernetes';
    return (
      isMaster || (pod.spec?.enableServiceLinks !== false && metadata.namespace === pod.metadata.namespace)
    );
  });
  for (const { metadata, spec } of seen) {
    const ip = spec?.clusterIP ?? '';
    const [first] = spec?.ports ?? [];
    if (ip === '' || ip === 'None' || first === undefined) continue;
    const name = metadata.name.toUpperCase().replaceAll('-', '_');
    env[`${name}_SERVICE_HOST`] = ip;
    env[`${name}_SERVICE_PORT`] = String(first.port);
    env[`${name}_PORT`] = `${(first.protocol ?? 'TCP').toLowerCase()}://${ip}:${first.port}`;
    for (const port of spec?.ports ?? []) {
      const protocol = (port.protocol ?? 'TCP').toLowerCase();
      const prefix = `${name}_PORT_${port.port}_${protocol.toUpperCase()}`;
      if (port.name !== undefined && port.name !== '')
        env[`${name}_SERVICE_PORT_${port.name.toUpperCase().replaceAll('-', '_')}`] = String(port.port);
      env[prefix] = `${protocol}://${ip}:${port.port}`;
      env[`${prefix}_PROTO`] = protocol;
      env[`${prefix}_PORT`] = String(port.port);
      env[`${prefix}_ADDR`] = ip;
    }
  }
  return env;
}
