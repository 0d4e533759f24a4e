import { type ResponseHeader, storeError } from '@kubelab/store';
import type { AuthServer, Caller } from '../etcd-server.js';
import type { AuthOperation } from '../state/entry.js';
import type { PasswordHasher } from '../state/passwords.adapter.js';
import { originOf, proposeFor, readBarrier, type ServerParts, throwIf } from './parts.js';

const tokenKeyBytes = 32;
const saltBytes = 16;

/** Users and roles for clients. Changes go through the log; passwords become hashes before. */
export function createAuthServer(parts: ServerParts, hasher: PasswordHasher): AuthServer {
  const { random } = parts.world;
  const change = (operation: AuthOperation, caller: Caller): Promise<ResponseHeader> =>
    proposeFor(parts, { type: 'auth', operation }, caller);
  const hashOf = (password: string) => hasher.hash(password, random.bytes(saltBytes));
  return {
    enable: (caller) => change({ type: 'enable', tokenKey: random.bytes(tokenKeyBytes) }, caller),
    disable: (caller) => change({ type: 'disable' }, caller),
    authenticate: (name, password) => authenticate(parts, hasher, { name, password }),
    userAdd: async ({ name, password, noPassword }, caller) => {
      if (name === '') throw storeError('userEmpty');
      await admitAdmin(parts, caller);
      const passwordHash = noPassword ? '' : await hashOf(password);
      return change({ type: 'userAdd', user: name, passwordHash }, caller);
    },
    userChangePassword: async (user, password, caller) => {
      await admitAdmin(parts, caller);
      const passwordHash = await hashOf(password);
      return change({ type: 'userChangePassword', user, passwordHash }, caller);
    },
    userDelete: (user, caller) => change({ type: 'userDelete', user }, caller),
    userGrantRole: (user, role, caller) => change({ type: 'userGrantRole', user, role }, caller),
    userRevokeRole: (user, role, caller) => change({ type: 'userRevokeRole', user, role }, caller),
    roleAdd: (role, caller) => change({ type: 'roleAdd', role }, caller),
    roleDelete: (role, caller) => change({ type: 'roleDelete', role }, caller),
    roleGrantPermission: (role, permission, caller) =>
      change({ type: 'roleGrantPermission', role, permission }, caller),
    roleRevokePermission: (role, range, caller) =>
      change({ type: 'roleRevokePermission', role, ...range }, caller),
    ...reads(parts),
  };
}

/** Before a password is hashed for somebody: it takes a while. */
async function admitAdmin(parts: ServerParts, caller: Caller): Promise<void> {
  await readBarrier(parts);
  throwIf(parts.state.auth.checkAdmin(originOf(parts, caller)));
}

function reads(
  parts: ServerParts,
): Pick<AuthServer, 'status' | 'userGet' | 'userList' | 'roleGet' | 'roleList'> {
  const { auth } = parts.state;
  /** `own`: what a user may ask about itself. */
  const admit = async (caller: Caller, own: (user: string) => boolean = () => false) => {
    await readBarrier(parts);
    const origin = originOf(parts, caller);
    const refused = auth.checkAdmin(origin);
    if (refused?.code === 'permissionDenied' && origin.user !== undefined && own(origin.user)) return;
    throwIf(refused);
  };
  return {
    status: async (caller) => {
      await admit(caller, () => true);
      return { header: parts.header(), enabled: auth.enabled, authRevision: auth.revision };
    },
    userGet: async (name, caller) => {
      await admit(caller, (user) => user === name);
      const user = auth.user(name);
      if (user === undefined) throw storeError('userNotFound');
      return { header: parts.header(), roles: user.roles };
    },
    userList: async (caller) => {
      await admit(caller);
      return { header: parts.header(), users: auth.users() };
    },
    roleGet: async (name, caller) => {
      await admit(caller, (user) => auth.user(user)?.roles.includes(name) === true);
      const role = auth.role(name);
      if (role === undefined) throw storeError('roleNotFound');
      return { header: parts.header(), permissions: role.permissions };
    },
    roleList: async (caller) => {
      await admit(caller);
      return { header: parts.header(), roles: auth.roles() };
    },
  };
}

/** Whether a user exists cannot be told from the answer, nor from how long it takes. */
async function authenticate(
  parts: ServerParts,
  hasher: PasswordHasher,
  { name, password }: { readonly name: string; readonly password: string },
): Promise<{ readonly header: ResponseHeader; readonly token: string }> {
  const { auth } = parts.state;
  await readBarrier(parts);
  for (;;) {
    if (!auth.enabled) throw storeError('authNotEnabled');
    const passwordHash = auth.user(name)?.passwordHash ?? '';
    const matches = await hasher.matches(password, passwordHash);
    // It took a while: the password may be another by now.
    if ((auth.user(name)?.passwordHash ?? '') !== passwordHash) continue;
    if (!auth.enabled) throw storeError('authNotEnabled');
    if (!matches) throw storeError('authFailed');
    return { header: parts.header(), token: parts.tokens.issue(name, parts.world.clock.nowMs()) };
  }
}
