import { createRealWorld } from '@kubelab/world';
import t from 'tap';
import { uncovered } from '../src/auth/escalation.js';
import type { UserInfo } from '../src/index.js';
import { eventually, readyServer } from './harness.js';
import { openTestStore } from './test-store.js';

const user = (name: string, ...groups: string[]): UserInfo => ({
  name,
  groups: [...groups, 'system:authenticated'],
});
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const pod = (name: string, more: object = {}) => ({
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'nginx:1' }], ...more },
});

t.test('who is ready knows the roles, however late the store tells of what it wrote', async (t) => {
  const store = await openTestStore(createRealWorld({ host: 'test' }));
  // Of each answer, one after the other: what is written at start comes a second late or two.
  store.watchDelayMs = 5;
  const server = await readyServer(store);
  t.teardown(() => server.stop());
  const { code } = await server.call('GET', '/api/v1/pods', { user: user('system:kube-scheduler') });
  t.equal(code, 200);
});

t.test('authorization', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const { call } = server;

  t.test('who may what, of those that every cluster has', async (t) => {
    const scheduler = user('system:kube-scheduler');
    const proxy = user('system:kube-proxy');
    const node = user('system:node:node-1', 'system:nodes');
    const nobody: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] };
    const table = [
      [scheduler, 'GET', '/api/v1/pods', 200],
      [scheduler, 'GET', '/api/v1/namespaces/default/secrets', 403],
      [scheduler, 'POST', '/api/v1/namespaces/default/configmaps', 403],
      [proxy, 'GET', '/apis/discovery.k8s.io/v1/endpointslices', 200],
      [proxy, 'GET', '/api/v1/pods', 403],
      [node, 'GET', '/api/v1/pods', 403],
      [node, 'GET', '/api/v1/namespaces/default/secrets/hidden', 403],
      [node, 'DELETE', '/api/v1/nodes/node-2', 403],
      [nobody, 'GET', '/version', 200],
      [nobody, 'GET', '/readyz', 200],
      [nobody, 'GET', '/apis', 403],
      [nobody, 'GET', '/metrics', 403],
      [user('somebody'), 'GET', '/apis', 200],
      [user('somebody'), 'GET', '/api/v1/pods', 403],
    ] as const;
    for (const [who, method, path, code] of table)
      t.equal((await call(method, path, { user: who })).code, code, `${who.name} ${method} ${path}`);
  });

  t.test('refusals are worded as in Kubernetes', async (t) => {
    const somebody = user('somebody');
    const inside = await call('GET', '/api/v1/namespaces/default/pods/x', { user: somebody });
    t.equal(
      inside.at('message'),
      'pods "x" is forbidden: User "somebody" cannot get resource "pods" in API group "" in the namespace "default"',
    );
    const outside = await call('GET', '/api/v1/nodes', { user: somebody });
    t.equal(
      outside.at('message'),
      'nodes is forbidden: User "somebody" cannot list resource "nodes" in API group "" at the cluster scope',
    );
    const path = await call('GET', '/metrics', { user: somebody });
    t.equal(path.at('message'), 'forbidden: User "somebody" cannot get path "/metrics"');
    const command = await call('POST', '/api/v1/namespaces/default/pods/x/exec', { user: somebody });
    t.equal(
      command.at('message'),
      'pods "x" is forbidden: User "somebody" cannot create resource "pods/exec" in API group "" in the namespace "default"',
    );
    const node = user('system:node:node-1', 'system:nodes');
    const secret = await call('GET', '/api/v1/namespaces/default/secrets/x', { user: node });
    t.equal(
      secret.at('message'),
      'secrets "x" is forbidden: User "system:node:node-1" cannot get resource "secrets" in API group "" ' +
        `in the namespace "default": no relationship found between node 'node-1' and this object`,
    );
  });

  t.test('a role in a namespace holds there only, and for the names that it gives', async (t) => {
    const rules = [
      {
        apiGroups: [''],
        resources: ['configmaps'],
        resourceNames: ['one'],
        verbs: ['get', 'list', 'create'],
      },
    ];
    await call('POST', `${rbac}/namespaces/default/roles`, { body: { metadata: { name: 'r' }, rules } });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' };
    const subjects = [{ kind: 'User', name: 'worker', apiGroup: 'rbac.authorization.k8s.io' }];
    const body = { metadata: { name: 'b' }, roleRef, subjects };
    await call('POST', `${rbac}/namespaces/default/rolebindings`, { body });
    const as = { user: user('worker') };
    const get = (name: string, namespace = 'default') =>
      call('GET', `/api/v1/namespaces/${namespace}/configmaps/${name}`, as);
    await eventually('the role is known', async () => (await get('one')).code === 404);
    t.equal((await get('two')).code, 403);
    t.equal((await get('one', 'kube-system')).code, 403);
    const list = (selector: string) =>
      call('GET', '/api/v1/namespaces/default/configmaps', { ...as, query: { fieldSelector: selector } });
    t.equal((await list('metadata.name=one')).code, 200);
    t.equal((await list('metadata.name!=one')).code, 403);
    const smuggled = await call('POST', '/api/v1/namespaces/default/configmaps', {
      ...as,
      query: { fieldSelector: 'metadata.name=one' },
      body: { metadata: { name: 'two' } },
    });
    t.equal(smuggled.code, 403, 'a selector names nothing for a create');
  });

  t.test('nobody grants what they do not have', async (t) => {
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' };
    const subjects = [{ kind: 'User', name: 'boss', apiGroup: 'rbac.authorization.k8s.io' }];
    const bindings = `${rbac}/namespaces/default/rolebindings`;
    await call('POST', bindings, { body: { metadata: { name: 'boss' }, roleRef, subjects } });
    const as = { user: user('boss') };
    const roles = `${rbac}/namespaces/default/roles`;
    await eventually('the binding is known', async () => (await call('GET', roles, as)).code === 200);
    const role = (name: string, resource: string) => ({
      metadata: { name },
      rules: [{ apiGroups: [''], resources: [resource], verbs: ['get', 'list'] }],
    });
    t.equal((await call('POST', roles, { ...as, body: role('fine', 'pods') })).code, 201);
    const more = await call('POST', roles, { ...as, body: role('more', 'nodes') });
    t.equal(more.code, 403);
    t.equal(
      more.at('message'),
      'roles.rbac.authorization.k8s.io "more" is forbidden: user "boss" (groups=["system:authenticated"]) is attempting to grant ' +
        'RBAC permissions not currently held:\n{APIGroups:[""], Resources:["nodes"], Verbs:["get" "list"]}',
    );
    const all = { ...roleRef, name: 'cluster-admin' };
    const bound = await call('POST', bindings, {
      ...as,
      body: { metadata: { name: 'x' }, roleRef: all, subjects },
    });
    t.equal(bound.code, 403);
    t.match(
      bound.at('message'),
      '{APIGroups:["*"], Resources:["*"], Verbs:["*"]}\n{NonResourceURLs:["*"], Verbs:["*"]}',
    );
    const absent = await call('POST', bindings, {
      ...as,
      body: { metadata: { name: 'x' }, roleRef: { ...roleRef, name: 'absent' }, subjects },
    });
    t.equal(absent.code, 404, 'what does not exist cannot be judged');
  });

  t.test('the verbs escalate and bind let one grant what one has not', async (t) => {
    const rules = [
      {
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['clusterroles'],
        verbs: ['create', 'escalate'],
      },
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterrolebindings'], verbs: ['create'] },
      {
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['clusterroles'],
        resourceNames: ['view'],
        verbs: ['bind'],
      },
    ];
    await call('POST', `${rbac}/clusterroles`, { body: { metadata: { name: 'keeper' }, rules } });
    const refTo = (name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name });
    const subjects = [{ kind: 'User', name: 'keeper', apiGroup: 'rbac.authorization.k8s.io' }];
    const bind = (name: string, role: string, who?: UserInfo) =>
      call('POST', `${rbac}/clusterrolebindings`, {
        body: { metadata: { name }, roleRef: refTo(role), subjects },
        ...(who === undefined ? {} : { user: who }),
      });
    await bind('keeper', 'keeper');
    const keeper = user('keeper');
    const write = (name: string) =>
      call('POST', `${rbac}/clusterroles`, {
        user: keeper,
        body: { metadata: { name }, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] },
      });
    await eventually('bound', async () => (await write('all')).code !== 403);
    t.equal((await call('GET', `${rbac}/clusterroles/all`)).code, 200);
    t.equal((await bind('keeper-views', 'view', keeper)).code, 201);
    t.equal((await bind('keeper-all', 'all', keeper)).code, 403, 'bind is for the role that it names');
  });

  t.test('only who may everything writes a role that gathers others', async (t) => {
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { gather: 'yes' } }] };
    const body = { metadata: { name: 'gatherer' }, aggregationRule, rules: [] };
    const rules = [
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: ['create'] },
    ];
    await call('POST', `${rbac}/clusterroles`, { body: { metadata: { name: 'writer' }, rules } });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'writer' };
    const subjects = [{ kind: 'User', name: 'writer', apiGroup: 'rbac.authorization.k8s.io' }];
    await call('POST', `${rbac}/clusterrolebindings`, {
      body: { metadata: { name: 'writer' }, roleRef, subjects },
    });
    const write = () => call('POST', `${rbac}/clusterroles`, { user: user('writer'), body });
    await eventually('bound', async () => /aggregationRule/.test(String((await write()).at('message'))));
    t.equal(
      (await write()).at('message'),
      'clusterroles.rbac.authorization.k8s.io "gatherer" is forbidden: must have cluster-admin privileges to use the aggregationRule',
    );
  });

  t.test('who keeps aggregated roles fills in what they gather, and nothing else', async (t) => {
    const manager = { user: user('system:kube-controller-manager') };
    const gather = { 'acme.com/gather': 'yes' };
    const rules = [{ apiGroups: ['acme.com'], resources: ['things'], verbs: ['get', 'frob'] }];
    await call('POST', `${rbac}/clusterroles`, {
      body: { metadata: { name: 'source', labels: gather }, rules },
    });
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: gather }] };
    const made = await call('POST', `${rbac}/clusterroles`, {
      body: { metadata: { name: 'gathering' }, aggregationRule },
    });
    const write = (changed: object) =>
      call('PUT', `${rbac}/clusterroles/gathering`, {
        ...manager,
        body: { ...(typeof made.json === 'object' ? made.json : {}), ...changed },
      });
    const more = [...rules, { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
    t.equal((await write({ rules: more })).code, 403);
    t.equal((await write({ rules: more, aggregationRule: undefined })).code, 403);
    t.equal((await write({ rules })).code, 200);
    const handWritten = await call('PATCH', `${rbac}/clusterroles/kubelab:controllers`, {
      ...manager,
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { rules: more },
    });
    t.equal(handWritten.code, 403, 'not even its own');
  });

  t.test('a role that is bound and does not exist is told of', async (t) => {
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'missing' };
    const subjects = [{ kind: 'User', name: 'lost', apiGroup: 'rbac.authorization.k8s.io' }];
    await call('POST', `${rbac}/clusterrolebindings`, {
      body: { metadata: { name: 'lost' }, roleRef, subjects },
    });
    const read = () => call('GET', '/api/v1/nodes', { user: user('lost') });
    await eventually('bound', async () => /RBAC/.test(String((await read()).at('message'))));
    t.equal(
      (await read()).at('message'),
      'nodes is forbidden: User "lost" cannot list resource "nodes" in API group "" at the cluster scope: ' +
        'RBAC: clusterrole.rbac.authorization.k8s.io "missing" not found',
    );
  });

  t.test('a kubelet reads the secrets of its own pods, and touches its own node', async (t) => {
    const node = user('system:node:node-1', 'system:nodes');
    const other = user('system:node:node-2', 'system:nodes');
    await call('POST', '/api/v1/namespaces/default/secrets', { body: { metadata: { name: 'hidden' } } });
    const volumes = [{ name: 'v', secret: { secretName: 'hidden' } }];
    const pods = '/api/v1/namespaces/default/pods';
    await call('POST', pods, { body: pod('p', { volumes }) });
    await call('POST', `${pods}/p/binding`, { body: { target: { kind: 'Node', name: 'node-1' } } });
    const read = (who: UserInfo) => call('GET', '/api/v1/namespaces/default/secrets/hidden', { user: who });
    await eventually('the pod is known', async () => (await read(node)).code === 200);
    t.equal((await read(other)).code, 403);
    t.equal((await call('DELETE', `${pods}/p`, { user: other })).code, 403);
    const register = { metadata: { name: 'node-1' } };
    t.equal((await call('POST', '/api/v1/nodes', { user: other, body: register })).code, 403);
    const made = await call('POST', '/api/v1/nodes', { user: node, body: register });
    t.match(made.at('spec.taints.0'), { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' });
  });

  t.test('impersonation: as whom, and by whom', async (t) => {
    const whoami = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const as = (headers: Record<string, string>, who?: UserInfo) =>
      call('POST', whoami, { headers, body: {}, ...(who === undefined ? {} : { user: who }) });
    t.same((await as({ 'impersonate-user': 'ann', 'impersonate-group': 'a, b' })).at('status.userInfo'), {
      username: 'ann',
      groups: ['a', 'b', 'system:authenticated'],
    });
    const account = { 'impersonate-user': 'system:serviceaccount:default:robot' };
    const robotGroups = ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'];
    t.same((await as(account)).at('status.userInfo.groups'), robotGroups);
    const more = { 'impersonate-uid': '7', 'impersonate-extra-acme.com%2Fteam': 'x' };
    t.match((await as({ 'impersonate-user': 'ann', ...more })).at('status.userInfo'), {
      uid: '7',
      extra: { 'acme.com/team': ['x'] },
    });
    t.equal((await as({ 'impersonate-group': 'a' })).code, 400);
    const pods = await call('GET', '/api/v1/pods', { headers: { 'impersonate-user': 'ann' } });
    t.equal(pods.code, 403, "with the other's rights, not with one's own");
    const refused = await as({ 'impersonate-user': 'ann' }, user('eve'));
    t.equal(refused.code, 403);
    t.equal(
      refused.at('message'),
      'users "ann" is forbidden: User "eve" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
    const rules = [{ apiGroups: [''], resources: ['users'], resourceNames: ['ann'], verbs: ['impersonate'] }];
    await call('POST', `${rbac}/clusterroles`, { body: { metadata: { name: 'as-ann' }, rules } });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'as-ann' };
    const subjects = [{ kind: 'User', name: 'eve', apiGroup: 'rbac.authorization.k8s.io' }];
    await call('POST', `${rbac}/clusterrolebindings`, {
      body: { metadata: { name: 'eve' }, roleRef, subjects },
    });
    const eve = (headers: Record<string, string>) => as(headers, user('eve'));
    await eventually('bound', async () => (await eve({ 'impersonate-user': 'ann' })).code === 201);
    t.equal((await eve({ 'impersonate-user': 'bob' })).code, 403);
    t.equal((await eve({ 'impersonate-user': 'ann', 'impersonate-group': 'system:masters' })).code, 403);
  });

  t.test('only v1 of SelfSubjectReview is offered, and served', async (t) => {
    const group = await call('GET', '/apis/authentication.k8s.io');
    t.match(group.at('versions'), [{ version: 'v1' }]);
    for (const version of ['v1beta1', 'v1alpha1']) {
      const base = `/apis/authentication.k8s.io/${version}`;
      t.equal((await call('GET', base)).code, 404);
      t.equal((await call('POST', `${base}/selfsubjectreviews`, { body: {} })).code, 404);
      t.notMatch((await call('GET', '/openapi/v2')).text, `${version}.SelfSubjectReview`);
    }
  });

  t.test('reviews answer for the one who asks', async (t) => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const resourceAttributes = { verb: 'get', resource: 'pods', namespace: 'default' };
    const ask = (who: UserInfo, attributes: object = resourceAttributes) =>
      call('POST', path, { user: who, body: { spec: { resourceAttributes: attributes } } });
    t.equal((await ask(user('somebody'))).at('status.allowed'), false);
    t.equal((await ask(user('chief', 'system:masters'))).at('status.allowed'), true);
    const nodes = { verb: 'list', resource: 'nodes' };
    t.same((await ask(user('system:kube-scheduler'), nodes)).at('status'), {
      allowed: true,
      reason:
        'RBAC: allowed by ClusterRoleBinding "system:kube-scheduler" of ClusterRole "system:kube-scheduler" to User "system:kube-scheduler"',
    });
    const both = { resourceAttributes: nodes, nonResourceAttributes: { path: '/', verb: 'get' } };
    t.equal((await call('POST', path, { body: { spec: both } })).code, 422);
    t.equal((await call('POST', path, { body: { spec: {} } })).code, 422);
    const rules = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
    const rulesOf = (who: UserInfo) =>
      call('POST', rules, { user: who, body: { spec: { namespace: 'default' } } });
    const node = await rulesOf(user('system:node:node-1', 'system:nodes'));
    t.match(node.at('status'), {
      incomplete: true,
      evaluationError: 'node authorizer does not support user rule resolution',
    });
    t.equal((await rulesOf(user('somebody'))).at('status.incomplete'), false);
    t.equal((await call('POST', rules, { body: { spec: {} } })).at('message'), 'no namespace on request');
  });
});

t.test('a rule is covered piece by piece', async (t) => {
  const rule = (apiGroups: string[], resources: string[], verbs: string[], resourceNames?: string[]) => ({
    apiGroups,
    resources,
    verbs,
    ...(resourceNames === undefined ? {} : { resourceNames }),
  });
  const held = [rule([''], ['pods'], ['get', 'list']), rule(['apps'], ['*'], ['*'], ['web'])];
  t.same(uncovered(held, [rule([''], ['pods'], ['list', 'get'])]), []);
  t.equal(uncovered(held, [rule([''], ['pods'], ['*'])]).length, 1);
  t.same(uncovered(held, [rule(['apps'], ['deployments'], ['delete'], ['web'])]), []);
  t.equal(uncovered(held, [rule(['apps'], ['deployments'], ['delete'])]).length, 1);
  t.equal(uncovered([], [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }]).length, 1);
});
