import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { PlantedBug } from '@kubelab/etcd-raft';
import { runClusterCommand } from './kubernetes/command.js';
import { clusterBugs, isClusterBug } from './kubernetes/planted.js';
import { faultMinutesDefault } from './kubernetes/run.js';
import { isPlantedBug, plantedBugs } from './planted.js';
import { type RunResult, runSeed } from './run.js';
import { runSeeds } from './seeds.adapter.js';
import { shrinkSchedule } from './shrink.js';

const nightlySeeds = 10_000;
/** For each planted bug; docs/proof.md promises that it is caught by then. */
const plantedSeedsMax = 2_000;
const bugWidth = 26;

const help = `Simulates the store under faults, in virtual time: Raft's safety, linearizability, watches, leases, convergence.

Usage: npm run sim -- [--seeds N [--from N] [--jobs N] | --nightly | --seed N | --planted BUG|all] [-o json]

  --seeds N      run N seeds (default 100), from --from (default 1) on
  --nightly      run ${nightlySeeds} seeds
  --seed N       run one seed; print its event hash and, when it fails, the story of the shortest schedule that still does
  --jobs N       processes (default: one per core)
  --logs         with what the members log; with --seed
  --no-shrink    do not look for a shorter schedule
  --page FILE    write the picture of a counterexample (HTML); with --seed
  --planted BUG  with a deliberate mistake, or with each of them in turn (all): ends at the first seed that notices it
  -o json        one JSON object per seed
  --cluster      not the store alone but the whole control plane with hollow kubelets, under a workload; takes the flags above
                 (but --page, --nightly), and --minutes N: how long faults go on, in virtual minutes (default ${faultMinutesDefault})

Planted bugs:
${Object.entries(plantedBugs)
  .map(([name, what]) => `  ${name.padEnd(bugWidth)} ${what}`)
  .join('\n')}
and with --cluster:
${Object.entries(clusterBugs)
  .map(([name, what]) => `  ${name.padEnd(bugWidth)} ${what}`)
  .join('\n')}

Examples:
  npm run sim -- --seeds 1000
  npm run sim -- --seed 42
  npm run sim -- --planted all
  npm run sim -- --cluster --seeds 1000
`;

function options() {
  try {
    return parseArgs({
      options: {
        seeds: { type: 'string' },
        seed: { type: 'string' },
        from: { type: 'string', default: '1' },
        jobs: { type: 'string' },
        nightly: { type: 'boolean', default: false },
        planted: { type: 'string' },
        logs: { type: 'boolean', default: false },
        'no-shrink': { type: 'boolean', default: false },
        page: { type: 'string' },
        output: { type: 'string', short: 'o', default: 'text' },
        step: { type: 'string', default: '1' },
        worker: { type: 'boolean', default: false },
        cluster: { type: 'boolean', default: false },
        minutes: { type: 'string' },
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
  if (!/^[1-9]\d*$/.test(text)) fail(`--${name} wants a whole number of at least 1, not '${text}'`);
  return Number(text);
}

const values = options();
if (values.output !== 'text' && values.output !== 'json') fail(`-o is text or json, not '${values.output}'`);
const json = values.output === 'json';
const jobs = whole('jobs', values.jobs ?? String(availableParallelism()));
const print = (line: string) => void process.stdout.write(`${line}\n`);

function progress(text: string): void {
  if (process.stderr.isTTY && !json) process.stderr.write(`\r\x1b[K${text}`);
}

function replay(seed: number, planted: PlantedBug | undefined): string {
  return `npm run sim -- --seed ${seed}${planted === undefined ? '' : ` --planted ${planted}`}`;
}

/** The shortest schedule that still fails in the same way. */
async function shortest(result: RunResult, planted: PlantedBug | undefined): Promise<RunResult> {
  const { seed, violation } = result;
  let best = result;
  await shrinkSchedule(
    result.schedule,
    async (schedule) => {
      const again = await runSeed({ seed, plantedBug: planted, schedule, withLogs: values.logs });
      if (again.violation?.property !== violation?.property) return false;
      best = again;
      return true;
    },
    (schedule, runs) =>
      progress(
        `shrinking: ${schedule.faults.length} faults, ${schedule.clients.length} clients after ${runs} runs `,
      ),
  );
  progress('');
  return best;
}

function tell({ violation, story, schedule }: RunResult): void {
  for (const line of story) print(line);
  if (violation === undefined) return;
  print(`\n${violation.property}: ${violation.message}`);
  for (const line of violation.story) print(`  ${line}`);
  print(`(${schedule.faults.length} faults, clients: ${schedule.clients.join(', ') || 'none'})`);
}

async function one(seed: number, planted: PlantedBug | undefined): Promise<boolean> {
  const result = await runSeed({ seed, plantedBug: planted, withLogs: values.logs });
  const shown =
    result.violation === undefined || values['no-shrink'] ? result : await shortest(result, planted);
  if (values.page !== undefined && shown.page !== undefined) writeFileSync(values.page, shown.page);
  if (json) print(JSON.stringify(shown));
  else {
    tell(shown);
    const { events, operations, virtualMs, hash } = result;
    print(
      `seed ${seed}: ${events} events, ${operations} operations, ${(virtualMs / 1000).toFixed(1)} virtual s, hash ${hash}`,
    );
    if (result.violation === undefined) print('every property held');
    for (const part of result.undecided) print(`undecided: ${part}`);
  }
  return result.violation === undefined;
}

/** Every `step`-th seed of the range, a line of JSON each. */
async function worker(
  from: number,
  count: number,
  step: number,
  planted: PlantedBug | undefined,
): Promise<void> {
  for (let seed = from; seed < from + count; seed += step) {
    const { page: _page, story: _story, ...result } = await runSeed({ seed, plantedBug: planted });
    print(JSON.stringify({ ...result, story: [] }));
  }
}

async function many(from: number, count: number): Promise<boolean> {
  let done = 0;
  let undecided = 0;
  const failures: RunResult[] = [];
  const { passed, failed, crashed, seconds } = await runSeeds<RunResult>(
    { from, count, jobs, planted: undefined },
    (result) => {
      done += 1;
      undecided += result.undecided.length;
      if (json) print(JSON.stringify(result));
      if (result.violation !== undefined) {
        failures.push(result);
        if (!json)
          print(
            `seed ${result.seed} FAILED  ${result.violation.property}: ${result.violation.message}\n  again: ${replay(result.seed, undefined)}`,
          );
      }
      progress(`${done} of ${count} seeds, ${failures.length} failed `);
      return true;
    },
  );
  progress('');
  for (const seed of crashed) process.stderr.write(`seed ${seed}: its process ended, or came to no end\n`);
  const bad = failed + crashed.length;
  if (json) return bad === 0;
  const [first] = failures;
  if (first !== undefined && !values['no-shrink']) {
    print(`\nthe shortest schedule with which seed ${first.seed} fails:\n`);
    tell(await shortest(await runSeed({ seed: first.seed }), undefined));
  }
  if (undecided > 0) print(`${undecided} parts of histories were too long to decide`);
  print(
    `${passed + failed} seeds in ${seconds.toFixed(0)} s (${((passed + failed) / seconds).toFixed(1)}/s)`,
  );
  print(`${passed} passed, ${bad} failed`);
  return bad === 0;
}

async function plant(bugs: readonly PlantedBug[], from: number, count: number): Promise<boolean> {
  let missed = 0;
  for (const planted of bugs) {
    let caught: RunResult | undefined;
    const { seconds } = await runSeeds<RunResult>({ from, count, jobs, planted }, (result) => {
      progress(`${planted}: ${result.seed} `);
      if (result.violation !== undefined) caught = result;
      return caught === undefined;
    });
    progress('');
    if (json) print(JSON.stringify({ planted, seconds, caught: caught?.violation, seed: caught?.seed }));
    else if (caught === undefined)
      print(`${planted.padEnd(bugWidth)} NOT caught in ${count} seeds, ${seconds.toFixed(0)} s`);
    else
      print(
        `${planted.padEnd(bugWidth)} seed ${String(caught.seed).padEnd(5)} ${seconds.toFixed(0).padStart(4)} s  ${caught.violation?.property}`,
      );
    if (caught === undefined) missed += 1;
  }
  if (!json) print(`${bugs.length - missed} passed, ${missed} failed`);
  return missed === 0;
}

function cluster(): Promise<boolean> {
  const { planted, seed, seeds, minutes, logs, worker: isWorker } = values;
  if (planted !== undefined && planted !== 'all' && !isClusterBug(planted))
    fail(`--planted is all, or one of ${Object.keys(clusterBugs).join(', ')}`);
  const optional = (name: string, text: string | undefined) =>
    text === undefined ? undefined : whole(name, text);
  const shrinks = !values['no-shrink'];
  return runClusterCommand(
    {
      ...{ planted, logs, json, jobs, shrinks, isWorker, step: whole('step', values.step) },
      ...{ seed: optional('seed', seed), from: whole('from', values.from) },
      ...{ seeds: optional('seeds', seeds), minutes: optional('minutes', minutes) },
    },
    { print, progress },
  );
}

process.on('unhandledRejection', (error) => {
  process.stderr.write(
    `sim: a promise was rejected and nobody looked: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(3);
});

async function main(): Promise<boolean> {
  if (values.cluster) return cluster();
  const named = values.planted;
  if (named !== undefined && named !== 'all' && !isPlantedBug(named))
    fail(`--planted is all, or one of ${Object.keys(plantedBugs).join(', ')}`);
  const planted = named === undefined || named === 'all' ? undefined : named;
  const from = whole('from', values.from);
  const count = values.seeds === undefined ? undefined : whole('seeds', values.seeds);
  if (values.worker) {
    await worker(from, count ?? 1, whole('step', values.step), planted);
    return true;
  }
  if (values.seed !== undefined) return one(whole('seed', values.seed), planted);
  if (planted !== undefined) return plant([planted], from, count ?? plantedSeedsMax);
  if (named === 'all')
    return plant(Object.keys(plantedBugs).filter(isPlantedBug), from, count ?? plantedSeedsMax);
  return many(from, count ?? (values.nightly ? nightlySeeds : 100));
}

if (values.help) process.stdout.write(help);
else process.exit((await main()) ? 0 : 1);
