export { stopAllPods } from './cleanup.js';
export type { ContainerRuntime } from './runtime/cri.js';
export { ProcessRuntime, type ProcessRuntimeOptions } from './runtime/process/runtime.js';
export { type KubeletConfig, startKubelet } from './start.js';
