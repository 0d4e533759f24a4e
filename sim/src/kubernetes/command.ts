import { runSeeds } from '../seeds.adapter.js';
import { shrinkSchedule } from '../shrink.js';
import { type ClusterBug, clusterBugs, isClusterBug } from './planted.js';
import { type ClusterRunResult, runClusterSeed } from './run.js';

const seedsDefault = 20;
/** For each planted mistake; docs/proof.md promises that it is caught by then. */
const plantedSeedsMax = 200;
const bugWidth = 26;

export interface ClusterCommand {
  readonly seed: number | undefined;
  readonly seeds: number | undefined;
  readonly from: number;
  readonly step: number;
  readonly minutes: number | undefined;
  readonly planted: string | undefined;
  readonly jobs: number;
  readonly logs: boolean;
  readonly json: boolean;
  readonly shrinks: boolean;
  readonly isWorker: boolean;
}

export interface Output {
  readonly print: (line: string) => void;
  /** Overwritten by the next; empty: none any more. */
  readonly progress: (text: string) => void;
}

/** `npm run sim -- --cluster`. False: something did not hold. */
export function runClusterCommand(command: ClusterCommand, output: Output): Promise<boolean> {
  const { planted, seed, isWorker } = command;
  const bug = planted !== undefined && isClusterBug(planted) ? planted : undefined;
  if (isWorker) return worker(command, bug, output);
  if (seed !== undefined) return one(command, seed, bug, output);
  if (planted === 'all') return plant(command, Object.keys(clusterBugs).filter(isClusterBug), output);
  if (bug !== undefined) return plant(command, [bug], output);
  return many(command, output);
}

async function worker(command: ClusterCommand, plantedBug: ClusterBug | undefined, { print }: Output) {
  const { from, seeds = 1, step, minutes } = command;
  for (let seed = from; seed < from + seeds; seed += step)
    print(JSON.stringify({ ...(await runClusterSeed({ seed, plantedBug, minutes })), story: [] }));
  return true;
}

async function one(command: ClusterCommand, seed: number, bug: ClusterBug | undefined, output: Output) {
  const { minutes, logs, json, shrinks } = command;
  const { print } = output;
  const result = await runClusterSeed({ seed, plantedBug: bug, minutes, withLogs: logs });
  const shown =
    result.violation === undefined || !shrinks ? result : await shortest(command, result, bug, output);
  if (json) print(JSON.stringify(shown));
  else {
    tell(shown, output);
    const { events, writes, virtualMs, hash } = result;
    print(
      `seed ${seed}: ${events} events, ${writes} writes, ${(virtualMs / 1000).toFixed(1)} virtual s, hash ${hash}`,
    );
    if (result.violation === undefined) print('every property held');
  }
  return result.violation === undefined;
}

function tell({ story, violation, schedule }: ClusterRunResult, { print }: Output): void {
  for (const line of story) print(line);
  if (violation === undefined) return;
  print(`\n${violation.property}: ${violation.message}`);
  print(`(${schedule.faults.length} faults, ${schedule.clients.length} actions)`);
}

/** The fewest faults and actions with which the seed still fails in the same property. */
async function shortest(
  { minutes, logs }: ClusterCommand,
  result: ClusterRunResult,
  plantedBug: ClusterBug | undefined,
  { progress }: Output,
): Promise<ClusterRunResult> {
  const { seed, violation } = result;
  let best = result;
  await shrinkSchedule(
    result.schedule,
    async (schedule) => {
      const again = await runClusterSeed({ seed, plantedBug, minutes, schedule, withLogs: logs });
      if (again.violation?.property !== violation?.property) return false;
      best = again;
      return true;
    },
    ({ faults, clients }, runs) =>
      progress(`shrinking: ${faults.length} faults, ${clients.length} actions after ${runs} runs `),
  );
  progress('');
  return best;
}

function flagsOf({ minutes }: ClusterCommand): string[] {
  return ['--cluster', ...(minutes === undefined ? [] : ['--minutes', String(minutes)])];
}

async function many(command: ClusterCommand, { print, progress }: Output): Promise<boolean> {
  const { from, seeds: count = seedsDefault, jobs, json } = command;
  const flags = flagsOf(command);
  let done = 0;
  let virtualMs = 0;
  const { passed, failed, crashed, seconds } = await runSeeds<ClusterRunResult>(
    { from, count, jobs, planted: undefined, flags },
    (result) => {
      done += 1;
      virtualMs += result.virtualMs;
      if (json) print(JSON.stringify(result));
      else if (result.violation !== undefined) {
        const { property, message } = result.violation;
        print(`seed ${result.seed} FAILED  ${property}: ${message}`);
        print(`  again: npm run sim -- --seed ${result.seed} ${flags.join(' ')}`);
      }
      progress(`${done} of ${count} seeds `);
      return true;
    },
  );
  progress('');
  for (const seed of crashed) print(`seed ${seed}: its process ended, or came to no end`);
  const bad = failed + crashed.length;
  if (json) return bad === 0;
  const perMinute = ((passed + failed) / seconds) * 60;
  print(
    `${(virtualMs / 3_600_000).toFixed(1)} hours of cluster time in ${seconds.toFixed(0)} s (${perMinute.toFixed(1)} seeds/min)`,
  );
  print(`${passed} passed, ${bad} failed`);
  return bad === 0;
}

async function plant(command: ClusterCommand, bugs: readonly ClusterBug[], { print, progress }: Output) {
  const { from, seeds: count = plantedSeedsMax, jobs } = command;
  let missed = 0;
  for (const planted of bugs) {
    let caught: ClusterRunResult | undefined;
    const { seconds } = await runSeeds<ClusterRunResult>(
      { from, count, jobs, planted, flags: flagsOf(command) },
      (result) => {
        progress(`${planted}: ${result.seed} `);
        if (result.violation !== undefined) caught = result;
        return caught === undefined;
      },
    );
    progress('');
    const at = `${seconds.toFixed(0).padStart(4)} s`;
    if (caught === undefined) missed += 1;
    print(
      caught === undefined
        ? `${planted.padEnd(bugWidth)} NOT caught in ${count} seeds, ${at}`
        : `${planted.padEnd(bugWidth)} seed ${String(caught.seed).padEnd(5)} ${at}  ${caught.violation?.property}`,
    );
  }
  print(`${bugs.length - missed} passed, ${missed} failed`);
  return missed === 0;
}
