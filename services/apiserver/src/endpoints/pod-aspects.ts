import {
  applyDefaults,
  type Container,
  deepClone,
  deepEqual,
  type EphemeralContainer,
  type FieldError,
  fieldErrors,
  type Pod,
  type PodSpec,
  podKind,
  qosClass,
  statusErrors,
} from '@kubelab/api';
import type { Aspect } from '../registry/registry.js';

/** What `kubectl debug` adds to a pod that runs (KEP-277): containers come, and neither change nor go. */
export const ephemeralAspect: Aspect = {
  subresource: 'ephemeralcontainers',
  byServer: true,
  merge: (_kind, old, sent) => {
    const [before, wanted] = [(old as Pod).spec, (sent as Pod).spec];
    if (before === undefined) return old;
    const next = deepClone(old) as Pod;
    next.spec = { ...before, ephemeralContainers: wanted?.ephemeralContainers ?? [] };
    next.metadata.managedFields = sent.metadata.managedFields ?? [];
    applyDefaults(podKind, next);
    Reflect.set(next, 'status', old.status);
    const now = new Map((next.spec.ephemeralContainers ?? []).map((one) => [one.name, one]));
    const findings = (before.ephemeralContainers ?? []).flatMap((one) => changed(one, now.get(one.name)));
    if (findings.length > 0) throw statusErrors.invalid(podKind, old.metadata.name, findings);
    return next;
  },
};

function changed(old: EphemeralContainer, now: EphemeralContainer | undefined): FieldError[] {
  const field = 'spec.ephemeralContainers';
  const of = (what: string) => `existing ephemeral containers "${old.name}" may not be ${what}\n`;
  if (now === undefined) return [fieldErrors.forbidden(field, of('removed'))];
  return deepEqual(old, now) ? [] : [fieldErrors.forbidden(field, of('changed'))];
}

const resizable = ['cpu', 'memory'];

/** In-place resize (KEP-1287): amounts of cpu and memory of containers that are there; all else that is sent is passed over. */
export const resizeAspect: Aspect = {
  subresource: 'resize',
  byServer: true,
  merge: (_kind, old, sent) => {
    const before = (old as Pod).spec;
    const wanted = (sent as Pod).spec;
    if (before === undefined || wanted === undefined) return old;
    const next = deepClone(old) as Pod;
    const spec: PodSpec = { ...before, containers: resized(before.containers, wanted.containers) };
    if (before.initContainers !== undefined)
      spec.initContainers = resized(before.initContainers, wanted.initContainers ?? []);
    next.spec = spec;
    next.metadata.managedFields = sent.metadata.managedFields ?? [];
    const findings = [
      ...resizeErrors('containers', spec.containers, before.containers),
      ...resizeErrors('initContainers', spec.initContainers ?? [], before.initContainers ?? []),
    ];
    if (qosClass(spec) !== qosClass(before)) {
      const text = 'Pod QOS Class may not change as a result of resizing';
      findings.push(fieldErrors.invalid('spec', qosClass(spec), text));
    }
    if (findings.length > 0) throw statusErrors.invalid(podKind, old.metadata.name, findings);
    return next;
  },
};

function resized(before: readonly Container[], wanted: readonly Container[]): Container[] {
  return before.map((container) => {
    const same = wanted.find(({ name }) => name === container.name);
    if (same === undefined) return container;
    const resources = { ...same.resources };
    if (resources.limits !== undefined) resources.requests = { ...resources.limits, ...resources.requests };
    const policy = same.resizePolicy === undefined ? {} : { resizePolicy: same.resizePolicy };
    return { ...container, ...policy, resources };
  });
}

function resizeErrors(
  list: 'containers' | 'initContainers',
  now: readonly Container[],
  before: readonly Container[],
): FieldError[] {
  return now.flatMap(({ resources }, index) => {
    const old = before[index];
    if (old === undefined || deepEqual(resources, old.resources)) return [];
    const field = `spec.${list}[${index}].resources`;
    if (list === 'initContainers' && old.restartPolicy !== 'Always')
      return [
        fieldErrors.forbidden(field, 'only cpu and memory resources for sidecar containers are mutable'),
      ];
    return (['limits', 'requests'] as const).flatMap((kind) => {
      const [next, had] = [resources?.[kind] ?? {}, old.resources?.[kind] ?? {}];
      const others = [...new Set([...Object.keys(next), ...Object.keys(had)])].filter(
        (name) => !resizable.includes(name) && next[name] !== had[name],
      );
      const removed = resizable.filter((name) => had[name] !== undefined && next[name] === undefined);
      return [
        ...(others.length > 0
          ? [fieldErrors.forbidden(field, 'only cpu and memory resources are mutable')]
          : []),
        ...(removed.length > 0
          ? [fieldErrors.forbidden(`${field}.${kind}`, `resource ${kind} cannot be removed`)]
          : []),
      ];
    });
  });
}
