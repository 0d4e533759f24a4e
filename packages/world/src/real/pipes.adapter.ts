import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;
const run = promisify(execFile);

/** A child's stdin, stdout and stderr: descriptors to give to it, and this side's ends. */
export interface ChildPipes {
  readonly descriptors: readonly [number, number, number];
  readonly stdin: Socket;
  readonly stdout: Socket;
  readonly stderr: Socket;
  /** Closes the child's ends here; after the child was started, or was not. */
  closeDescriptors(): void;
}

/**
 * Real pipes. What Node.js gives a child are socket pairs, and a socket cannot be opened anew: `echo
 * >/dev/stderr` and `psql </dev/stdin` would fail in them. The child's ends are blocking, as programs expect.
 */
export function openPipes(): Promise<ChildPipes> {
  return process.platform === 'linux' ? anonymousPipes() : namedPipes();
}

/** Shells keep a here-document in a pipe: each of these is an empty one, of which /proc opens either end. */
const holder = 'exec 4<<E 5<<E 6<<E\nE\nE\nE\necho; read line';

async function anonymousPipes(): Promise<ChildPipes> {
  const shell = spawn('/bin/sh', ['-c', holder], { stdio: ['pipe', 'pipe', 'ignore'] });
  const over = once(shell, 'close');
  await Promise.race([once(shell.stdout, 'data'), over]);
  try {
    return connected(['4', '5', '6'].map((name) => `/proc/${shell.pid}/fd/${name}`));
  } finally {
    // While it lives it is a reader of them, too.
    shell.stdin.end();
    await over;
  }
}

/**
 * Where there is no /proc. They differ in that who opens one by its name waits for the other end: for ever, when its
 * input has ended already.
 */
async function namedPipes(): Promise<ChildPipes> {
  const folder = await mkdtemp(join(tmpdir(), 'kubelab-pipes-'));
  const paths = ['0', '1', '2'].map((name) => join(folder, name));
  const open: number[] = [];
  try {
    await run('mkfifo', ['-m', '600', ...paths]);
    // Opened for both ways it does not wait, and with it open neither does anyone else.
    for (const path of paths) open.push(openSync(path, O_RDWR | O_NONBLOCK));
    return connected(paths);
  } finally {
    for (const descriptor of open) closeSync(descriptor);
    await rm(folder, { recursive: true, force: true });
  }
}

function connected([input = '', output = '', errors = '']: readonly string[]): ChildPipes {
  const opened: number[] = [];
  const open = (path: string, flags: number): number => {
    const descriptor = openSync(path, flags);
    opened.push(descriptor);
    return descriptor;
  };
  try {
    const descriptors: [number, number, number] = [
      open(input, O_RDONLY),
      open(output, O_WRONLY),
      open(errors, O_WRONLY),
    ];
    const reader = (path: string) =>
      new Socket({ fd: open(path, O_RDONLY | O_NONBLOCK), readable: true, writable: false });
    return {
      descriptors,
      stdin: new Socket({ fd: open(input, O_WRONLY | O_NONBLOCK), readable: false, writable: true }),
      stdout: reader(output),
      stderr: reader(errors),
      closeDescriptors: () => {
        for (const descriptor of descriptors) closeSync(descriptor);
      },
    };
  } catch (error) {
    for (const descriptor of opened) closeSync(descriptor);
    throw error;
  }
}
