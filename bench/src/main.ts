import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const cli = join(root, 'cli/dist/src/main.js');
const port = 19_443;
const help = `Measures the cluster as processes of this machine.

Usage: npm run bench -- start|failover [--rounds N] [-o json]

Examples:
  npm run bench -- start
  npm run bench -- failover --rounds 10
`;

function kubelab(data: string, ...args: readonly string[]): string {
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
function start(data: string): number {
  const startedMs = performance.now();
  kubelab(data, 'up', '--detach', '--port', String(port));
  return performance.now() - startedMs;
}

function down(data: string): void {
  kubelab(data, 'down', '--wipe');
}

/** Milliseconds from the death of the leader to the next write that kubectl saw acknowledged. */
function failover(data: string, kubeconfig: string, round: number): number {
  kubelab(data, 'kill', 'leader');
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

function report(name: string, figures: readonly number[], json: boolean): void {
  const sorted = [...figures].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: root,
    encoding: 'utf8',
  }).stdout.trim();
  const machine = `${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}, Node.js ${process.versions.node}`;
  const rounds = figures.map((value) => Math.round(value));
  if (json)
    process.stdout.write(
      `${JSON.stringify({ name, commit, machine, medianMs: Math.round(median), rounds })}\n`,
    );
  else
    process.stdout.write(
      `${name}: median ${Math.round(median)} ms (rounds: ${rounds.join(', ')} ms)\n${machine}, commit ${commit}\n`,
    );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    output: { type: 'string', short: 'o' },
    help: { type: 'boolean', default: false },
  },
});
const [what] = positionals;
if (values.help || (what !== 'start' && what !== 'failover')) {
  process.stdout.write(help);
  process.exit(values.help ? 0 : 2);
}
const data = mkdtempSync(join(tmpdir(), 'kubelab-bench-'));
const figures: number[] = [];
try {
  if (what === 'failover') start(data);
  for (let round = 0; round < Number(values.rounds); round += 1) {
    if (what === 'start') {
      figures.push(start(data));
      down(data);
    } else {
      figures.push(failover(data, join(data, 'kubeconfig'), round));
      spawnSync(process.execPath, ['-e', 'setTimeout(() => {}, 3000)']);
    }
  }
  report(
    what === 'start' ? 'up to ready' : 'leader killed to next write (with the time kubectl itself takes)',
    figures,
    values.output === 'json',
  );
} finally {
  spawnSync(process.execPath, [cli, '--data', data, 'down', '--wipe']);
  rmSync(data, { recursive: true, force: true });
}
