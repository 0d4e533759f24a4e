import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface SeedRange {
  readonly from: number;
  readonly count: number;
  readonly jobs: number;
  readonly planted: string | undefined;
  /** What workers are told beside. */
  readonly flags?: readonly string[];
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** Seeds whose process ended, or came to no end. */
  readonly crashed: readonly number[];
  readonly seconds: number;
}

/** Of one seed, by the real clock: some two hundred times what it takes. */
const seedMsMax = 120_000;

/**
 * Runs seeds in processes side by side, each taking every `jobs`-th. `onResult` in the order in which they end; false ends the
 * whole run. A seed that takes its process down, or never ends, is noted, and the process goes on after it.
 */
export async function runSeeds<R extends { readonly violation?: object | undefined }>(
  range: SeedRange,
  onResult: (result: R) => boolean,
): Promise<Tally> {
  const startedMs = performance.now();
  const jobs = Math.min(range.jobs, range.count);
  let passed = 0;
  let failed = 0;
  let ended = false;
  const crashed: number[] = [];
  const children = new Set<ChildProcess>();
  const finish = (result: R) => {
    if (ended) return;
    if (result.violation === undefined) passed += 1;
    else failed += 1;
    ended = !onResult(result);
    if (ended) for (const child of children) child.kill();
  };
  const share = async (first: number) => {
    for (let seed = first; seed < range.from + range.count && !ended; ) {
      const child = startWorker({ ...range, from: seed, count: range.from + range.count - seed, jobs });
      children.add(child);
      seed = await readResults(child, seed, jobs, finish);
      children.delete(child);
      if (ended || seed >= range.from + range.count) return;
      crashed.push(seed);
      seed += jobs;
    }
  };
  await Promise.all(Array.from({ length: jobs }, (_, at) => share(range.from + at)));
  return { passed, failed, crashed, seconds: (performance.now() - startedMs) / 1000 };
}

function startWorker({ from, count, jobs, planted, flags = [] }: SeedRange): ChildProcess {
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const args = ['--worker', '--from', from, '--seeds', count, '--step', jobs, ...flags].map(String);
  if (planted !== undefined) args.push('--planted', planted);
  // Much is short-lived; stacks of errors that are answers are looked at by nobody: a seed that fails is run again alone.
  const speed = ['--max-semi-space-size=64', '--single-threaded-gc', '--stack-trace-limit=0'];
  return spawn(process.execPath, [...speed, main, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Gives the seed at which the process ended. */
function readResults<R>(
  child: ChildProcess,
  from: number,
  step: number,
  finish: (result: R) => void,
): Promise<number> {
  let rest = '';
  let seed = from;
  const kill = () => void child.kill('SIGKILL');
  let watchdog = setTimeout(kill, seedMsMax);
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString()}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      seed += step;
      finish(JSON.parse(line));
    }
    clearTimeout(watchdog);
    watchdog = setTimeout(kill, seedMsMax);
  });
  return new Promise((resolve) =>
    child.on('close', () => {
      clearTimeout(watchdog);
      resolve(seed);
    }),
  );
}
