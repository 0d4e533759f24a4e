import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { PlantedBug } from '@kubelab/etcd-raft';
import { type RunResult, runSeed } from './run.js';

const plantedBugs: readonly PlantedBug[] = [
  'ackBeforeFsync',
  'commitOlderTermByCounting',
  'voteWithoutPersisting',
  'readWithoutQuorum',
];
const help = `Simulates the store under faults and checks Raft's safety, linearizability and watches.

Usage: npm run sim -- [--seeds N [--from N] [--jobs N] | --seed N] [--planted BUG] [-o json]

  --seeds N      run N seeds (default 100), from --from (default 1) on
  --seed N       run one seed, and print its story and its event hash
  --jobs N       processes (default: one per core)
  --planted BUG  with a deliberate mistake: ${plantedBugs.join(', ')}; ends at the first seed that catches it
  -o json        one JSON object per seed

Examples:
  npm run sim -- --seeds 1000
  npm run sim -- --seed 42
  npm run sim -- --seeds 500 --planted ackBeforeFsync
`;

function options() {
  try {
    return parseArgs({
      options: {
        seeds: { type: 'string', default: '100' },
        seed: { type: 'string' },
        from: { type: 'string', default: '1' },
        jobs: { type: 'string' },
        planted: { type: 'string' },
        output: { type: 'string', short: 'o', default: 'text' },
        step: { type: 'string', default: '1' },
        worker: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}

function fail(message: string): never {
  process.stderr.write(`sim: ${message} (see --help)\n`);
  process.exit(2);
}

function whole(name: string, text: string): number {
  if (!/^\d+$/.test(text)) fail(`--${name} wants a whole number, not '${text}'`);
  return Number(text);
}

const values = options();
const planted = plantedBugs.find((bug) => bug === values.planted);
if (values.planted !== undefined && planted === undefined)
  fail(`--planted is one of ${plantedBugs.join(', ')}`);
const json = values.output === 'json';
const replay = (seed: number) =>
  `npm run sim -- --seed ${seed}${planted === undefined ? '' : ` --planted ${planted}`}`;

function report(result: RunResult): void {
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  if (json || result.violation === undefined) return;
  process.stdout.write(
    `seed ${result.seed} FAILED  ${result.violation.message}\n  again: ${replay(result.seed)}\n`,
  );
}

async function one(seed: number): Promise<void> {
  const result = await runSeed(seed, planted);
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    for (const line of result.story) process.stdout.write(`${line}\n`);
    process.stdout.write(
      `seed ${seed}: ${result.events} events, ${result.operations} operations, ${(result.virtualMs / 1000).toFixed(1)} virtual s, hash ${result.hash}\n`,
    );
    process.stdout.write(
      result.violation === undefined ? 'every property held\n' : `${result.violation.message}\n`,
    );
  }
  process.exit(result.violation === undefined ? 0 : 1);
}

/** Every `step`-th seed of the range, a line of JSON each. */
async function worker(from: number, count: number, step: number): Promise<void> {
  for (let seed = from; seed < from + count; seed += step)
    process.stdout.write(`${JSON.stringify(await runSeed(seed, planted))}\n`);
  process.exit(0);
}

async function many(from: number, count: number, jobs: number): Promise<void> {
  let passed = 0;
  let failed = 0;
  const startedMs = performance.now();
  const children = Array.from({ length: Math.min(jobs, count) }, (_, at) => {
    const args = [
      '--worker',
      '--from',
      String(from + at),
      '--seeds',
      String(count - at),
      '--step',
      String(Math.min(jobs, count)),
    ];
    if (planted !== undefined) args.push('--planted', planted);
    return spawn(process.execPath, ['--enable-source-maps', fileURLToPath(import.meta.url), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  });
  const finish = (result: RunResult) => {
    report(result);
    if (result.violation === undefined) passed += 1;
    else failed += 1;
    if (process.stderr.isTTY && !json)
      process.stderr.write(`\r${passed + failed} of ${count} seeds, ${failed} failed `);
    if (planted !== undefined && failed > 0) for (const child of children) child.kill();
  };
  const codes = await Promise.all(children.map((child) => readResults(child, finish)));
  if (process.stderr.isTTY && !json) process.stderr.write('\n');
  const crashed = planted !== undefined && failed > 0 ? 0 : codes.filter((code) => code !== 0).length;
  const seconds = (performance.now() - startedMs) / 1000;
  if (!json)
    process.stdout.write(
      `${passed + failed} seeds in ${seconds.toFixed(0)} s (${((passed + failed) / seconds).toFixed(1)}/s)\n`,
    );
  if (planted !== undefined && !json)
    process.stdout.write(
      failed > 0 ? `caught: ${planted} after ${passed + failed} seeds\n` : `NOT caught: ${planted}\n`,
    );
  process.stdout.write(`${passed} passed, ${failed + crashed} failed\n`);
  process.exit(failed + crashed === 0 ? 0 : 1);
}

function readResults(
  child: ReturnType<typeof spawn>,
  finish: (result: RunResult) => void,
): Promise<number | null> {
  let rest = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString()}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) finish(JSON.parse(line));
  });
  return new Promise((resolve) => child.on('close', resolve));
}

process.on('unhandledRejection', (error) => {
  process.stderr.write(
    `sim: a promise was rejected and nobody looked: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(3);
});

if (values.help) process.stdout.write(help);
else if (values.seed !== undefined) await one(whole('seed', values.seed));
else if (values.worker)
  await worker(whole('from', values.from), whole('seeds', values.seeds), whole('step', values.step));
else
  await many(
    whole('from', values.from),
    whole('seeds', values.seeds),
    whole('jobs', values.jobs ?? String(availableParallelism())),
  );
