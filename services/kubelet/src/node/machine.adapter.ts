import { readFileSync } from 'node:fs';
import { arch, cpus, freemem, platform, release, totalmem } from 'node:os';

export interface Machine {
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly os: string;
  readonly architecture: string;
  readonly kernelVersion: string;
  readonly nodeVersion: string;
  readonly nodePath: string;
  readonly path: string;
}

/** What this machine is, for the Node object and for containers' PATH. */
export function readMachine(): Machine {
  return {
    cpus: cpus().length,
    memoryBytes: totalmem(),
    os: platform(),
    architecture: arch() === 'x64' ? 'amd64' : arch(),
    kernelVersion: release(),
    nodeVersion: process.version,
    nodePath: process.execPath,
    path: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
  };
}

/** What is left of the machine at this moment; undefined where it cannot be measured (not Linux). */
export interface MachineUse {
  readonly availableMemoryBytes: number;
  readonly processes: number | undefined;
  readonly processesMax: number | undefined;
}

export function readUse(): MachineUse {
  return {
    availableMemoryBytes: freemem(),
    // `0.20 0.18 0.12 1/80 11206`: the fourth field's second part is the number of tasks (proc(5)).
    processes: firstNumber('/proc/loadavg', /\/(\d+)/),
    processesMax: firstNumber('/proc/sys/kernel/pid_max', /(\d+)/),
  };
}

function firstNumber(path: string, form: RegExp): number | undefined {
  try {
    const text = form.exec(readFileSync(path, 'utf8'))?.[1];
    return text === undefined ? undefined : Number(text);
  } catch {
    return undefined; // No such file: another system than Linux.
  }
}

/** This process' own use, since its start. */
export function readSelf(): { readonly cpuNanoSeconds: number; readonly memoryBytes: number } {
  const { user, system } = process.cpuUsage();
  return { cpuNanoSeconds: (user + system) * 1000, memoryBytes: process.memoryUsage.rss() };
}
