import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machine } from './machine.js';

const port = 19_443;

interface Cluster {
  readonly root: string;
  readonly data: string;
}

function kubelab({ root, data }: Cluster, ...args: readonly string[]): string {
  const cli = join(root, 'cli/dist/src/main.js');
  const done = spawnSync(process.execPath, [cli, '--data', data, ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (done.status !== 0 && args[0] !== 'status')
    throw new Error(`kubelab ${args.join(' ')}: ${done.stderr}${done.stdout}`);
  return done.stdout;
}

/** Milliseconds from the command to "ready", with certificates made and the store empty. */
function start(cluster: Cluster): number {
  const startedMs = performance.now();
  kubelab(cluster, 'up', '--detach', '--port', String(port));
  return performance.now() - startedMs;
}

function down(cluster: Cluster): void {
  kubelab(cluster, 'down', '--wipe');
}

/** Milliseconds from the death of the leader to the next write that kubectl saw acknowledged. */
function failover(cluster: Cluster, kubeconfig: string, round: number): number {
  kubelab(cluster, 'kill', 'leader');
  const atMs = performance.now();
  for (let attempt = 0; ; attempt += 1) {
    const manifest = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `bench-${round}-${attempt}` },
    });
    const done = spawnSync('kubectl', ['create', '-f', '-'], {
      input: manifest,
      env: { ...process.env, KUBECONFIG: kubeconfig },
    });
    if (done.status === 0) return performance.now() - atMs;
    if (performance.now() - atMs > 30_000) throw new Error(`no write went through: ${done.stderr}`);
  }
}

function report(root: string, name: string, figures: readonly number[], json: boolean): void {
  const sorted = [...figures].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const about = machine(root);
  const rounds = figures.map((value) => Math.round(value));
  if (json)
    process.stdout.write(`${JSON.stringify({ name, ...about, medianMs: Math.round(median), rounds })}\n`);
  else
    process.stdout.write(
      `${name}: median ${Math.round(median)} ms (rounds: ${rounds.join(', ')} ms)\n${about.machine}, commit ${about.commit}\n`,
    );
}

/** The whole cluster as processes: how long it takes to start, or to write again after its leader died. */
export function benchCluster(
  root: string,
  what: 'start' | 'failover',
  options: { readonly rounds: number; readonly json: boolean },
): void {
  const data = mkdtempSync(join(tmpdir(), 'kubelab-bench-'));
  const cluster = { root, data };
  const figures: number[] = [];
  try {
    if (what === 'failover') start(cluster);
    for (let round = 0; round < options.rounds; round += 1) {
      if (what === 'start') {
        figures.push(start(cluster));
        down(cluster);
      } else {
        figures.push(failover(cluster, join(data, 'kubeconfig'), round));
        spawnSync(process.execPath, ['-e', 'setTimeout(() => {}, 3000)']);
      }
    }
    const name =
      what === 'start' ? 'up to ready' : 'leader killed to next write (with the time kubectl itself takes)';
    report(root, name, figures, options.json);
  } finally {
    down(cluster);
    rmSync(data, { recursive: true, force: true });
  }
}
