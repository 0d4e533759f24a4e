import { type ChildProcess as NodeChild, spawn } from 'node:child_process';
import { PassThrough, Readable, Writable } from 'node:stream';
import { resizeCommand, terminalCommand, terminalReport } from '../terminal-command.js';
import type { ExitStatus, InteractiveProcess, Processes, Signal, TerminalSize } from '../world.js';

/** Where the terminal's name is reported; the descriptor is closed before the command runs. */
const reportDescriptor = 3;
const reportBytesMax = 4_096;
/** Unread bytes kept of each output, beyond what the kernel's pipe holds. */
const readAheadBytes = 64 * 1024;
const systemPath = '/usr/local/bin:/usr/bin:/bin';

/** A command with pipes, or at a terminal that `script` holds (terminal-command.ts says why). */
export const startInteractive: Processes['interactive'] = async (options) => {
  const terminal = options.terminal === true;
  if (terminal && process.platform !== 'linux')
    throw new Error(`a terminal needs util-linux's script, which ${process.platform} does not have`);
  const { SHELL: shell } = options.env;
  const argv = [options.command, ...options.args];
  const [command = '', ...args] = terminal
    ? terminalCommand(argv, { report: reportDescriptor, shell })
    : argv;
  const child = spawn(command, args, {
    env: terminal ? { PATH: systemPath, ...options.env } : options.env,
    cwd: options.workingDirectory,
    detached: true,
    stdio: terminal ? ['pipe', 'pipe', 'pipe', 'pipe'] : ['pipe', 'pipe', 'pipe'],
  });
  const exited = new Promise<ExitStatus>((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  });
  const pid = await started(child);
  const report = terminal ? reported(child, exited) : Promise.resolve(undefined);
  return interactive(child, pid, exited, report);
};

function interactive(
  child: NodeChild,
  pid: number,
  exited: Promise<ExitStatus>,
  report: Promise<ReturnType<typeof terminalReport>>,
): InteractiveProcess {
  const { stdin } = child;
  stdin?.on('error', () => undefined); // EPIPE: a child need not read its input.
  const stdout = output(child.stdout);
  const stderr = output(child.stderr);
  let inner: number | undefined;
  void report.then((found) => {
    inner = found?.pid;
  });
  const resize = async (size: TerminalSize) => {
    const found = await report;
    if (found !== undefined) await changeSize(found.terminal, size);
  };
  return {
    pid,
    exited,
    stdout,
    stderr,
    write: (data) =>
      new Promise((resolve) => {
        if (stdin === null || stdin.destroyed || stdin.writableEnded) resolve();
        else stdin.write(data, () => resolve());
      }),
    endInput: () => void stdin?.end(),
    resize,
    release: () => {
      for (const stream of child.stdio) stream?.destroy();
      stdout.end();
      stderr.end();
    },
    kill: (signal) => {
      if (inner !== undefined) signalGroup(inner, signal);
      signalGroup(pid, signal);
    },
  };
}

function started(child: NodeChild): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => (child.pid === undefined ? reject(new Error('no pid')) : resolve(child.pid)));
    child.once('error', reject);
  });
}

/**
 * Taken up at once: Node.js throws away what is in the pipe of a child that exited when nobody has
 * begun to read it. What waits here is bounded by the stream's and the pipe's size.
 */
function output(stream: Readable | null): PassThrough {
  const kept = new PassThrough({ highWaterMark: readAheadBytes });
  if (stream === null) kept.end();
  else stream.on('error', () => kept.end()).pipe(kept);
  return kept;
}

/** Which terminal the command has; undefined when it ended before it was said. */
async function reported(child: NodeChild, exited: Promise<ExitStatus>) {
  const stream = child.stdio[reportDescriptor];
  if (!(stream instanceof Readable)) return undefined;
  let text = '';
  const whole = new Promise<void>((resolve) => {
    stream.on('error', () => resolve());
    stream.on('end', () => resolve());
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n') || text.length > reportBytesMax) resolve();
    });
  });
  await Promise.race([whole, exited]);
  stream.destroy();
  if (stream instanceof Writable) stream.destroy();
  return terminalReport(text);
}

/** Resolves when done, or when the terminal is gone. */
function changeSize(terminal: string, size: TerminalSize): Promise<void> {
  const [command = '', ...args] = resizeCommand(terminal, size);
  const child = spawn(command, args, { env: { PATH: systemPath }, stdio: 'ignore' });
  return new Promise((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
}

function signalGroup(pid: number, signal: Signal): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: it is gone.
  }
}
