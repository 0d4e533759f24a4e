import { StoreError } from '@kubelab/store';
import { etcdServices } from '@kubelab/store/etcd';
import type { EtcdServer } from '../etcd-server.js';
import { type Call, unary } from './calls.js';

const { authMethods: methods } = etcdServices;

export function authCalls({ auth }: EtcdServer): readonly Call[] {
  return [
    unary(methods.enable, async (_request, caller) => ({ header: await auth.enable(caller) })),
    unary(methods.disable, async (_request, caller) => ({ header: await auth.disable(caller) })),
    unary(methods.status, (_request, caller) => auth.status(caller)),
    unary(methods.authenticate, ({ name, password }, caller) => auth.authenticate(name, password, caller)),
    unary(methods.userAdd, async ({ name, password, options }, caller) => ({
      header: await auth.userAdd({ name, password, noPassword: options?.noPassword ?? false }, caller),
    })),
    unary(methods.userGet, async ({ name }, caller) => {
      const { header, roles } = await auth.userGet(name, caller);
      return { header, names: roles };
    }),
    unary(methods.userList, async (_request, caller) => {
      const { header, users } = await auth.userList(caller);
      return { header, names: users };
    }),
    unary(methods.userDelete, async ({ name }, caller) => ({ header: await auth.userDelete(name, caller) })),
    unary(methods.userChangePassword, async ({ name, password }, caller) => ({
      header: await auth.userChangePassword(name, password, caller),
    })),
    unary(methods.userGrantRole, async ({ user, role }, caller) => ({
      header: await auth.userGrantRole(user, role, caller),
    })),
    unary(methods.userRevokeRole, async ({ user, role }, caller) => ({
      header: await auth.userRevokeRole(user, role, caller),
    })),
    ...roleCalls(auth),
  ];
}

function roleCalls(auth: EtcdServer['auth']): readonly Call[] {
  return [
    unary(methods.roleAdd, async ({ name }, caller) => ({ header: await auth.roleAdd(name, caller) })),
    unary(methods.roleGet, ({ name }, caller) => auth.roleGet(name, caller)),
    unary(methods.roleList, async (_request, caller) => {
      const { header, roles } = await auth.roleList(caller);
      return { header, names: roles };
    }),
    unary(methods.roleDelete, async ({ name }, caller) => ({ header: await auth.roleDelete(name, caller) })),
    unary(methods.roleGrantPermission, async ({ name, permission }, caller) => {
      if (permission === undefined)
        throw new StoreError('invalidArgument', 'etcdserver: permission not given');
      return { header: await auth.roleGrantPermission(name, permission, caller) };
    }),
    unary(methods.roleRevokePermission, async ({ role, ...range }, caller) => ({
      header: await auth.roleRevokePermission(role, range, caller),
    })),
  ];
}
