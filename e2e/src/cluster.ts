import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createKubectl, findKubectls, type Kubectl } from './kubectl.js';
import { mustRun, type Result, run, until } from './run.js';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const cli = join(root, 'cli/dist/src/main.js');

export interface ComponentState {
  readonly name: string;
  readonly kind: string;
  readonly pid: number | null;
  readonly state: string;
  readonly role: string;
  readonly ready: boolean;
}

/** A cluster as processes of this machine, made for one test file: its own ports, its own data directory. */
export interface TestCluster {
  readonly dataDirectory: string;
  readonly port: number;
  readonly kubeconfig: string;
  kubelab(...args: readonly string[]): Promise<string>;
  kubelabResult(...args: readonly string[]): Promise<Result>;
  components(): Promise<ComponentState[]>;
  component(name: string): Promise<ComponentState>;
  /** Of a kind and role: the Raft leader, the active scheduler. */
  withRole(kind: string, role: string): Promise<ComponentState>;
  untilReady(timeoutMs?: number): Promise<void>;
  /** The newest kubectl found, or one by path. */
  kubectl(path?: string): Kubectl;
  /** Starts it (again) in the same data directory. */
  up(...flags: readonly string[]): Promise<string>;
  down(): Promise<void>;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

export function testCluster(options: { port: number; nodes?: number }): TestCluster {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'kubelab-e2e-'));
  const kubeconfig = join(dataDirectory, 'kubeconfig');
  const kubelabResult = (...args: readonly string[]) =>
    run(process.execPath, [cli, '--data', dataDirectory, ...args], { timeoutMs: 180_000 });
  const kubelab = (...args: readonly string[]) =>
    mustRun(process.execPath, [cli, '--data', dataDirectory, ...args], { timeoutMs: 180_000 });
  const components = async () => {
    // Exits with 1 while not ready, and prints the state all the same.
    const { stdout } = await kubelabResult('status', '-o', 'json');
    const parsed: { components: ComponentState[] } = JSON.parse(stdout);
    return parsed.components;
  };
  const find = async (what: string, matches: (component: ComponentState) => boolean) => {
    const found = (await components()).find(matches);
    if (found === undefined) throw new Error(`no component is ${what}`);
    return found;
  };
  return {
    dataDirectory,
    port: options.port,
    kubeconfig,
    kubelab,
    kubelabResult,
    components,
    component: (name) => find(`called ${name}`, (component) => component.name === name),
    withRole: (kind, role) => find(`${role} ${kind}`, (c) => c.kind === kind && c.role === role),
    untilReady: async (timeoutMs = 60_000) => {
      const ready = async () => (await kubelabResult('status')).code === 0;
      await until('the cluster is ready', ready, { timeoutMs });
    },
    kubectl: (path = findKubectls().at(-1)) => {
      if (path === undefined)
        throw new Error('no kubectl is on this machine; install one (apt-get install kubernetes-client)');
      return createKubectl(path, { kubeconfig, cacheDirectory: join(dataDirectory, 'kubectl-cache') });
    },
    up: (...flags) =>
      kubelab(
        'up',
        '--detach',
        '--port',
        String(options.port),
        '--nodes',
        String(options.nodes ?? 2),
        ...flags,
      ),
    down: async () => {
      await kubelab('down');
    },
    remove: async () => {
      await kubelabResult('down');
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}
