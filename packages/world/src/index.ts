export { createRealWorld } from './real/index.js';
export { identityOf } from './real/network.adapter.js';
export * from './world.js';
