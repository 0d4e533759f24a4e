import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PlantedBug } from '@kubelab/etcd-raft';
import type { RunResult } from './run.js';

export interface SeedRange {
  readonly from: number;
  readonly count: number;
  readonly jobs: number;
  readonly planted: PlantedBug | undefined;
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** Workers that ended before their seeds did. */
  readonly crashed: number;
  readonly seconds: number;
}

/**
 * Runs seeds in processes side by side, each taking every `jobs`-th. `onResult` in the order in which they end; false ends the
 * whole run.
 */
export async function runSeeds(range: SeedRange, onResult: (result: RunResult) => boolean): Promise<Tally> {
  const startedMs = performance.now();
  const jobs = Math.min(range.jobs, range.count);
  let passed = 0;
  let failed = 0;
  let ended = false;
  const children = Array.from({ length: jobs }, (_, at) => startWorker(range, at, jobs));
  const finish = (result: RunResult) => {
    if (ended) return;
    if (result.violation === undefined) passed += 1;
    else failed += 1;
    ended = !onResult(result);
    if (ended) for (const child of children) child.kill();
  };
  const codes = await Promise.all(children.map((child) => readResults(child, finish)));
  const crashed = ended ? 0 : codes.filter((code) => code !== 0).length;
  return { passed, failed, crashed, seconds: (performance.now() - startedMs) / 1000 };
}

function startWorker({ from, count, planted }: SeedRange, at: number, jobs: number): ChildProcess {
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const args = ['--worker', '--from', from + at, '--seeds', count - at, '--step', jobs].map(String);
  if (planted !== undefined) args.push('--planted', planted);
  // Much is short-lived; stacks of errors that are answers are looked at by nobody: a seed that fails is run again alone.
  const speed = ['--max-semi-space-size=64', '--stack-trace-limit=0'];
  return spawn(process.execPath, [...speed, main, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function readResults(child: ChildProcess, finish: (result: RunResult) => void): Promise<number | null> {
  let rest = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString()}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) finish(JSON.parse(line));
  });
  return new Promise((resolve) => child.on('close', resolve));
}
