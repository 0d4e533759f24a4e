import { accessSync, constants, existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mustRun, type Result, run, runInBackground } from './run.js';

/**
 * Every stock kubectl on this machine: those on PATH, those in KUBECTL_DIRS, and those beside where a link on
 * PATH leads.
 */
export function findKubectls(): string[] {
  const folders = [
    ...(process.env.PATH ?? '').split(':'),
    ...(process.env.KUBECTL_DIRS ?? '').split(':'),
  ].filter(Boolean);
  const beside = folders
    .map((folder) => join(folder, 'kubectl'))
    .filter((path) => existsSync(path))
    .map((path) => dirname(realpathSync(path)));
  const found = new Map<string, string>();
  for (const folder of [...folders, ...beside, '/usr/lib/google-cloud-sdk/bin']) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder)) {
      if (!/^kubectl(\.\d+\.\d+)?$/.test(name)) continue;
      const path = join(folder, name);
      if (isExecutable(path)) found.set(realpathSync(path), path);
    }
  }
  return [...found.values()].sort();
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface Kubectl {
  readonly path: string;
  /** stdout; rejects unless it succeeds. */
  (...args: readonly string[]): Promise<string>;
  result(args: readonly string[], input?: string): Promise<Result>;
  json(...args: readonly string[]): Promise<KubeJson>;
  background(...args: readonly string[]): ReturnType<typeof runInBackground>;
}

/** Kubernetes JSON as tests look at it: by path, failing clearly when something is not there. */
export interface KubeJson {
  readonly value: unknown;
  /** `at('status.phase')`, `at('items.0.metadata.name')`; undefined where the path ends. */
  at(path: string): unknown;
  items(): KubeJson[];
}

export function kubeJson(value: unknown): KubeJson {
  const at = (path: string): unknown =>
    path.split('.').reduce<unknown>((found, key) => {
      if (typeof found !== 'object' || found === null) return undefined;
      return Reflect.get(found, key);
    }, value);
  return {
    value,
    at,
    items: () => {
      const items = at('items');
      if (!Array.isArray(items)) throw new Error(`not a list: ${JSON.stringify(value).slice(0, 200)}`);
      return items.map(kubeJson);
    },
  };
}

/** kubectl with a kubeconfig and a discovery cache of its own. */
export function createKubectl(
  path: string,
  options: { kubeconfig: string; cacheDirectory: string },
): Kubectl {
  const withCache = (args: readonly string[]) => ['--cache-dir', options.cacheDirectory, ...args];
  const env = { KUBECONFIG: options.kubeconfig };
  const call = (...args: readonly string[]) => mustRun(path, withCache(args), { env });
  return Object.assign(call, {
    path,
    result: (args: readonly string[], input?: string) =>
      run(path, withCache(args), input === undefined ? { env } : { env, input }),
    json: async (...args: readonly string[]) => kubeJson(JSON.parse(await call(...args, '-o', 'json'))),
    background: (...args: readonly string[]) => runInBackground(path, withCache(args), { env }),
  });
}
