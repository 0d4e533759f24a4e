import type { Container, EphemeralContainer, ObjectMeta, PodSpec, Volume } from '@kubelab/api';

/** A pod as the Pod Security Standards look at it. */
export interface CheckedPod {
  readonly metadata: Partial<ObjectMeta>;
  readonly spec: PodSpec;
  /** Of the standard's version `v1.MINOR`. */
  readonly minor: number;
}

type AnyContainer = Container | EphemeralContainer;
type Context = NonNullable<AnyContainer['securityContext']>;

/** What a check found: its name in a message, and who did what. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** Nothing when the pod passes. */
export type Check = (pod: CheckedPod) => Violation | undefined;

function containersOf({ initContainers, containers, ephemeralContainers }: PodSpec): AnyContainer[] {
  return [...(initContainers ?? []), ...containers, ...(ephemeralContainers ?? [])];
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

function plural(one: string, many: string, count: number): string {
  return count === 1 ? one : many;
}

function named(names: readonly string[]): string {
  return `${plural('container', 'containers', names.length)} ${quoted(names)}`;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

function violating(spec: PodSpec, is: (context: Context, container: AnyContainer) => boolean): string[] {
  return containersOf(spec)
    .filter((container) => is(container.securityContext ?? {}, container))
    .map(({ name }) => name);
}

/** `pod and containers "a", "b"` */
function setters(pod: boolean, names: readonly string[]): string | undefined {
  const all = [...(pod ? ['pod'] : []), ...(names.length > 0 ? [named(names)] : [])];
  return all.length === 0 ? undefined : all.join(' and ');
}

/** KEP-2802: from 1.25 on a pod says that it is for Windows, where these fields mean nothing. */
function isForWindows({ spec, minor }: CheckedPod): boolean {
  return minor >= 25 && spec.os?.name === 'windows';
}

const baselineCapabilities = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);
const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';

const appArmorProfile: Check = ({ metadata, spec }) => {
  const wrong = Object.entries(metadata.annotations ?? {})
    .filter(
      ([key, value]) => key.startsWith(appArmorPrefix) && !/^(|runtime\/default|localhost\/.*)$/.test(value),
    )
    .map(([key, value]) => `${key}="${value}"`)
    .sort();
  const isWrong = (type: string | undefined) =>
    type !== undefined && !['RuntimeDefault', 'Localhost'].includes(type);
  const podType = spec.securityContext?.appArmorProfile?.type;
  const names = violating(spec, (context) => isWrong(context.appArmorProfile?.type));
  const types = unique(
    [podType, ...containersOf(spec).map((one) => one.securityContext?.appArmorProfile?.type)].flatMap(
      (type) => (type !== undefined && isWrong(type) ? [type] : []),
    ),
  );
  const who = setters(isWrong(podType), names);
  if (who !== undefined) wrong.unshift(`${who} must not set AppArmor profile type to ${quoted(types)}`);
  if (wrong.length === 0) return undefined;
  const reason = plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', wrong.length);
  return { reason, detail: wrong.join(', ') };
};

const capabilitiesBaseline: Check = ({ spec }) => {
  const extra = (context: Context) =>
    (context.capabilities?.add ?? []).filter((one) => !baselineCapabilities.has(one));
  const names = violating(spec, (context) => extra(context).length > 0);
  if (names.length === 0) return undefined;
  const added = unique(containersOf(spec).flatMap((one) => extra(one.securityContext ?? {})));
  const detail = `${named(names)} must not include ${quoted(added)} in securityContext.capabilities.add`;
  return { reason: 'non-default capabilities', detail };
};

const capabilitiesRestricted: Check = (pod) => {
  if (isForWindows(pod)) return undefined;
  const { spec } = pod;
  const extra = (context: Context) =>
    (context.capabilities?.add ?? []).filter((one) => one !== 'NET_BIND_SERVICE');
  const keeping = violating(spec, (context) => context.capabilities?.drop?.includes('ALL') !== true);
  const adding = violating(spec, (context) => extra(context).length > 0);
  const details: string[] = [];
  if (keeping.length > 0)
    details.push(`${named(keeping)} must set securityContext.capabilities.drop=["ALL"]`);
  if (adding.length > 0) {
    const added = unique(containersOf(spec).flatMap((one) => extra(one.securityContext ?? {})));
    details.push(`${named(adding)} must not include ${quoted(added)} in securityContext.capabilities.add`);
  }
  return details.length === 0
    ? undefined
    : { reason: 'unrestricted capabilities', detail: details.join('; ') };
};

const hostNamespaces: Check = ({ spec }) => {
  const set = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => spec[name] === true);
  if (set.length === 0) return undefined;
  return { reason: 'host namespaces', detail: set.map((name) => `${name}=true`).join(', ') };
};

const hostPathVolumes: Check = ({ spec }) => {
  const names = (spec.volumes ?? []).filter((one) => one.hostPath !== undefined).map(({ name }) => name);
  if (names.length === 0) return undefined;
  return {
    reason: 'hostPath volumes',
    detail: `${plural('volume', 'volumes', names.length)} ${quoted(names)}`,
  };
};

const hostPorts: Check = ({ spec }) => {
  const portsOf = (container: AnyContainer) =>
    (container.ports ?? []).flatMap(({ hostPort = 0 }) => (hostPort === 0 ? [] : [hostPort]));
  const names = violating(spec, (_context, container) => portsOf(container).length > 0);
  if (names.length === 0) return undefined;
  const ports = unique(containersOf(spec).flatMap(portsOf).map(String));
  const use = `${plural('uses', 'use', names.length)} ${plural('hostPort', 'hostPorts', ports.length)}`;
  return { reason: 'hostPort', detail: `${named(names)} ${use} ${ports.join(', ')}` };
};

const privileged: Check = ({ spec }) => {
  const names = violating(spec, (context) => context.privileged === true);
  if (names.length === 0) return undefined;
  return { reason: 'privileged', detail: `${named(names)} must not set securityContext.privileged=true` };
};

const procMount: Check = ({ spec, minor }) => {
  // With a user namespace of its own a pod's /proc may be whole (KEP-4265).
  if (minor >= 35 && spec.hostUsers === false) return undefined;
  const is = ({ procMount: mount = 'Default' }: Context) => mount !== 'Default';
  const names = violating(spec, is);
  if (names.length === 0) return undefined;
  const mounts = unique(
    containersOf(spec).flatMap(({ securityContext }) =>
      securityContext?.procMount !== undefined && is(securityContext) ? [securityContext.procMount] : [],
    ),
  );
  return {
    reason: 'procMount',
    detail: `${named(names)} must not set securityContext.procMount to ${quoted(mounts)}`,
  };
};

const seLinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

const seLinuxOptions: Check = ({ spec, minor }) => {
  const allowed = minor >= 31 ? [...seLinuxTypes, 'container_engine_t'] : seLinuxTypes;
  const is = (context: { seLinuxOptions?: Context['seLinuxOptions'] }) => {
    const { type = '', user = '', role = '' } = context.seLinuxOptions ?? {};
    return !allowed.includes(type) || user !== '' || role !== '';
  };
  const pod = spec.securityContext ?? {};
  const who = setters(is(pod), violating(spec, is));
  if (who === undefined) return undefined;
  const options = [pod, ...containersOf(spec).map((one) => one.securityContext ?? {})].map(
    (one) => one.seLinuxOptions ?? {},
  );
  const types = unique(options.map(({ type = '' }) => type).filter((type) => !allowed.includes(type)));
  const facts = [
    ...(types.length > 0 ? [`${plural('type', 'types', types.length)} ${quoted(types)}`] : []),
    ...(options.some(({ user = '' }) => user !== '') ? ['user may not be set'] : []),
    ...(options.some(({ role = '' }) => role !== '') ? ['role may not be set'] : []),
  ];
  const detail = `${who} set forbidden securityContext.seLinuxOptions: ${facts.join('; ')}`;
  return { reason: 'seLinuxOptions', detail };
};

/** Who set a profile that no standard allows. */
function badSeccomp({ spec }: CheckedPod): Violation | undefined {
  const is = (type: string | undefined) =>
    type !== undefined && !['RuntimeDefault', 'Localhost'].includes(type);
  const podType = spec.securityContext?.seccompProfile?.type;
  const names = violating(spec, (context) => is(context.seccompProfile?.type));
  const who = setters(is(podType), names);
  if (who === undefined) return undefined;
  const types = [podType, ...containersOf(spec).map((one) => one.securityContext?.seccompProfile?.type)];
  const values = unique(types.flatMap((type) => (type !== undefined && is(type) ? [type] : [])));
  const detail = `${who} must not set securityContext.seccompProfile.type to ${quoted(values)}`;
  return { reason: 'seccompProfile', detail };
}

const seccompBaseline: Check = (pod) => (pod.minor < 19 ? undefined : badSeccomp(pod));

const seccompRestricted: Check = (pod) => {
  if (pod.minor < 19 || isForWindows(pod)) return undefined;
  const bad = badSeccomp(pod);
  if (bad !== undefined) return bad;
  if (pod.spec.securityContext?.seccompProfile !== undefined) return undefined;
  const names = violating(pod.spec, (context) => context.seccompProfile === undefined);
  if (names.length === 0) return undefined;
  const detail = `pod or ${named(names)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`;
  return { reason: 'seccompProfile', detail };
};

/** Safe sysctls, and the version that added them. */
const safeSysctls: Readonly<Record<string, number>> = {
  'kernel.shm_rmid_forced': 0,
  'net.ipv4.ip_local_port_range': 0,
  'net.ipv4.tcp_syncookies': 0,
  'net.ipv4.ping_group_range': 0,
  'net.ipv4.ip_unprivileged_port_start': 0,
  'net.ipv4.ip_local_reserved_ports': 27,
  'net.ipv4.tcp_keepalive_time': 29,
  'net.ipv4.tcp_fin_timeout': 29,
  'net.ipv4.tcp_keepalive_intvl': 29,
  'net.ipv4.tcp_keepalive_probes': 29,
  'net.ipv4.tcp_rmem': 32,
  'net.ipv4.tcp_wmem': 32,
};

const sysctls: Check = ({ spec, minor }) => {
  const names = (spec.securityContext?.sysctls ?? []).map(({ name }) => name);
  const wrong = names.filter((name) => minor < (safeSysctls[name] ?? Number.POSITIVE_INFINITY));
  return wrong.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: wrong.join(', ') };
};

const windowsHostProcess: Check = ({ spec }) => {
  const names = violating(spec, (context) => context.windowsOptions?.hostProcess === true);
  const who = setters(spec.securityContext?.windowsOptions?.hostProcess === true, names);
  if (who === undefined) return undefined;
  return {
    reason: 'hostProcess',
    detail: `${who} must not set securityContext.windowsOptions.hostProcess=true`,
  };
};

const allowPrivilegeEscalation: Check = (pod) => {
  if (isForWindows(pod)) return undefined;
  const names = violating(pod.spec, (context) => context.allowPrivilegeEscalation !== false);
  if (names.length === 0) return undefined;
  const detail = `${named(names)} must set securityContext.allowPrivilegeEscalation=false`;
  return { reason: 'allowPrivilegeEscalation != false', detail };
};

const restrictedVolumeTypes = new Set<keyof Volume>([
  'name',
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

const restrictedVolumes: Check = ({ spec }) => {
  const isAllowed = (type: string) => [...restrictedVolumeTypes].some((one) => one === type);
  const wrong = (spec.volumes ?? []).flatMap((volume) => {
    const type = Object.keys(volume).find((key) => !isAllowed(key));
    return type === undefined ? [] : [{ name: volume.name, type }];
  });
  if (wrong.length === 0) return undefined;
  const types = unique(wrong.map(({ type }) => type));
  const names = wrong.map(({ name }) => name);
  const use = `${plural('uses', 'use', names.length)} restricted volume ${plural('type', 'types', types.length)}`;
  const detail = `${plural('volume', 'volumes', names.length)} ${quoted(names)} ${use} ${quoted(types)}`;
  return { reason: 'restricted volume types', detail };
};

const runAsNonRoot: Check = ({ spec, minor }) => {
  if (minor >= 35 && spec.hostUsers === false) return undefined;
  const reason = 'runAsNonRoot != true';
  const pod = spec.securityContext?.runAsNonRoot;
  const bad = violating(spec, (context) => context.runAsNonRoot === false);
  const who = setters(pod === false, bad);
  if (who !== undefined) return { reason, detail: `${who} must not set securityContext.runAsNonRoot=false` };
  if (pod === true) return undefined;
  const names = violating(spec, (context) => context.runAsNonRoot === undefined);
  if (names.length === 0) return undefined;
  return { reason, detail: `pod or ${named(names)} must set securityContext.runAsNonRoot=true` };
};

const runAsUser: Check = ({ spec, minor }) => {
  if (minor < 23 || (minor >= 35 && spec.hostUsers === false)) return undefined;
  const names = violating(spec, (context) => context.runAsUser === 0);
  const who = setters(spec.securityContext?.runAsUser === 0, names);
  return who === undefined ? undefined : { reason: 'runAsUser=0', detail: `${who} must not set runAsUser=0` };
};

/** In the order in which a message names them. */
export const baselineChecks: readonly Check[] = [
  appArmorProfile,
  capabilitiesBaseline,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  privileged,
  procMount,
  seLinuxOptions,
  seccompBaseline,
  sysctls,
  windowsHostProcess,
];

/** Restricted asks for these too; of two on one subject only the stricter is told. */
export const restrictedChecks: readonly Check[] = [
  ...baselineChecks.filter((check) => check !== capabilitiesBaseline && check !== seccompBaseline),
  allowPrivilegeEscalation,
  capabilitiesRestricted,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seccompRestricted,
];
