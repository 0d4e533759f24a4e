import type { ClusterRole, ClusterRoleBinding } from '@kubelab/api';
import { createRealWorld } from '@kubelab/world';
import t from 'tap';
import { bootstrapRoles } from '../src/auth/bootstrap.js';
import { ruleOf } from '../src/auth/roles/rules.js';
import { reconciledBinding, reconciledRole } from '../src/registry/reconcile-rbac.js';
import { eventually, readyServer } from './harness.js';
import { openTestStore } from './test-store.js';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const autoupdate = 'rbac.authorization.kubernetes.io/autoupdate';

const role = (lines: readonly string[], annotations: Record<string, string> = {}): ClusterRole => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'r', labels: {}, annotations },
  rules: lines.map(ruleOf),
});

const binding = (name: string, users: readonly string[], annotations: Record<string, string> = {}) =>
  ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'b', labels: {}, annotations },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: users.map((user) => ({ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' })),
  }) satisfies ClusterRoleBinding;

t.test('a line is a rule', (t) => {
  t.same(ruleOf('read | - | pods pods/log'), {
    apiGroups: [''],
    resources: ['pods', 'pods/log'],
    verbs: ['get', 'list', 'watch'],
  });
  t.same(ruleOf('get update | coordination.k8s.io | leases | me'), {
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    resourceNames: ['me'],
    verbs: ['get', 'update'],
  });
  t.same(ruleOf('get | /version /api/*'), { nonResourceURLs: ['/api/*', '/version'], verbs: ['get'] });
  t.end();
});

t.test('what is missing is added, what was added stays, what is guarded is left alone', (t) => {
  const wanted = role(['read | - | pods', 'get | - | nodes']);
  const partial = role(['get | - | pods', 'get | - | secrets']);
  t.same(reconciledRole(partial, wanted).rules, [
    ...(role(['get | - | pods', 'get | - | secrets', 'read | - | pods', 'get | - | nodes']).rules ?? []),
  ]);
  const wider = role(['* | - | *']);
  t.equal(reconciledRole(wider, wanted), wider, 'a wider rule covers it');
  const guarded = role([], { [autoupdate]: 'false' });
  t.equal(reconciledRole(guarded, wanted), guarded);
  t.same(
    reconciledBinding(binding('view', ['ann']), binding('view', ['bob']))?.subjects?.map(({ name }) => name),
    ['ann', 'bob'],
  );
  t.equal(reconciledBinding(binding('edit', []), binding('view', [])), undefined, 'another role: made anew');
  const kept = binding('edit', [], { [autoupdate]: 'false' });
  t.equal(reconciledBinding(kept, binding('view', [])), kept);
  t.end();
});

t.test('an apiserver that starts mends the roles of its cluster', async (t) => {
  const store = await openTestStore(createRealWorld({ host: 'test' }));
  const first = await readyServer(store);
  const { call } = first;
  const merge = { 'content-type': 'application/merge-patch+json' };
  const extra = { apiGroups: ['acme.com'], resources: ['things'], verbs: ['get'] };
  await call('PATCH', `${rbac}/clusterroles/system:node-proxier`, {
    headers: merge,
    body: { rules: [extra] },
  });
  await call('PATCH', `${rbac}/clusterroles/system:kube-dns`, {
    headers: merge,
    body: { metadata: { annotations: { [autoupdate]: 'false' } }, rules: [] },
  });
  await call('DELETE', `${rbac}/clusterrolebindings/system:discovery`);
  await call('PATCH', `${rbac}/clusterrolebindings/system:basic-user`, {
    headers: merge,
    body: { subjects: [{ kind: 'User', name: 'ann', apiGroup: 'rbac.authorization.k8s.io' }] },
  });
  const second = await readyServer(store, 'apiserver-1');
  t.teardown(async () => {
    await second.stop();
    await first.stop();
  });
  const get = async (path: string) => second.call('GET', `${rbac}/${path}`);
  const wanted = bootstrapRoles.find(({ metadata }) => metadata.name === 'system:node-proxier')?.rules ?? [];
  t.same((await get('clusterroles/system:node-proxier')).at('rules'), [extra, ...wanted]);
  t.same((await get('clusterroles/system:kube-dns')).at('rules') ?? [], []);
  t.equal((await get('clusterrolebindings/system:discovery')).code, 200);
  t.match((await get('clusterrolebindings/system:basic-user')).at('subjects'), [
    { name: 'ann' },
    { name: 'system:authenticated' },
  ]);
  await eventually('seen', async () => (await get('clusterrolebindings')).code === 200);
});
