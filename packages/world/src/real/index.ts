import type { World } from '../world.js';
import { realDisk } from './disk.adapter.js';
import { realNetwork } from './network.adapter.js';
import { realProcesses } from './processes.adapter.js';
import { realRandom } from './random.adapter.js';
import { realClock, realTimers } from './time.adapter.js';

/** This machine, as it is. `host` only names it in logs and traces. */
export function createRealWorld(options: { readonly host: string }): World {
  return {
    host: options.host,
    clock: realClock,
    timers: realTimers,
    random: realRandom,
    network: realNetwork,
    disk: realDisk,
    processes: realProcesses,
  };
}
