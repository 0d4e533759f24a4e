import {
  ByteReader,
  ByteWriter,
  compareKeys,
  invalidArgument,
  type KeyRange,
  type StoreError,
  storeError,
} from '@kubelab/store';
import type { Permission } from '../etcd-server.js';
import type { BackendMeta } from '../mvcc/backend.js';
import { type AuthOperation, readPermission, readTexts, writePermission, writeTexts } from './entry.js';
import { covers, isValidRange, mergePermissions, type RangePermissions } from './permissions.js';

export interface User {
  readonly name: string;
  /** '': without a password; known by its certificate only. */
  readonly passwordHash: string;
  /** Auth revision of its creation or last new password: tokens from before it are worth nothing. */
  readonly passwordRevision: number;
  readonly roles: readonly string[];
}

export interface Role {
  readonly name: string;
  readonly permissions: readonly Permission[];
}

/** As whom a request is made. */
export interface Principal {
  readonly user: string | undefined;
  readonly authRevision: number;
  readonly internal: boolean;
}

/** The user that must exist, and the role that may everything. */
export const rootName = 'root';

const userPrefix = 'auth/user/';
const rolePrefix = 'auth/role/';
const stateKey = 'auth/state';

const everything: Permission = { type: 'readWrite', key: new Uint8Array(0), rangeEnd: new Uint8Array([0]) };

/**
 * Users, roles and what they may, as etcd has them (server/auth/store.go). Replicated: changed by apply() only, and alike on
 * every member. `revision` goes up with each change: a request that was admitted under an older one is refused, so that
 * nothing taken away is used afterwards.
 */
export class AuthStore {
  readonly #meta: () => BackendMeta;
  readonly #users = new Map<string, User>();
  readonly #roles = new Map<string, Role>();
  readonly #merged = new Map<string, RangePermissions>();
  #enabled = false;
  #revision = 1;
  #tokenKey: Uint8Array = new Uint8Array(0);

  constructor(meta: () => BackendMeta) {
    this.#meta = meta;
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Of the time since auth was enabled last. */
  get tokenKey(): Uint8Array {
    return this.#tokenKey;
  }

  load(): void {
    this.#users.clear();
    this.#roles.clear();
    this.#merged.clear();
    const meta = this.#meta();
    const state = meta.get(stateKey);
    const reader = state === undefined ? undefined : new ByteReader(state);
    this.#enabled = reader?.flags(1) === 1;
    this.#revision = reader?.uint() ?? 1;
    this.#tokenKey = new Uint8Array(reader?.bytes() ?? []);
    for (const [key, value] of meta.entries(userPrefix)) {
      const name = key.slice(userPrefix.length);
      this.#users.set(name, readUser(name, new ByteReader(value)));
    }
    for (const [key, value] of meta.entries(rolePrefix)) {
      const name = key.slice(rolePrefix.length);
      this.#roles.set(name, readRole(name, new ByteReader(new Uint8Array(value))));
    }
  }

  /** Another cluster goes on with these users and roles. */
  begin(state: {
    readonly enabled: boolean;
    readonly revision: number;
    readonly tokenKey: Uint8Array;
  }): void {
    this.#enabled = state.enabled;
    this.#revision = Math.max(1, state.revision);
    this.#tokenKey = new Uint8Array(state.tokenKey);
    this.#saveState();
  }

  user(name: string): User | undefined {
    return this.#users.get(name);
  }

  /** The role root may everything, whatever it was granted. */
  role(name: string): Role | undefined {
    const role = this.#roles.get(name);
    return role === undefined || name !== rootName ? role : { name, permissions: [everything] };
  }

  users(): readonly string[] {
    return [...this.#users.keys()].sort();
  }

  roles(): readonly string[] {
    return [...this.#roles.keys()].sort();
  }

  /* ------------------------------------------------------------ who may what */

  /** Refuses who is nobody, unknown, or was admitted before the last change. */
  checkUser(principal: Principal): StoreError | undefined {
    const found = this.#find(principal);
    return 'error' in found ? found.error : undefined;
  }

  checkAdmin(principal: Principal): StoreError | undefined {
    const found = this.#find(principal);
    if ('error' in found) return found.error;
    return found.user === undefined || isRoot(found.user) ? undefined : storeError('permissionDenied');
  }

  checkRange(principal: Principal, range: KeyRange, wanted: 'read' | 'write'): StoreError | undefined {
    const found = this.#find(principal);
    if ('error' in found) return found.error;
    if (found.user === undefined || isRoot(found.user)) return undefined;
    const permitted = covers(this.#permissions(found.user)[wanted], range);
    return permitted ? undefined : storeError('permissionDenied');
  }

  /** `user` undefined: nobody is asked for. */
  #find(principal: Principal): { readonly user: User | undefined } | { readonly error: StoreError } {
    if (!this.#enabled || principal.internal) return { user: undefined };
    if (principal.user === undefined || principal.user === '') return { error: storeError('userEmpty') };
    if (principal.authRevision < this.#revision) return { error: storeError('authOldRevision') };
    const user = this.#users.get(principal.user);
    return user === undefined ? { error: storeError('permissionDenied') } : { user };
  }

  #permissions(user: User): RangePermissions {
    const known = this.#merged.get(user.name);
    if (known !== undefined) return known;
    const merged = mergePermissions(user.roles.flatMap((role) => this.#roles.get(role)?.permissions ?? []));
    this.#merged.set(user.name, merged);
    return merged;
  }

  /* ------------------------------------------------------------ changes */

  /** What is refused changes nothing. */
  apply(operation: AuthOperation): StoreError | undefined {
    switch (operation.type) {
      case 'enable':
        return this.#enable(operation.tokenKey);
      case 'disable':
        return this.#disable();
      case 'userAdd':
        return this.#userAdd(operation);
      case 'userDelete':
        return this.#userDelete(operation.user);
      case 'userChangePassword':
        return this.#userChangePassword(operation);
      case 'userGrantRole':
        return this.#userGrantRole(operation);
      case 'userRevokeRole':
        return this.#userRevokeRole(operation);
      case 'roleAdd':
        return this.#roleAdd(operation.role);
      case 'roleDelete':
        return this.#roleDelete(operation.role);
      case 'roleGrantPermission':
        return this.#roleGrantPermission(operation);
      case 'roleRevokePermission':
        return this.#roleRevokePermission(operation);
      default:
        return operation satisfies never;
    }
  }

  #enable(tokenKey: Uint8Array): StoreError | undefined {
    if (this.#enabled) return undefined;
    const root = this.#users.get(rootName);
    if (root === undefined) return storeError('rootUserMissing');
    if (!isRoot(root)) return storeError('rootRoleMissing');
    this.#enabled = true;
    this.#tokenKey = new Uint8Array(tokenKey);
    this.#saveState();
    return undefined;
  }

  #disable(): undefined {
    if (!this.#enabled) return;
    this.#enabled = false;
    this.#changed();
  }

  #userAdd({
    user: name,
    passwordHash,
  }: AuthOperation & { readonly type: 'userAdd' }): StoreError | undefined {
    if (name === '') return storeError('userEmpty');
    if (this.#users.has(name)) return storeError('userExists');
    this.#changed();
    this.#saveUser({ name, passwordHash, passwordRevision: this.#revision, roles: [] });
    return undefined;
  }

  #userDelete(name: string): StoreError | undefined {
    if (this.#enabled && name === rootName) return invalidManagement();
    if (!this.#users.delete(name)) return storeError('userNotFound');
    this.#meta().delete(userPrefix + name);
    this.#changed();
    return undefined;
  }

  #userChangePassword(
    operation: AuthOperation & { readonly type: 'userChangePassword' },
  ): StoreError | undefined {
    const user = this.#users.get(operation.user);
    if (user === undefined) return storeError('userNotFound');
    this.#changed();
    const { passwordHash } = operation;
    this.#saveUser({ ...user, passwordHash, passwordRevision: this.#revision });
    return undefined;
  }

  #userGrantRole({
    user: name,
    role,
  }: {
    readonly user: string;
    readonly role: string;
  }): StoreError | undefined {
    const user = this.#users.get(name);
    if (user === undefined) return storeError('userNotFound');
    // The role root needs no definition: what it may is known.
    if (role !== rootName && !this.#roles.has(role)) return storeError('roleNotFound');
    if (user.roles.includes(role)) return undefined;
    this.#changed();
    this.#saveUser({ ...user, roles: [...user.roles, role].sort() });
    return undefined;
  }

  #userRevokeRole({
    user: name,
    role,
  }: {
    readonly user: string;
    readonly role: string;
  }): StoreError | undefined {
    if (this.#enabled && name === rootName && role === rootName) return invalidManagement();
    const user = this.#users.get(name);
    if (user === undefined) return storeError('userNotFound');
    if (!user.roles.includes(role)) return storeError('roleNotGranted');
    this.#changed();
    this.#saveUser({ ...user, roles: user.roles.filter((one) => one !== role) });
    return undefined;
  }

  #roleAdd(name: string): StoreError | undefined {
    if (name === '') return storeError('roleEmpty');
    if (this.#roles.has(name)) return storeError('roleExists');
    this.#changed();
    this.#saveRole({ name, permissions: [] });
    return undefined;
  }

  #roleDelete(name: string): StoreError | undefined {
    if (this.#enabled && name === rootName) return invalidManagement();
    if (!this.#roles.delete(name)) return storeError('roleNotFound');
    this.#meta().delete(rolePrefix + name);
    for (const user of this.#users.values())
      if (user.roles.includes(name))
        this.#saveUser({ ...user, roles: user.roles.filter((role) => role !== name) });
    this.#changed();
    return undefined;
  }

  #roleGrantPermission(
    operation: AuthOperation & { readonly type: 'roleGrantPermission' },
  ): StoreError | undefined {
    if (!isValidRange(operation.permission)) return invalidManagement();
    const role = this.#roles.get(operation.role);
    if (role === undefined) return storeError('roleNotFound');
    const permission = copied(operation.permission);
    const others = role.permissions.filter((one) => !sameRange(one, permission));
    this.#changed();
    const permissions = [...others, permission].sort(compareRanges);
    this.#saveRole({ ...role, permissions });
    return undefined;
  }

  #roleRevokePermission(
    operation: AuthOperation & { readonly type: 'roleRevokePermission' },
  ): StoreError | undefined {
    const role = this.#roles.get(operation.role);
    if (role === undefined) return storeError('roleNotFound');
    const permissions = role.permissions.filter((one) => !sameRange(one, operation));
    if (permissions.length === role.permissions.length) return storeError('permissionNotGranted');
    this.#changed();
    this.#saveRole({ ...role, permissions });
    return undefined;
  }

  #changed(): void {
    this.#revision += 1;
    this.#merged.clear();
    this.#saveState();
  }

  #saveState(): void {
    const writer = new ByteWriter(64).u8(this.#enabled ? 1 : 0).uint(this.#revision);
    this.#meta().put(stateKey, writer.bytes(this.#tokenKey).finish());
  }

  #saveUser(user: User): void {
    this.#users.set(user.name, user);
    const writer = new ByteWriter(160).text(user.passwordHash).uint(user.passwordRevision);
    writeTexts(writer, user.roles);
    this.#meta().put(userPrefix + user.name, writer.finish());
  }

  #saveRole(role: Role): void {
    this.#roles.set(role.name, role);
    const writer = new ByteWriter(160).uint(role.permissions.length);
    for (const permission of role.permissions) writePermission(writer, permission);
    this.#meta().put(rolePrefix + role.name, writer.finish());
  }
}

function readUser(name: string, reader: ByteReader): User {
  return {
    name,
    passwordHash: reader.text(),
    passwordRevision: reader.uint(),
    roles: readTexts(reader),
  };
}

function readRole(name: string, reader: ByteReader): Role {
  return { name, permissions: Array.from({ length: reader.count() }, () => readPermission(reader)) };
}

function isRoot(user: User): boolean {
  return user.roles.includes(rootName);
}

function invalidManagement(): StoreError {
  return invalidArgument('invalid auth management');
}

const noKey = new Uint8Array(0);

function sameRange(a: KeyRange, b: KeyRange): boolean {
  return compareRanges(a, b) === 0;
}

function compareRanges(a: KeyRange, b: KeyRange): number {
  return compareKeys(a.key, b.key) || compareKeys(a.rangeEnd ?? noKey, b.rangeEnd ?? noKey);
}

/** What came in an entry is a view of the log's memory. */
function copied({ type, key, rangeEnd }: Permission): Permission {
  const own = { type, key: new Uint8Array(key) };
  return rangeEnd === undefined ? own : { ...own, rangeEnd: new Uint8Array(rangeEnd) };
}
