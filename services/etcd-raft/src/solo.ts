// Apart from index.ts, so that a test suite does not load what only a real member needs (gRPC, LMDB).
export { openSoloStore } from './server/solo.js';
