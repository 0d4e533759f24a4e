import { DiskError, type World } from '@kubelab/world';
import type { MachineUse } from './machine.adapter.js';

/** Kubernetes' default for memory; for the disk an amount instead of a share, since what is free is all that is asked for. */
const memoryBytesMin = 100 * 2 ** 20;
const diskBytesMin = 512 * 2 ** 20;
const processesShareMax = 0.9;

export interface Pressure {
  readonly type: 'MemoryPressure' | 'DiskPressure' | 'PIDPressure';
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** The node's conditions of pressure, measured. */
export async function pressures(
  world: World,
  parts: { readonly dataDirectory: string; readonly use: MachineUse },
): Promise<Pressure[]> {
  const { availableMemoryBytes, processes, processesMax } = parts.use;
  const freeBytes = await freeDisk(world, parts.dataDirectory);
  const share = processes === undefined || processesMax === undefined ? undefined : processes / processesMax;
  return [
    pressure(
      'MemoryPressure',
      availableMemoryBytes < memoryBytesMin,
      'Memory',
      'sufficient memory available',
    ),
    pressure(
      'DiskPressure',
      freeBytes === undefined ? undefined : freeBytes < diskBytesMin,
      'Disk',
      'no disk pressure',
    ),
    pressure(
      'PIDPressure',
      share === undefined ? undefined : share > processesShareMax,
      'PID',
      'sufficient PID available',
    ),
  ];
}

async function freeDisk(world: World, directory: string): Promise<number | undefined> {
  try {
    return await world.disk.freeBytes(directory);
  } catch (error) {
    if (error instanceof DiskError) return undefined;
    throw error;
  }
}

function pressure(type: Pressure['type'], holds: boolean | undefined, what: string, well: string): Pressure {
  if (holds === undefined)
    return {
      type,
      status: 'Unknown',
      reason: `Kubelet${what}NotMeasured`,
      message: 'kubelet cannot measure it here',
    };
  const fine = what === 'Disk' ? 'KubeletHasNoDiskPressure' : `KubeletHasSufficient${what}`;
  if (!holds) return { type, status: 'False', reason: fine, message: `kubelet has ${well}` };
  return {
    type,
    status: 'True',
    reason: `KubeletHas${what}Pressure`,
    message: `kubelet has ${what.toLowerCase()} pressure`,
  };
}
