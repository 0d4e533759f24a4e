/** For tests of what stands on an apiserver: its store in memory. Not part of the service. */
export { MemoryStore } from './memory-store.js';
