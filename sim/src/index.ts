export * from './checker/linearizability.js';
