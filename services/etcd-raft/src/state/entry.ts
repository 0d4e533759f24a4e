import { ByteReader, BytesError, ByteWriter, type LeaseId, type MemberId } from '@kubelab/store';
import type { Traceparent } from '@kubelab/telemetry';
import type { AlarmType, Permission } from '../etcd-server.js';

/** On whose behalf an entry was proposed. Permissions are checked when it is applied: alike on every member. */
export interface Origin {
  readonly trace: Traceparent | undefined;
  /** Undefined where nobody was named: refused by what needs a user while auth is enabled. */
  readonly user: string | undefined;
  /** Of the member that admitted the request; an older one than the state's is refused (`authOldRevision`). */
  readonly authRevision: number;
  /** By the cluster itself (expiry of leases, its own alarms): no user is asked for. */
  readonly internal: boolean;
}

export type AuthOperation =
  /** Tokens are signed with the key; a new one makes all earlier tokens invalid. */
  | { readonly type: 'enable'; readonly tokenKey: Uint8Array }
  | { readonly type: 'disable' }
  /** `passwordHash` '': no password, the user is known by its certificate only. */
  | { readonly type: 'userAdd'; readonly user: string; readonly passwordHash: string }
  | { readonly type: 'userDelete'; readonly user: string }
  | { readonly type: 'userChangePassword'; readonly user: string; readonly passwordHash: string }
  | { readonly type: 'userGrantRole'; readonly user: string; readonly role: string }
  | { readonly type: 'userRevokeRole'; readonly user: string; readonly role: string }
  | { readonly type: 'roleAdd'; readonly role: string }
  | { readonly type: 'roleDelete'; readonly role: string }
  | { readonly type: 'roleGrantPermission'; readonly role: string; readonly permission: Permission }
  | {
      readonly type: 'roleRevokePermission';
      readonly role: string;
      readonly key: Uint8Array;
      readonly rangeEnd?: Uint8Array;
    };

export interface LeaseCheckpoint {
  readonly id: LeaseId;
  /** Whole seconds; 0: a full ttl. */
  readonly remainingTtl: number;
}

export type Command =
  /** As encodeTxn() wrote it. */
  | { readonly type: 'txn'; readonly request: Uint8Array }
  | { readonly type: 'compact'; readonly revision: number }
  | { readonly type: 'leaseGrant'; readonly id: LeaseId; readonly ttl: number }
  | { readonly type: 'leaseRevoke'; readonly id: LeaseId }
  | { readonly type: 'leaseCheckpoint'; readonly checkpoints: readonly LeaseCheckpoint[] }
  | {
      readonly type: 'alarm';
      readonly action: 'activate' | 'deactivate';
      readonly memberId: MemberId;
      readonly alarm: AlarmType;
    }
  | { readonly type: 'auth'; readonly operation: AuthOperation }
  /** A member has started and says how it is called and where its clients reach it. */
  | {
      readonly type: 'memberPublish';
      readonly id: MemberId;
      readonly name: string;
      readonly clientUrls: readonly string[];
    }
  | { readonly type: 'memberUpdate'; readonly id: MemberId; readonly peerUrls: readonly string[] };

/** In the order of their tags, from 1 on. Part of the log's format: append only. */
const commandTypes = [
  'txn',
  'compact',
  'leaseGrant',
  'leaseRevoke',
  'leaseCheckpoint',
  'alarm',
  'auth',
  'memberPublish',
  'memberUpdate',
] as const satisfies readonly Command['type'][];

const authTypes = [
  'enable',
  'disable',
  'userAdd',
  'userDelete',
  'userChangePassword',
  'userGrantRole',
  'userRevokeRole',
  'roleAdd',
  'roleDelete',
  'roleGrantPermission',
  'roleRevokePermission',
] as const satisfies readonly AuthOperation['type'][];

const alarmTypes = ['none', 'noSpace', 'corrupt'] as const satisfies readonly AlarmType[];
const permissionTypes = ['read', 'write', 'readWrite'] as const satisfies readonly Permission['type'][];

const hasTrace = 1;
const hasUser = 2;
const isInternal = 4;

/** A transaction is laid behind the head as it is: one copy, nothing encoded again. */
export function encodeTxnEntry(request: Uint8Array, origin: Origin): Uint8Array {
  const head = begin('txn', origin, 96).finish();
  const entry = new Uint8Array(head.byteLength + request.byteLength);
  entry.set(head);
  entry.set(request, head.byteLength);
  return entry;
}

/** Tag, flags, what the flags say (trace, user and auth revision), content. */
export function encodeEntry(command: Command, origin: Origin): Uint8Array {
  if (command.type === 'txn') return encodeTxnEntry(command.request, origin);
  const writer = begin(command.type, origin, 128);
  writeCommand(writer, command);
  return writer.finish();
}

function begin(type: Command['type'], origin: Origin, sizeHint: number): ByteWriter {
  const { trace, user, authRevision, internal } = origin;
  const writer = new ByteWriter(sizeHint).u8(commandTypes.indexOf(type) + 1);
  writer.u8(
    (trace === undefined ? 0 : hasTrace) | (user === undefined ? 0 : hasUser) | (internal ? isInternal : 0),
  );
  if (trace !== undefined) writer.text(trace);
  if (user !== undefined) writer.text(user).uint(authRevision);
  return writer;
}

function writeCommand(writer: ByteWriter, command: Exclude<Command, { type: 'txn' }>): void {
  switch (command.type) {
    case 'compact':
      writer.uint(command.revision);
      return;
    case 'leaseGrant':
      writer.bigUint(command.id).uint(command.ttl);
      return;
    case 'leaseRevoke':
      writer.bigUint(command.id);
      return;
    case 'leaseCheckpoint':
      writer.uint(command.checkpoints.length);
      for (const { id, remainingTtl } of command.checkpoints) writer.bigUint(id).uint(remainingTtl);
      return;
    case 'alarm':
      writer.u8(command.action === 'activate' ? 1 : 0).text(command.memberId);
      writer.u8(alarmTypes.indexOf(command.alarm));
      return;
    case 'auth':
      writeAuth(writer, command.operation);
      return;
    case 'memberPublish':
      writeTexts(writer.text(command.id).text(command.name), command.clientUrls);
      return;
    case 'memberUpdate':
      writeTexts(writer.text(command.id), command.peerUrls);
      return;
    default:
      command satisfies never;
  }
}

function writeAuth(writer: ByteWriter, operation: AuthOperation): void {
  writer.u8(authTypes.indexOf(operation.type));
  switch (operation.type) {
    case 'enable':
      writer.bytes(operation.tokenKey);
      return;
    case 'disable':
      return;
    case 'userAdd':
    case 'userChangePassword':
      writer.text(operation.user).text(operation.passwordHash);
      return;
    case 'userDelete':
      writer.text(operation.user);
      return;
    case 'userGrantRole':
    case 'userRevokeRole':
      writer.text(operation.user).text(operation.role);
      return;
    case 'roleAdd':
    case 'roleDelete':
      writer.text(operation.role);
      return;
    case 'roleGrantPermission':
      writePermission(writer.text(operation.role), operation.permission);
      return;
    case 'roleRevokePermission':
      writeRange(writer.text(operation.role), operation);
      return;
    default:
      operation satisfies never;
  }
}

/** Throws BytesError for anything else: a log that holds it is of another version or damaged, and a member must not guess. */
export function decodeEntry(data: Uint8Array): { readonly command: Command; readonly origin: Origin } {
  const reader = new ByteReader(data);
  const type = pick(commandTypes, reader.u8() - 1, 'entry');
  const flags = reader.flags(hasTrace | hasUser | isInternal);
  const trace = (flags & hasTrace) === 0 ? undefined : reader.text();
  const user = (flags & hasUser) === 0 ? undefined : reader.text();
  const authRevision = user === undefined ? 0 : reader.uint();
  const origin = { trace, user, authRevision, internal: (flags & isInternal) !== 0 };
  const command = readCommand(reader, type);
  if (!reader.done) throw new BytesError('bytes left over in an entry');
  return { command, origin };
}

function readCommand(reader: ByteReader, type: Command['type']): Command {
  switch (type) {
    case 'txn':
      return { type, request: reader.rest() };
    case 'compact':
      return { type, revision: reader.uint() };
    case 'leaseGrant':
      return { type, id: reader.bigUint(), ttl: reader.uint() };
    case 'leaseRevoke':
      return { type, id: reader.bigUint() };
    case 'leaseCheckpoint': {
      const one = () => ({ id: reader.bigUint(), remainingTtl: reader.uint() });
      return { type, checkpoints: Array.from({ length: reader.count() }, one) };
    }
    case 'alarm': {
      const action = reader.flags(1) === 1 ? 'activate' : 'deactivate';
      return { type, action, memberId: reader.text(), alarm: pick(alarmTypes, reader.u8(), 'alarm') };
    }
    case 'auth':
      return { type, operation: readAuth(reader) };
    case 'memberPublish':
      return { type, id: reader.text(), name: reader.text(), clientUrls: readTexts(reader) };
    case 'memberUpdate':
      return { type, id: reader.text(), peerUrls: readTexts(reader) };
    default:
      return type satisfies never;
  }
}

function readAuth(reader: ByteReader): AuthOperation {
  const type = pick(authTypes, reader.u8(), 'auth operation');
  switch (type) {
    case 'enable':
      return { type, tokenKey: reader.bytes() };
    case 'disable':
      return { type };
    case 'userAdd':
    case 'userChangePassword':
      return { type, user: reader.text(), passwordHash: reader.text() };
    case 'userDelete':
      return { type, user: reader.text() };
    case 'userGrantRole':
    case 'userRevokeRole':
      return { type, user: reader.text(), role: reader.text() };
    case 'roleAdd':
    case 'roleDelete':
      return { type, role: reader.text() };
    case 'roleGrantPermission':
      return { type, role: reader.text(), permission: readPermission(reader) };
    case 'roleRevokePermission':
      return { type, role: reader.text(), ...readRange(reader) };
    default:
      return type satisfies never;
  }
}

export function writePermission(writer: ByteWriter, permission: Permission): void {
  writeRange(writer.u8(permissionTypes.indexOf(permission.type)), permission);
}

export function readPermission(reader: ByteReader): Permission {
  const type = pick(permissionTypes, reader.u8(), 'permission');
  return { type, ...readRange(reader) };
}

interface Range {
  readonly key: Uint8Array;
  readonly rangeEnd?: Uint8Array;
}

function writeRange(writer: ByteWriter, { key, rangeEnd }: Range): void {
  writer.bytes(key);
  if (rangeEnd === undefined) writer.u8(0);
  else writer.u8(1).bytes(rangeEnd);
}

function readRange(reader: ByteReader): Range {
  const key = reader.bytes();
  return reader.flags(1) === 0 ? { key } : { key, rangeEnd: reader.bytes() };
}

export function writeTexts(writer: ByteWriter, texts: readonly string[]): void {
  writer.uint(texts.length);
  for (const text of texts) writer.text(text);
}

export function readTexts(reader: ByteReader): readonly string[] {
  return Array.from({ length: reader.count() }, () => reader.text());
}

function pick<T>(options: readonly T[], index: number, what: string): T {
  const found = options[index];
  if (found === undefined) throw new BytesError(`${what} of unknown kind ${index}`);
  return found;
}
