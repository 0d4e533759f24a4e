import { resizeCommand, terminalReport, type World } from '@kubelab/world';
import { type CommandStreams, type ContainerStatus, RuntimeError } from '../cri.js';
import { readText } from './files.js';

const pollMs = 20;
const chunkBytes = 64 * 1024;
const toolTimeoutMs = 10_000;
/** A command that has just been started has its terminal within this. */
const terminalWaitMs = 5_000;
const systemPath = '/usr/local/bin:/usr/bin:/bin';

export interface AttachOptions {
  readonly directory: string;
  readonly logPath: string;
  readonly tty: boolean;
  readonly status: () => Promise<ContainerStatus | undefined>;
  /** Present when the container reads its input: called when the one who writes to it has gone. */
  readonly inputEnded: (() => void) | undefined;
}

/**
 * A container's output is its log, read from its end on (there is one stream, as in the log). Its
 * input is a named pipe that the shim holds open: `cat` writes to it, so that a container that does
 * not read blocks that process, and no thread of the kubelet.
 */
export async function attachTo(world: World, options: AttachOptions): Promise<CommandStreams> {
  const { directory, logPath, inputEnded } = options;
  const input =
    inputEnded === undefined
      ? undefined
      : await world.processes.interactive({
          command: '/bin/sh',
          args: ['-c', 'exec cat >"$0"', `${directory}/stdin`],
          env: { PATH: systemPath },
          workingDirectory: directory,
        });
  if (input !== undefined && inputEnded !== undefined) void input.exited.then(inputEnded);
  const gone = new AbortController();
  const file = await world.disk.open(logPath);
  let offset = await file.size();
  let ended: (exitCode: number) => void = () => {};
  const exited = new Promise<number>((resolve) => {
    ended = resolve;
  });
  const output = async function* (): AsyncGenerator<Uint8Array> {
    let over = false;
    try {
      while (!gone.signal.aborted) {
        const data = await file.read(offset, chunkBytes);
        offset += data.length;
        if (data.length > 0) {
          yield data;
          continue;
        }
        if (over) return;
        if ((await file.size()) < offset) offset = 0; // Rotated: it begins anew.
        // Asked before the last read: what was written before the end is read after it.
        over = (await options.status())?.state !== 'CONTAINER_RUNNING';
        if (!over) await world.timers.sleep(pollMs);
      }
    } finally {
      await file.close();
      ended((await options.status())?.exitCode ?? 0);
    }
  };
  return {
    stdout: output(),
    stderr: none(),
    exited,
    write: async (data) => input?.write(data),
    endInput: () => input?.endInput(),
    resize: async (size) => {
      if (options.tty) await resize(world, directory, size);
    },
    close: () => {
      gone.abort();
      input?.kill('SIGKILL');
      input?.release();
    },
  };
}

/** The named pipe that a container reads its input from. */
export async function makeInput(world: World, path: string): Promise<void> {
  const { exitCode, stderr } = await world.processes.run({
    command: 'mkfifo',
    args: ['-m', '600', path],
    env: { PATH: systemPath },
    workingDirectory: '/',
    timeoutMs: toolTimeoutMs,
    outputBytesMax: 1_000,
  });
  if (exitCode !== 0) throw new RuntimeError(`no input: ${new TextDecoder().decode(stderr)}`);
}

async function* none(): AsyncGenerator<Uint8Array> {}

async function resize(world: World, directory: string, size: { columns: number; rows: number }) {
  const look = async () => terminalReport((await readText(world, `${directory}/tty`)) ?? '');
  let found = await look();
  for (let waitedMs = 0; found === undefined && waitedMs < terminalWaitMs; waitedMs += pollMs) {
    await world.timers.sleep(pollMs);
    found = await look();
  }
  if (found === undefined) return;
  const [command = '', ...args] = resizeCommand(found.terminal, size);
  await world.processes.run({
    command,
    args,
    env: { PATH: systemPath },
    workingDirectory: directory,
    timeoutMs: toolTimeoutMs,
    outputBytesMax: 1_000,
  });
}
