import type { Cluster } from './contract.js';

/** What startCluster() may be told. Everything has a default: `await startCluster()` is a whole control plane. */
export interface StartOptions {
  /** Of the cluster in its kubeconfig, and the beginning of its directory's name. Default `kubelab`. A DNS label. */
  readonly name?: string | undefined;
  /**
   * Nodes with a kubelet and a kube-proxy: then pods run, as processes of this machine. 0 to 20, default 0: pods are stored and
   * stay Pending.
   */
  readonly nodes?: number | undefined;
  /** Which controllers run: all (default), none (false), or these, by their names (`deployment`, `garbage-collector`, ...). */
  readonly controllers?: boolean | readonly string[] | undefined;
  /** Whether pods are bound to nodes. Default true. */
  readonly scheduler?: boolean | undefined;
  /** Of HTTPS on 127.0.0.1. Default 0: the system chooses a free one, so that any number of clusters run side by side. */
  readonly port?: number | undefined;
  /** The least level that is logged, to standard error, a JSON object a line. Default `silent`. */
  readonly logLevel?: LogLevel | undefined;
  /** Where the folder with the kubeconfig (and the nodes' data) is made. Default: the system's folder for temporary files. */
  readonly directory?: string | undefined;
  /** startCluster() rejects when the cluster is not ready after so long. 100 to 600,000, default 30,000. */
  readonly readyTimeoutMs?: number | undefined;
  /** The folder with the images that nodes can run (images/NAME/image.json). Default: those that kubelab brings. */
  readonly imageDirectory?: string | undefined;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** An option that makes no sense. The message names it, what it may be, and what it was. */
export class ClusterOptionError extends TypeError {
  override readonly name = 'ClusterOptionError';
}

export interface CheckedOptions {
  readonly name: string;
  readonly nodes: number;
  /** Empty: no controller-manager. */
  readonly controllers: readonly string[];
  readonly scheduler: boolean;
  readonly port: number;
  readonly logLevel: LogLevel;
  readonly directory: string | undefined;
  readonly readyTimeoutMs: number;
  readonly imageDirectory: string | undefined;
}

export const nodesMax = 20;
const logLevels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

type Known = { readonly [K in keyof Required<StartOptions>]: true };
const known: Known = {
  name: true,
  nodes: true,
  controllers: true,
  scheduler: true,
  port: true,
  logLevel: true,
  directory: true,
  readyTimeoutMs: true,
  imageDirectory: true,
};

/** Fills in defaults. Throws ClusterOptionError; callers in plain JavaScript may give anything. */
export function checkOptions(options: StartOptions, controllerNames: readonly string[]): CheckedOptions {
  if (typeof options !== 'object' || options === null) throw wrong('options', 'an object', options);
  for (const key of Object.keys(options))
    if (!Object.hasOwn(known, key))
      throw new ClusterOptionError(
        `there is no option '${key}'; there are: ${Object.keys(known).join(', ')}`,
      );
  const { name = 'kubelab', logLevel = 'silent', scheduler = true } = options;
  if (typeof name !== 'string' || !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
    throw wrong('name', 'a DNS label (lower case, digits, inner dashes; at most 63 characters)', name);
  if (!logLevels.includes(logLevel)) throw wrong('logLevel', `one of ${logLevels.join(', ')}`, logLevel);
  if (typeof scheduler !== 'boolean') throw wrong('scheduler', 'true or false', scheduler);
  return {
    ...{ name, logLevel, scheduler },
    nodes: whole('nodes', options.nodes ?? 0, 0, nodesMax),
    controllers: checkControllers(options.controllers ?? true, controllerNames),
    port: whole('port', options.port ?? 0, 0, 65_535),
    directory: path('directory', options.directory),
    readyTimeoutMs: whole('readyTimeoutMs', options.readyTimeoutMs ?? 30_000, 100, 600_000),
    imageDirectory: path('imageDirectory', options.imageDirectory),
  };
}

/** A user of `Cluster.kubeconfigFor`. Throws ClusterOptionError. */
export function checkUser(who: Parameters<Cluster['kubeconfigFor']>[0]): {
  readonly user: string;
  readonly groups: readonly string[];
} {
  if (typeof who !== 'object' || who === null) throw wrong('who', '{ user, groups }', who);
  const { user, groups = [] } = who;
  const isName = (text: unknown) => typeof text === 'string' && /^\P{Cc}{1,253}$/u.test(text);
  if (!isName(user)) throw wrong('user', 'a text of 1 to 253 characters', user);
  if (!Array.isArray(groups) || groups.length > 64 || !groups.every(isName))
    throw wrong('groups', 'at most 64 texts of 1 to 253 characters', groups);
  return { user, groups };
}

function checkControllers(given: boolean | readonly string[], names: readonly string[]): readonly string[] {
  if (given === true) return ['*'];
  if (given === false) return [];
  const wanted = `true, false, or names out of ${names.join(', ')}`;
  if (!Array.isArray(given)) throw wrong('controllers', wanted, given);
  const unknown = given.find((one) => !names.includes(one));
  if (unknown !== undefined) throw wrong('controllers', wanted, unknown);
  return given;
}

function whole(option: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max)
    throw wrong(option, `a whole number from ${min} to ${max}`, value);
  return value;
}

function path(option: string, value: string | undefined): string | undefined {
  if (value === undefined || (typeof value === 'string' && value !== '' && !value.includes('\0')))
    return value;
  throw wrong(option, 'the path of a folder', value);
}

function wrong(option: string, wanted: string, given: unknown): ClusterOptionError {
  const shown =
    typeof given === 'string' ? `'${given.slice(0, 80)}'` : String(JSON.stringify(given)).slice(0, 80);
  return new ClusterOptionError(`${option} must be ${wanted}, not ${shown}`);
}
