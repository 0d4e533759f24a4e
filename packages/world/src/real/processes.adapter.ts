import { type ChildProcess as NodeChild, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type {
  ChildProcess,
  ExitStatus,
  Processes,
  ProcessReference,
  Signal,
  SpawnOptions,
} from '../world.js';
import { startInteractive } from './interactive.adapter.js';

/** Signals a process, or with `group` the group that it leads; false when there is none. */
function send(pid: number, signal: Signal, group: boolean): boolean {
  try {
    return process.kill(group ? -pid : pid, signal);
  } catch {
    return false; // ESRCH: it is gone.
  }
}

function started(child: NodeChild): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => (child.pid === undefined ? reject(new Error('no pid')) : resolve(child.pid)));
    child.once('error', reject);
  });
}

function ended(child: NodeChild): Promise<ExitStatus> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

async function spawnChild(options: SpawnOptions): Promise<ChildProcess> {
  const output = options.outputPath === undefined ? undefined : openSync(options.outputPath, 'a', 0o600);
  try {
    const sink = output ?? 'ignore';
    const child = spawn(options.command, options.args, {
      env: options.env,
      cwd: options.workingDirectory,
      detached: options.detached === true,
      stdio: ['ignore', sink, sink],
    });
    const exited = ended(child);
    const pid = await started(child);
    return { pid, exited, kill: (signal) => void send(pid, signal, options.detached === true) };
  } finally {
    if (output !== undefined) closeSync(output);
  }
}

/** Gathers at most `bytesMax` and lets the rest go by. */
function gather(stream: NodeJS.ReadableStream | null, bytesMax: number): () => Uint8Array {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on('data', (chunk: Buffer) => {
    const kept = chunk.subarray(0, Math.max(0, bytesMax - size));
    size += kept.length;
    if (kept.length > 0) chunks.push(kept);
  });
  return () => new Uint8Array(Buffer.concat(chunks));
}

const runToEnd: Processes['run'] = async (options) => {
  const child = spawn(options.command, options.args, {
    env: options.env,
    cwd: options.workingDirectory,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stdout = gather(child.stdout, options.outputBytesMax);
  const stderr = gather(child.stderr, options.outputBytesMax);
  const closed = new Promise<ExitStatus>((resolve) => {
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal }));
  });
  const pid = await started(child);
  child.stdin.on('error', () => undefined); // EPIPE: a child need not read its input.
  child.stdin.end(options.stdin ?? '');
  let timedOut = false;
  const end = () => void send(pid, 'SIGKILL', true);
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, options.timeoutMs);
  options.signal?.addEventListener('abort', end, { once: true });
  const exit = await closed;
  clearTimeout(timer);
  options.signal?.removeEventListener('abort', end);
  return { ...exit, stdout: stdout(), stderr: stderr(), timedOut };
};

let bootId: Promise<string> | undefined;

/** On Linux: state letter and start time (field 22 of /proc/PID/stat, ticks since boot). See proc(5). */
async function linuxStat(pid: number): Promise<{ state: string; startToken: string } | undefined> {
  bootId ??= readFile('/proc/sys/kernel/random/boot_id', 'utf8').then((text) => text.trim());
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command name (in parentheses) may hold spaces: fields are counted after the last one.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startToken: `${await bootId}/${fields[19] ?? ''}` };
  } catch {
    return undefined; // No such process.
  }
}

async function psStat(pid: number): Promise<{ state: string; startToken: string } | undefined> {
  const { exitCode, stdout } = await runToEnd({
    command: 'ps',
    args: ['-o', 'stat=,lstart=', '-p', String(pid)],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    workingDirectory: '/',
    timeoutMs: 5_000,
    outputBytesMax: 1_000,
  });
  const [state = '', ...rest] = new TextDecoder().decode(stdout).trim().split(/\s+/);
  return exitCode === 0 && state !== '' ? { state: state.charAt(0), startToken: rest.join(' ') } : undefined;
}

const statOf = process.platform === 'linux' ? linuxStat : psStat;

async function isAlive(reference: ProcessReference): Promise<boolean> {
  const stat = await statOf(reference.pid);
  return (
    stat !== undefined && stat.startToken === reference.startToken && stat.state !== 'Z' && stat.state !== 'X'
  );
}

export const realProcesses: Processes = {
  spawn: spawnChild,
  run: runToEnd,
  interactive: startInteractive,
  reference: async (pid) => {
    const stat = await statOf(pid);
    return stat === undefined ? undefined : { pid, startToken: stat.startToken };
  },
  isAlive,
  signal: async (reference, signal, options) => {
    const group = options?.group === true;
    // A group outlives its leader; its id is not given again while a member lives.
    if (!group && !(await isAlive(reference))) return false;
    const stat = await statOf(reference.pid);
    if (stat !== undefined && stat.startToken !== reference.startToken) return false;
    return send(reference.pid, signal, group);
  },
};
