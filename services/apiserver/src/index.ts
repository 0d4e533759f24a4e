export { ownTokenConfig } from './auth/tokens/index.js';
export type { ApiCall, ApiHandler, ApiReply } from './endpoints/contract.js';
export type { UserInfo } from './registry/context.js';
export { type ApiserverConfig, type RunningApiserver, serveApiserver, startApiserver } from './start.js';
export { createInProcessTransport } from './transport/in-process-transport.js';
