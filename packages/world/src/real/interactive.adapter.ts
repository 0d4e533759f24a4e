import { type ChildProcess as NodeChild, spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { resizeCommand, terminalCommand, terminalReport } from '../terminal-command.js';
import type { ExitStatus, InteractiveProcess, Processes, Signal, TerminalSize } from '../world.js';
import { type ChildPipes, openPipes } from './pipes.adapter.js';

/** Where the terminal's name is reported; the descriptor is closed before the command runs. */
const reportDescriptor = 3;
const reportBytesMax = 4_096;
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
  const pipes = await openPipes();
  try {
    const child = spawn(command, args, {
      env: terminal ? { PATH: systemPath, ...options.env } : options.env,
      cwd: options.workingDirectory,
      detached: true,
      stdio: terminal ? [...pipes.descriptors, 'pipe'] : [...pipes.descriptors],
    });
    const exited = new Promise<ExitStatus>((resolve) => {
      child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
    });
    const pid = await started(child);
    const report = terminal ? reported(child, exited) : Promise.resolve(undefined);
    return interactive(pipes, pid, exited, report);
  } catch (error) {
    for (const stream of [pipes.stdin, pipes.stdout, pipes.stderr]) stream.destroy();
    throw error;
  } finally {
    pipes.closeDescriptors();
  }
};

function interactive(
  { stdin, stdout, stderr }: ChildPipes,
  pid: number,
  exited: Promise<ExitStatus>,
  report: Promise<ReturnType<typeof terminalReport>>,
): InteractiveProcess {
  stdin.on('error', () => undefined); // EPIPE: a child need not read its input.
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
    stdout: output(stdout),
    stderr: output(stderr),
    write: (data) =>
      new Promise((resolve) => {
        if (stdin.destroyed || stdin.writableEnded) resolve();
        else stdin.write(data, () => resolve());
      }),
    endInput: () => void stdin.end(),
    resize,
    release: () => {
      for (const stream of [stdin, stdout, stderr]) stream.destroy();
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

async function* output(stream: Readable): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk;
  } catch (error) {
    // Released while it was read: for the reader that is its end.
    if (Reflect.get(Object(error), 'code') !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
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
