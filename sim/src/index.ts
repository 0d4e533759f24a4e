export * from './checker/linearizability.js';
export { type RunResult, runSeed } from './run.js';
