import { DiskError, type World } from '@kubelab/world';
import type { Signal, Threshold } from './eviction.js';
import type { MachineUse } from './machine.adapter.js';

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
  parts: {
    readonly dataDirectory: string;
    readonly use: MachineUse;
    readonly thresholds: readonly Threshold[];
  },
): Promise<Pressure[]> {
  const { availableMemoryBytes, processes, processesMax } = parts.use;
  const minimum = (signal: Signal) => parts.thresholds.find((one) => one.signal === signal)?.bytes ?? 0;
  const freeBytes = await freeDisk(world, parts.dataDirectory);
  const share = processes === undefined || processesMax === undefined ? undefined : processes / processesMax;
  return [
    pressure(
      'MemoryPressure',
      availableMemoryBytes < minimum('memory.available'),
      'Memory',
      'sufficient memory available',
    ),
    pressure(
      'DiskPressure',
      freeBytes === undefined ? undefined : freeBytes < minimum('nodefs.available'),
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

export async function freeDisk(world: World, directory: string): Promise<number | undefined> {
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
