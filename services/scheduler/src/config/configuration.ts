import { parseYaml } from '@kubelab/api';
import type { Handle, Plugin } from '../framework/contract.js';
import { type ExtensionPoint, extensionPoints, type Profile } from '../framework/profile.js';
import { registry } from '../plugins/registry.js';
import { ConfigError, Reader } from './reader.js';

/**
 * KubeSchedulerConfiguration (https://kubernetes.io/docs/reference/config-api/kube-scheduler-config.v1/): profiles with
 * plugin sets and args, sampling and backoff. Fields about processes (clientConnection, leaderElection,
 * parallelism, ...) are taken and have no meaning here; extenders are refused.
 */
export interface Configuration {
  readonly backoffInitialMs: number;
  readonly backoffMaxMs: number;
  readonly profiles: readonly ProfileConfiguration[];
}

interface PluginSet {
  readonly enabled: readonly { readonly name: string; readonly weight: number | undefined }[];
  readonly disabled: readonly string[];
}

interface ProfileConfiguration {
  readonly schedulerName: string;
  readonly percentageOfNodesToScore: number | undefined;
  readonly plugins: ReadonlyMap<ExtensionPoint | 'multiPoint', PluginSet>;
  readonly args: ReadonlyMap<string, Reader>;
}

const apiVersion = 'kubescheduler.config.k8s.io/v1';
const withoutMeaning = [
  'parallelism',
  'leaderElection',
  'clientConnection',
  'enableProfiling',
  'enableContentionProfiling',
  'delayCacheUntilActive',
];

export const defaultConfiguration: Configuration = {
  backoffInitialMs: 1_000,
  backoffMaxMs: 10_000,
  profiles: [
    {
      schedulerName: 'default-scheduler',
      percentageOfNodesToScore: undefined,
      plugins: new Map(),
      args: new Map(),
    },
  ],
};

/** Throws ConfigError that names the field. */
export function parseConfiguration(text: string): Configuration {
  const root = new Reader(parseYaml(text), 'config');
  if (root.field('apiVersion').string() !== apiVersion)
    root.field('apiVersion').fail(`${apiVersion} is needed`);
  root.field('kind').oneOf(['KubeSchedulerConfiguration']);
  const own = ['percentageOfNodesToScore', 'podInitialBackoffSeconds', 'podMaxBackoffSeconds', 'profiles'];
  root.allow('apiVersion', 'kind', ...own, ...withoutMeaning);
  const seconds = (name: string, fallback: number) =>
    (root.field(name).optional((one) => one.int(1, 3_600)) ?? fallback) * 1_000;
  const backoffInitialMs = seconds('podInitialBackoffSeconds', 1);
  const backoffMaxMs = seconds('podMaxBackoffSeconds', 10);
  if (backoffMaxMs < backoffInitialMs)
    root.field('podMaxBackoffSeconds').fail('not less than podInitialBackoffSeconds is needed');
  const percentage = percentageOf(root);
  const given = root.field('profiles').list();
  const profiles = given.map((reader) => profileOf(reader, percentage));
  const names = profiles.map(({ schedulerName }) => schedulerName);
  if (new Set(names).size !== names.length) root.field('profiles').fail('schedulerName must be unique');
  const defaults = defaultConfiguration.profiles.map((one) => ({
    ...one,
    percentageOfNodesToScore: percentage,
  }));
  return { backoffInitialMs, backoffMaxMs, profiles: profiles.length === 0 ? defaults : profiles };
}

/** 0 means Kubernetes' formula. */
function percentageOf(reader: Reader): number | undefined {
  const value = reader.field('percentageOfNodesToScore').optional((one) => one.int(0, 100));
  return value === 0 ? undefined : value;
}

function profileOf(reader: Reader, percentage: number | undefined): ProfileConfiguration {
  reader.allow('schedulerName', 'percentageOfNodesToScore', 'plugins', 'pluginConfig');
  const points = ['multiPoint', ...extensionPoints] as const;
  const sets = reader.field('plugins').allow(...points);
  const plugins = new Map<ExtensionPoint | 'multiPoint', PluginSet>();
  for (const point of points) {
    const set = sets.field(point);
    if (!set.isAbsent) plugins.set(point, pluginSet(set));
  }
  const args = new Map<string, Reader>();
  for (const one of reader.field('pluginConfig').list()) {
    const name = knownPlugin(one.allow('name', 'args').field('name'));
    if (args.has(name)) one.field('name').fail(`repeated config for plugin ${name}`);
    args.set(name, one.field('args'));
  }
  return {
    schedulerName: reader.field('schedulerName').optional((one) => one.string()) ?? 'default-scheduler',
    percentageOfNodesToScore: percentageOf(reader) ?? percentage,
    plugins,
    args,
  };
}

function pluginSet(reader: Reader): PluginSet {
  reader.allow('enabled', 'disabled');
  return {
    enabled: reader
      .field('enabled')
      .list()
      .map((one) => ({
        name: knownPlugin(one.allow('name', 'weight').field('name')),
        weight: one.field('weight').optional((weight) => weight.int(0, 1_000_000)),
      })),
    disabled: reader
      .field('disabled')
      .list()
      .map((one) => one.allow('name', 'weight').field('name').string()),
  };
}

function knownPlugin(reader: Reader): string {
  const name = reader.string();
  if (!registry.some((known) => known.name === name)) reader.fail(`there is no plugin "${name}"`);
  return name;
}

const emptySet: PluginSet = { enabled: [], disabled: [] };

/** Makes the plugins and puts them where the configuration wants them. Throws ConfigError. */
export function createProfile(configuration: ProfileConfiguration, handle: Handle): Profile {
  const { schedulerName, percentageOfNodesToScore, plugins: sets, args } = configuration;
  const made = new Map<string, Plugin>();
  for (const { name, create } of registry) made.set(name, create(args.get(name), handle));
  const weights = new Map(registry.map(({ name, weight }) => [name, weight ?? 1]));
  const everywhere = multiPoint(sets.get('multiPoint') ?? emptySet, weights);
  const at = (point: ExtensionPoint): Plugin[] => {
    const { enabled, disabled } = sets.get(point) ?? emptySet;
    if (point === 'score')
      for (const { name, weight } of enabled) if (weight !== undefined) weights.set(name, weight);
    const explicit = enabled.map(({ name }) => name);
    const inherited = disabled.includes('*') ? [] : everywhere.filter((name) => !disabled.includes(name));
    const overriding = explicit.filter((name) => inherited.includes(name));
    const names = new Set([...overriding, ...inherited, ...explicit]);
    const found: Plugin[] = [];
    for (const name of names) {
      const plugin = made.get(name);
      if (plugin !== undefined && implementsPoint(plugin, point)) found.push(plugin);
      else if (explicit.includes(name))
        throw new ConfigError(`profile ${schedulerName}: plugin ${name} does not extend ${point}`);
    }
    return found;
  };
  const plugins = {
    preEnqueue: at('preEnqueue'),
    queueSort: at('queueSort'),
    preFilter: at('preFilter'),
    filter: at('filter'),
    postFilter: at('postFilter'),
    preScore: at('preScore'),
    score: at('score'),
    reserve: at('reserve'),
    permit: at('permit'),
    preBind: at('preBind'),
    bind: at('bind'),
    postBind: at('postBind'),
  };
  if (plugins.queueSort.length !== 1)
    throw new ConfigError(`profile ${schedulerName}: exactly one queueSort plugin is needed`);
  if (plugins.bind.length === 0)
    throw new ConfigError(`profile ${schedulerName}: at least one bind plugin is needed`);
  return { schedulerName, percentageOfNodesToScore, plugins, weights };
}

/** The registry's order; what is enabled anew keeps its place with another weight. */
function multiPoint({ enabled, disabled }: PluginSet, weights: Map<string, number>): string[] {
  const kept = registry
    .map(({ name }) => name)
    .filter((name) => !disabled.includes('*') && !disabled.includes(name));
  for (const { name, weight } of enabled) if (weight !== undefined) weights.set(name, weight);
  return [...new Set([...kept, ...enabled.map(({ name }) => name)])];
}

/** preFilter brings the filter along, preScore the score. */
function implementsPoint(plugin: Plugin, point: ExtensionPoint): boolean {
  switch (point) {
    case 'queueSort':
      return plugin.compare !== undefined;
    case 'filter':
      return plugin.preFilter !== undefined;
    case 'score':
      return plugin.preScore !== undefined;
    default:
      return plugin[point] !== undefined;
  }
}
