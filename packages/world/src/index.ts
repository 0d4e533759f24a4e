export { createInProcessNetwork } from './real/in-process-network.js';
export { createRealWorld } from './real/index.js';
export { identityOf } from './real/network.adapter.js';
export type { DiskFaults } from './simulated/disk.js';
export type { WireFaults } from './simulated/network.js';
export { createSimulation, Simulation, type SimulationOptions } from './simulated/simulation.js';
export { resizeCommand, terminalCommand, terminalReport } from './terminal-command.js';
export * from './world.js';
