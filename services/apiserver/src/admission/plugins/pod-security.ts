import {
  deepEqual,
  isObject,
  type KubeObject,
  namespaceKind,
  type Pod,
  type PodSpec,
  podKind,
  statusErrors,
} from '@kubelab/api';
import type { AdmissionPlugin, Attributes, PluginParts } from '../contract.js';
import { Lookup } from '../lookup.js';
import { described, evaluate, isStricter, labelErrors, policyOf } from '../pod-security/evaluate.js';

/** Pods looked at when a namespace's level is raised, at most. */
const existingPodsMax = 3_000;
const templates: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['spec', 'template'],
  'apps/ReplicaSet': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
  '/ReplicationController': ['spec', 'template'],
  '/PodTemplate': ['template'],
};

/**
 * A namespace's labels say what its pods may do: enforced of pods, warned of in what makes pods. Nothing is audited, since
 * there is no audit log.
 */
export function podSecurity({ storage }: PluginParts): AdmissionPlugin {
  const lookup = new Lookup(storage);
  const labelsOf = async (namespace: string) =>
    (await lookup.one(namespaceKind, '', namespace))?.metadata.labels;
  return {
    name: 'PodSecurity',
    validate: async (attributes) => {
      const { operation, kind, object, subresource, scope } = attributes;
      if (operation === 'DELETE') return;
      if (kind === namespaceKind) return namespaceLabels(attributes, lookup);
      const path = templates[`${kind.group}/${kind.kind}`];
      if (kind !== podKind && path === undefined) return;
      if (kind === podKind ? !isSignificant(attributes) : subresource !== '') return;
      const template = at(object, kind === podKind ? [] : (path ?? []));
      if (!isTemplate(template)) return;
      const pod = { metadata: template.metadata ?? {}, spec: template.spec };
      const labels = await labelsOf(object.metadata.namespace ?? '');
      if (kind === podKind) {
        const policy = policyOf(labels, 'enforce');
        const found = evaluate(policy, pod);
        if (found.length > 0)
          throw statusErrors.forbidden(kind, object.metadata.name, described('violates', policy, found));
      }
      const policy = policyOf(labels, 'warn');
      const found = evaluate(policy, pod);
      if (found.length > 0) scope.warn(described('would violate', policy, found));
    },
  };
}

/** A pod, or what one is made from. Decoded and validated before it came here. */
interface Template {
  readonly metadata?: Partial<Pod['metadata']>;
  readonly spec: PodSpec;
}

function isTemplate(value: unknown): value is Template {
  return isObject(value) && isObject(value.spec) && Array.isArray(value.spec.containers);
}

function at(object: KubeObject, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), object);
}

/** Updates that change nothing that the standards speak of need not pass what was let in before. */
function isSignificant({ operation, object, old, subresource }: Attributes): boolean {
  if (subresource === 'ephemeralcontainers') return true;
  if (subresource !== '') return false;
  if (operation === 'CREATE') return true;
  const [next, before] = [object as Pod, old as Pod];
  const images = ({ spec }: Pod) =>
    [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ name, image }) => [name, image]);
  const profiles = ({ metadata }: Pod) =>
    Object.entries(metadata.annotations ?? {}).filter(([key]) => /apparmor|seccomp/.test(key));
  return !deepEqual(images(next), images(before)) || !deepEqual(profiles(next), profiles(before));
}

async function namespaceLabels(
  { kind, object, old, subresource, scope, operation }: Attributes,
  lookup: Lookup,
): Promise<void> {
  if (subresource !== '') return;
  const { labels, name } = object.metadata;
  const errors = labelErrors(labels);
  const before = old?.metadata.labels;
  if (errors.length > 0 && (operation === 'CREATE' || !deepEqual(errors, labelErrors(before))))
    throw statusErrors.invalid(kind, name, errors);
  const policy = policyOf(labels, 'enforce');
  if (operation === 'CREATE' || !isStricter(policy, policyOf(before, 'enforce'))) return;
  const pods = (await lookup.all<Pod>(podKind, name)).slice(0, existingPodsMax);
  const wrong = new Map<string, string[]>();
  for (const pod of pods) {
    if (pod.spec === undefined) continue;
    const found = evaluate(policy, { metadata: pod.metadata, spec: pod.spec });
    if (found.length === 0) continue;
    const reasons = found.map(({ reason }) => reason).join(', ');
    wrong.set(reasons, [...(wrong.get(reasons) ?? []), pod.metadata.name]);
  }
  if (wrong.size === 0) return;
  scope.warn(
    `existing pods in namespace "${name}" violate the new PodSecurity enforce level "${policy.level}:${policy.version}"`,
  );
  for (const [reasons, [first = '', ...others]] of wrong) {
    const more = others.length === 1 ? ' (and 1 other pod)' : ` (and ${others.length} other pods)`;
    scope.warn(`${first}${others.length === 0 ? '' : more}: ${reasons}`);
  }
}
