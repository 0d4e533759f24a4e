import { DiskError, type ExitStatus, type ProcessReference, type World } from '@kubelab/world';
import { type CommandStreams, type ContainerConfig, RuntimeError } from '../cri.js';
import { readJson } from './files.js';
import { hostPathOf } from './paths.js';

const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};

/** As shells and runtimes count it. */
export function exitCodeOf({ exitCode, signal }: ExitStatus): number {
  return exitCode ?? 128 + (signalNumbers[signal ?? ''] ?? 9);
}

/**
 * A command's words with mounted paths replaced by what is behind them. `tar c`, which is what `kubectl cp` runs, is told to name
 * its members as in the container: kubectl refuses others.
 */
export function execArgv(command: readonly string[], mounts: ContainerConfig['mounts']): string[] {
  const [program = '', ...args] = command.map((word) => hostPathOf(word, mounts));
  const packs = program.split('/').at(-1) === 'tar' && /^-?[a-z]*c[a-z]*$/.test(args[0] ?? '');
  if (!packs) return [program, ...args];
  const names = mounts
    .filter(({ hostPath }) => args.some((word) => word === hostPath || word.startsWith(`${hostPath}/`)))
    .map(({ hostPath, containerPath }) => {
      const from = hostPath.replace(/^\//, '').replace(/[.[\]*^$\\|]/g, '\\$&');
      return `--transform=flags=r;s|^/\\?${from}|${containerPath.replace(/^\//, '').replace(/[&\\|]/g, '\\$&')}|`;
    });
  return [program, ...args, ...names];
}

/**
 * Starts a command beside a container. It is written down (`execs/PID`) while it runs: whoever ends the container ends it too,
 * also after a restart of the kubelet.
 */
export async function startExec(
  world: World,
  directory: string,
  options: {
    readonly argv: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    readonly workingDirectory: string;
    readonly tty: boolean;
  },
): Promise<CommandStreams> {
  const { argv, env, workingDirectory, tty } = options;
  const [command = '', ...args] = argv;
  const child = await world.processes
    .interactive({ command, args, env, workingDirectory, terminal: tty })
    .catch((error: unknown) => {
      throw new RuntimeError(`exec: "${command}": ${error instanceof Error ? error.message : String(error)}`);
    });
  const path = `${directory}/execs/${child.pid}`;
  const reference = await world.processes.reference(child.pid);
  try {
    if (reference !== undefined) {
      await world.disk.makeDirectory(`${directory}/execs`);
      await world.disk.writeFileAtomic(path, JSON.stringify(reference));
    }
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  const exited = child.exited.then(async (status) => {
    try {
      if (reference !== undefined) await world.disk.remove(path);
    } catch (error) {
      // The file stays: it names a process that is gone, which endExecs sees.
      if (!(error instanceof DiskError)) throw error;
    }
    return exitCodeOf(status);
  });
  return {
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    write: (data) => child.write(data),
    endInput: () => child.endInput(),
    resize: (size) => child.resize(size),
    close: () => {
      child.kill('SIGKILL');
      child.release();
    },
  };
}

/** The container is over: so is what was started beside it. */
export async function endExecs(world: World, directory: string): Promise<void> {
  const folder = `${directory}/execs`;
  if (!(await world.disk.exists(folder))) return;
  for (const name of await world.disk.list(folder)) {
    const reference = await readJson<ProcessReference>(world, `${folder}/${name}`);
    if (reference !== undefined) await world.processes.signal(reference, 'SIGKILL', { group: true });
    await world.disk.remove(`${folder}/${name}`);
  }
}
