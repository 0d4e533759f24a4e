import { type ChildProcess, spawn } from 'node:child_process';

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly input?: string;
  readonly timeoutMs?: number;
}

/**
 * Runs a command to its end and gathers what it printed; a command over its time is killed and has code 124.
 */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Result> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { env: { ...process.env, ...options.env }, cwd: options.cwd });
    const output = gather(child);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, options.timeoutMs ?? 60_000);
    child.on('error', failed);
    child.on('close', (code) => {
      clearTimeout(timer);
      done({ code: late ? 124 : (code ?? 1), ...output() });
    });
    // A command that ends without reading its input breaks the pipe; what it says of that is in its code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** As run(), and a code other than 0 is an error that holds what the command said. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code === 0) return stdout;
  throw new Error(`'${command} ${args.join(' ')}' ended with ${code}:\n${stderr}${stdout}`);
}

/** A command that goes on in the background: what it printed so far, and its end. */
export interface Background {
  output(): Omit<Result, 'code'>;
  stop(): Promise<void>;
}

export function runInBackground(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Background {
  const child = spawn(command, args, { env: { ...process.env, ...options.env }, cwd: options.cwd });
  const output = gather(child);
  const closed = new Promise<void>((done) => child.on('close', () => done()));
  child.on('error', () => undefined);
  return {
    output,
    stop: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

function gather(child: ChildProcess): () => Omit<Result, 'code'> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  return () => ({ stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
}

/** Asks again and again until the answer is there; the error says what was awaited and what was last seen. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  options: { timeoutMs: number; everyMs?: number },
): Promise<T> {
  const startedMs = performance.now();
  let last: unknown = 'nothing';
  for (;;) {
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      last = error instanceof Error ? error.message : error;
    }
    if (performance.now() - startedMs > options.timeoutMs) {
      throw new Error(`waited ${options.timeoutMs} ms in vain until ${what}; last error: ${String(last)}`);
    }
    await sleep(options.everyMs ?? 100);
  }
}

export function sleep(delayMs: number): Promise<void> {
  return new Promise((done) => setTimeout(done, delayMs));
}
