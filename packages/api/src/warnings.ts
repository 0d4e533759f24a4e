import type { KindInfo, KubeObject } from './contract.js';
import type { Container, PodSpec, PodTemplateSpec } from './generated/types.js';
import { isObject } from './json.js';
import { parseQuantity } from './quantity.js';
import { valueAt } from './validate/structure.js';

/**
 * What Kubernetes takes but warns about (pkg/api/pod/warnings.go and the warnings of strategies), for Warning headers.
 * Of what an update did not bring it says nothing again.
 */
export function warningsFor(kind: KindInfo, object: KubeObject, old?: KubeObject): string[] {
  const before = new Set(old === undefined ? [] : allWarnings(kind, old));
  return allWarnings(kind, object).filter((text) => !before.has(text));
}

function allWarnings(kind: KindInfo, object: KubeObject): string[] {
  const key = `${kind.group}/${kind.kind}`;
  const path = podPaths[key];
  const template = path === undefined ? undefined : path === '' ? object : valueAt(object, path);
  return [
    ...finalizerWarnings(object.metadata.finalizers),
    ...(key === '/Endpoints'
      ? ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice']
      : []),
    ...(key === '/PersistentVolume' && valueAt(object, 'spec.persistentVolumeReclaimPolicy') === 'Recycle'
      ? [
          'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        ]
      : []),
    ...(isTemplate(template) ? podWarnings(template, path === '' ? '' : `${path}.`) : []),
  ];
}

/** Where the pod is. */
const podPaths: Readonly<Record<string, string>> = {
  '/Pod': '',
  '/PodTemplate': 'template',
  '/ReplicationController': 'spec.template',
  'apps/Deployment': 'spec.template',
  'apps/ReplicaSet': 'spec.template',
  'apps/DaemonSet': 'spec.template',
  'apps/StatefulSet': 'spec.template',
  'batch/Job': 'spec.template',
  'batch/CronJob': 'spec.jobTemplate.spec.template',
};

const builtInFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

function finalizerWarnings(finalizers: readonly string[] | undefined): string[] {
  return (finalizers ?? [])
    .filter((name) => !name.includes('/') && !builtInFinalizers.has(name))
    .map(
      (name) =>
        `metadata.finalizers: "${name}": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers`,
    );
}

function isTemplate(value: unknown): value is PodTemplateSpec & { readonly spec: PodSpec } {
  return isObject(value) && isObject(value.spec);
}

/** Labels of nodes that have other names now. */
const oldLabels: Readonly<Record<string, readonly [since: string, now: string]>> = {
  'beta.kubernetes.io/arch': ['v1.14', 'kubernetes.io/arch'],
  'beta.kubernetes.io/os': ['v1.14', 'kubernetes.io/os'],
  'failure-domain.beta.kubernetes.io/region': ['v1.17', 'topology.kubernetes.io/region'],
  'failure-domain.beta.kubernetes.io/zone': ['v1.17', 'topology.kubernetes.io/zone'],
  'beta.kubernetes.io/instance-type': ['v1.17', 'node.kubernetes.io/instance-type'],
};

function podWarnings(
  { metadata, spec }: { metadata?: PodTemplateSpec['metadata']; spec: PodSpec },
  prefix: string,
): string[] {
  const found: string[] = [];
  const at = `${prefix}spec`;
  for (const key of Object.keys(spec.nodeSelector ?? {})) {
    const label = oldLabels[key];
    if (label !== undefined)
      found.push(`${at}.nodeSelector[${key}]: deprecated since ${label[0]}; use "${label[1]}" instead`);
  }
  for (const [index, { topologyKey }] of (spec.topologySpreadConstraints ?? []).entries()) {
    const label = oldLabels[topologyKey];
    if (label !== undefined)
      found.push(
        `${at}.topologySpreadConstraints[${index}].topologyKey: ${topologyKey} is deprecated since ${label[0]}; use "${label[1]}" instead`,
      );
  }
  for (const [index, volume] of (spec.volumes ?? []).entries())
    if (volume.gitRepo !== undefined) found.push(`${at}.volumes[${index}].gitRepo: deprecated in v1.11`);
  const hosts = new Set<string>();
  for (const [index, { ip = '' }] of (spec.hostAliases ?? []).entries()) {
    if (hosts.has(ip)) found.push(`${at}.hostAliases[${index}].ip: duplicate ip "${ip}"`);
    hosts.add(ip);
  }
  const pulls = new Set<string>();
  for (const [index, { name = '' }] of (spec.imagePullSecrets ?? []).entries()) {
    if (name === '') found.push(`${at}.imagePullSecrets[${index}].name: invalid empty name ""`);
    else if (pulls.has(name)) found.push(`${at}.imagePullSecrets[${index}].name: duplicate name "${name}"`);
    pulls.add(name);
  }
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0)
    found.push(
      `${at}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`,
    );
  for (const key of Object.keys(metadata?.annotations ?? {}))
    if (/^(container\.)?seccomp\.security\.alpha\.kubernetes\.io\//.test(key))
      found.push(
        `${prefix}metadata.annotations[${key}]: non-functional in v1.27+; use the "seccompProfile" field instead`,
      );
  for (const list of ['initContainers', 'containers'] as const)
    for (const [index, container] of (spec[list] ?? []).entries())
      found.push(...containerWarnings(container, `${at}.${list}[${index}]`));
  return found;
}

function containerWarnings(container: Container, at: string): string[] {
  const found: string[] = [];
  const names = new Set<string>();
  for (const [index, { name }] of (container.env ?? []).entries()) {
    if (names.has(name))
      found.push(
        `${at}.env[${index}]: hides previous definition of "${name}", which may be dropped when using apply`,
      );
    names.add(name);
  }
  for (const list of ['limits', 'requests'] as const)
    for (const name of ['memory', 'ephemeral-storage']) {
      const value = container.resources?.[list]?.[name];
      if (value !== undefined && (parseQuantity(value)?.nanos ?? 0n) % 1_000_000_000n !== 0n)
        found.push(
          `${at}.resources.${list}[${name}]: fractional byte value "${value}" is invalid, must be an integer`,
        );
    }
  return found;
}
