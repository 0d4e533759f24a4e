import { type FieldError, fieldErrors, type ObjectMeta, type PodSpec } from '@kubelab/api';
import { baselineChecks, type Check, restrictedChecks, type Violation } from './checks.js';

/**
 * Pod Security Standards (https://kubernetes.io/docs/concepts/security/pod-security-standards/) as a namespace's labels
 * ask for them. Pure.
 */
export interface Policy {
  readonly level: string;
  /** `latest` or `v1.24`. */
  readonly version: string;
}

export const prefix = 'pod-security.kubernetes.io/';
export type Mode = 'enforce' | 'audit' | 'warn';

const levels: Readonly<Record<string, readonly Check[]>> = {
  privileged: [],
  baseline: baselineChecks,
  restricted: restrictedChecks,
};
const latestMinor = 36;

type Labels = Readonly<Record<string, string>> | undefined;

/** A label that cannot be read asks for the strictest, as in Kubernetes: nothing slips through a slip of the pen. */
export function policyOf(labels: Labels, mode: Mode): Policy {
  const level = labels?.[`${prefix}${mode}`];
  const version = labels?.[`${prefix}${mode}-version`] ?? 'latest';
  const known = level === undefined ? 'privileged' : levels[level] === undefined ? 'restricted' : level;
  return { level: known, version: minorOf(version) === undefined ? 'latest' : version };
}

function minorOf(version: string): number | undefined {
  if (version === 'latest') return latestMinor;
  const match = /^v1\.(0|[1-9]\d{0,3})$/.exec(version);
  return match === null ? undefined : Number(match[1]);
}

export function labelErrors(labels: Labels): FieldError[] {
  return (['enforce', 'audit', 'warn'] as const).flatMap((mode) => {
    const level = labels?.[`${prefix}${mode}`];
    const version = labels?.[`${prefix}${mode}-version`];
    return [
      ...(level === undefined || levels[level] !== undefined
        ? []
        : [
            fieldErrors.invalid(
              `metadata.labels[${prefix}${mode}]`,
              level,
              'must be one of privileged, baseline, restricted',
            ),
          ]),
      ...(version === undefined || minorOf(version) !== undefined
        ? []
        : [
            fieldErrors.invalid(
              `metadata.labels[${prefix}${mode}-version]`,
              version,
              'must be "latest" or "v1.x"',
            ),
          ]),
    ];
  });
}

/** What a policy finds wrong with a pod. */
export function evaluate(
  policy: Policy,
  pod: { readonly metadata: Partial<ObjectMeta>; readonly spec: PodSpec },
): Violation[] {
  const minor = minorOf(policy.version) ?? latestMinor;
  return (levels[policy.level] ?? restrictedChecks).flatMap((check) => {
    const found = check({ ...pod, minor });
    return found === undefined ? [] : [found];
  });
}

/** `violates PodSecurity "restricted:latest": privileged (container "c" must not ...), ...` */
export function described(verb: string, { level, version }: Policy, found: readonly Violation[]): string {
  const list = found.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`));
  return `${verb} PodSecurity "${level}:${version}": ${list.join(', ')}`;
}

const order = ['privileged', 'baseline', 'restricted'];

/** Whether a policy lets through all that another does. */
export function isStricter(next: Policy, old: Policy): boolean {
  const [a, b] = [order.indexOf(next.level), order.indexOf(old.level)];
  return a > b || (a === b && a > 0 && next.version !== old.version);
}
