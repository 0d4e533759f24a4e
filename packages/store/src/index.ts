export { ByteReader, BytesError, ByteWriter } from './bytes.js';
export { connectStore, type StoreClientOptions } from './client.js';
export * from './codec.js';
export * from './contract.js';
export { describeStoreMessage } from './describe.js';
export { fromWireError, invalidArgument, storeError, toWireError } from './errors.js';
export { compareKeys, inRange, isUnbounded, prefixEnd } from './keys.js';
export * from './lease-codec.js';
