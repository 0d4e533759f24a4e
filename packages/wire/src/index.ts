export { dialWire } from './client.js';
export * from './contract.js';
export { limits } from './limits.js';
export { createLinks } from './links.js';
export { serveWire } from './server.js';
