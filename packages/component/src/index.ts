export * from './contract.js';
export { type DebugOptions, debugService } from './debug-service.js';
export { FlagError, type FlagSpec, type Flags, helpText, parseFlags } from './flags.js';
export { type ComponentDefinition, commonFlags, runComponent } from './run.adapter.js';
