import { arch, cpus, platform, release, totalmem } from 'node:os';

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
