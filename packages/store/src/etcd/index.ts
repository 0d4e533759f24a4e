export { connectEtcd, type EtcdContext, type EtcdOptions } from './client.js';
export * as etcdMessages from './messages.js';
export type { Message, MessageInput, MessageType } from './protobuf.js';
export * as protobuf from './protobuf.js';
export { ProtobufError } from './protobuf.js';
export type { Method } from './services.js';
export * as etcdServices from './services.js';
export { fromGrpcStatus, type GrpcStatus, grpcCodes, grpcErrorText, toGrpcStatus } from './status.js';
export { checkRange, fromTxnResponse, toDeleteRange, toPut, toTxn } from './translate.js';
