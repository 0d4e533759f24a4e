import type { FieldError } from '../contract.js';
import type { Container, PodSpec, SeccompProfile, SecurityContext } from '../generated/types.js';
import { fieldErrors } from '../status-errors.js';
import { oneOf } from './common.js';

const idMax = 2 ** 31 - 1;
const idText = `must be between 0 and ${idMax}, inclusive`;
const sysctlMax = 253;
const sysctlForm = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?([\\./][a-z0-9]([-_a-z0-9]*[a-z0-9])?)*';

function idErrors(field: string, id: number | undefined): FieldError[] {
  return id === undefined || (id >= 0 && id <= idMax) ? [] : [fieldErrors.invalid(field, id, idText)];
}

export function podSecurityErrors(spec: PodSpec, field: string): FieldError[] {
  const {
    fsGroup,
    runAsUser,
    runAsGroup,
    supplementalGroups = [],
    sysctls = [],
    ...rest
  } = spec.securityContext ?? {};
  const errors = [
    ...idErrors(`${field}.fsGroup`, fsGroup),
    ...idErrors(`${field}.runAsUser`, runAsUser),
    ...idErrors(`${field}.runAsGroup`, runAsGroup),
    ...supplementalGroups.flatMap((id, at) => idErrors(`${field}.supplementalGroups[${at}]`, id)),
  ];
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    const text = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(fieldErrors.invalid(`${field}.shareProcessNamespace`, true, text));
  }
  const seen = new Set<string>();
  for (const [at, { name = '' }] of sysctls.entries()) {
    const here = `${field}.sysctls[${at}].name`;
    if (name === '') errors.push(fieldErrors.required(here));
    else if (name.length > sysctlMax || !new RegExp(`^${sysctlForm}$`).test(name)) {
      const text = `must have at most ${sysctlMax} characters and match regex ^${sysctlForm}$`;
      errors.push(fieldErrors.invalid(here, name, text));
    } else if (seen.has(name)) errors.push(fieldErrors.duplicate(here, name));
    seen.add(name);
  }
  return [
    ...errors,
    ...oneOf(`${field}.fsGroupChangePolicy`, rest.fsGroupChangePolicy, ['Always', 'OnRootMismatch']),
    ...oneOf(`${field}.supplementalGroupsPolicy`, rest.supplementalGroupsPolicy, ['Merge', 'Strict']),
    ...seccompErrors(rest.seccompProfile, `${field}.seccompProfile`, 'seccomp'),
    ...seccompErrors(rest.appArmorProfile, `${field}.appArmorProfile`, 'AppArmor'),
  ];
}

function seccompErrors(
  profile: Partial<SeccompProfile> | undefined,
  field: string,
  what: 'seccomp' | 'AppArmor',
): FieldError[] {
  if (profile === undefined) return [];
  const { type = '', localhostProfile: path } = profile;
  const here = `${field}.localhostProfile`;
  if (type === '')
    return [
      fieldErrors.required(
        `${field}.type`,
        `type is required when ${what === 'seccomp' ? 'seccompProfile' : 'appArmorProfile'} is set`,
      ),
    ];
  const errors = oneOf(`${field}.type`, type, ['Localhost', 'RuntimeDefault', 'Unconfined']);
  if (type === 'Localhost') {
    if (path === undefined)
      errors.push(fieldErrors.required(here, `must be set when ${what} type is Localhost`));
    else if (path.startsWith('/')) errors.push(fieldErrors.invalid(here, path, 'must be a relative path'));
    else if (path.split('/').includes('..'))
      errors.push(fieldErrors.invalid(here, path, "must not contain '..'"));
  } else if (path !== undefined)
    errors.push(fieldErrors.invalid(here, path, `can only be set when ${what} type is Localhost`));
  return errors;
}

export function containerSecurityErrors(container: Container, field: string, spec: PodSpec): FieldError[] {
  const context: SecurityContext | undefined = container.securityContext;
  if (context === undefined) return [];
  const errors = [
    ...idErrors(`${field}.runAsUser`, context.runAsUser),
    ...idErrors(`${field}.runAsGroup`, context.runAsGroup),
    ...oneOf(`${field}.procMount`, context.procMount, ['Default', 'Unmasked']),
    ...seccompErrors(context.seccompProfile, `${field}.seccompProfile`, 'seccomp'),
    ...seccompErrors(context.appArmorProfile, `${field}.appArmorProfile`, 'AppArmor'),
  ];
  if (context.procMount === 'Unmasked' && spec.hostUsers !== false)
    errors.push(
      fieldErrors.invalid(`${field}.procMount`, 'Unmasked', '`hostUsers` must be false to use `Unmasked`'),
    );
  if (context.allowPrivilegeEscalation !== false) return errors;
  if (context.privileged === true) {
    const text = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true';
    errors.push(fieldErrors.invalid(field, context, text));
  }
  if ((context.capabilities?.add ?? []).includes('CAP_SYS_ADMIN')) {
    const text = 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN';
    errors.push(fieldErrors.invalid(field, context, text));
  }
  return errors;
}
