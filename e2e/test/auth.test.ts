import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { testCluster } from '../src/cluster.js';
import { createKubectl, findKubectls, type Kubectl } from '../src/kubectl.js';
import { until } from '../src/run.js';

/** Who may what in a cluster of processes, as people and pods meet it: kubectl, tokens, roles. */
const cluster = testCluster({ port: 17_640, nodes: 1 });
const folder = mkdtempSync(join(tmpdir(), 'kubelab-auth-'));
const patienceMs = 60_000;
const newest = cluster.kubectl();

t.teardown(async () => {
  await cluster.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** kubectl as whoever has the token. */
function withToken(token: string): Kubectl {
  const kubeconfig = join(folder, 'token.kubeconfig');
  const insecure = 'insecure-skip-tls-verify: true';
  writeFileSync(
    kubeconfig,
    `apiVersion: v1
kind: Config
clusters: [{ name: c, cluster: { server: "https://127.0.0.1:${cluster.port}", ${insecure} } }]
users: [{ name: u, user: { token: "${token}" } }]
contexts: [{ name: x, context: { cluster: c, user: u } }]
current-context: x
`,
    { mode: 0o600 },
  );
  return createKubectl(newest.path, { kubeconfig, cacheDirectory: join(folder, 'cache') });
}

async function apply(manifest: string): Promise<void> {
  const { code, stderr } = await newest.result(['apply', '-f', '-'], manifest);
  if (code !== 0) throw new Error(stderr);
}

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
/** What the admission plugin ServiceAccount gives every pod. */
const inCluster = `
apiVersion: v1
kind: Pod
metadata: { name: in-cluster }
spec:
  serviceAccountName: robot
  terminationGracePeriodSeconds: 1
  containers:
    - name: main
      image: kubelab/echo
      volumeMounts: [{ name: api, mountPath: ${mountPath}, readOnly: true }]
  volumes:
    - name: api
      projected:
        sources:
          - serviceAccountToken: { path: token, expirationSeconds: 3607 }
          - configMap: { name: kube-root-ca.crt, items: [{ key: ca.crt, path: ca.crt }] }
          - downwardAPI: { items: [{ path: namespace, fieldRef: { fieldPath: metadata.namespace } }] }
`;

/** Asks the API as programs in pods do: by the service's address, with the mounted token and CA. */
const program = `
const { readFileSync } = require('node:fs');
const { get } = require('node:https');
const folder = JSON.parse(process.env.KUBELAB_MOUNTS)['${mountPath}'];
const read = (name) => readFileSync(folder + '/' + name, 'utf8');
const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
const path = '/api/v1/namespaces/' + read('namespace') + '/configmaps/kube-root-ca.crt';
const headers = { authorization: 'Bearer ' + read('token') };
get({ host, port, path, ca: read('ca.crt'), headers }, (answer) => {
  console.log(answer.statusCode);
  process.exit();
});
`;

/** What `auth reconcile` adds to a role and a binding that are there. */
const wider = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: part }
rules: [{ apiGroups: [""], resources: [pods], verbs: [list] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: whole }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: whole }
subjects: [{ kind: User, name: bob, apiGroup: rbac.authorization.k8s.io }]
`;

t.test('a cluster', async (t) => {
  await cluster.up();
  await cluster.untilReady();

  t.test('a token of kubectl create token is good until its account ends', async (t) => {
    await newest('create', 'serviceaccount', 'robot');
    const robot = withToken((await newest('create', 'token', 'robot')).trim());
    const me = await robot('auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}');
    t.equal(me, 'system:serviceaccount:default:robot');
    const refused = await robot.result(['get', 'configmaps']);
    t.match(
      refused.stderr,
      'configmaps is forbidden: User "system:serviceaccount:default:robot" cannot list resource "configmaps" in API group "" ' +
        'in the namespace "default"',
    );
    const short = await newest.result(['create', 'token', 'robot', '--duration', '5m']);
    t.match(short.stderr, /may not specify a duration less than 10 minutes/);
    await newest('create', 'serviceaccount', 'passing');
    const passing = withToken((await newest('create', 'token', 'passing')).trim());
    await newest('delete', 'serviceaccount', 'passing');
    const gone = await passing.result(['get', 'pods']);
    t.match(gone.stderr, /You must be logged in to the server/);
  });

  t.test('a program in a pod asks the API with the token that is mounted there', async () => {
    await newest('create', 'role', 'reader', '--verb=get,list', '--resource=configmaps');
    await newest('create', 'rolebinding', 'reader', '--role=reader', '--serviceaccount=default:robot');
    await apply(inCluster);
    await newest('wait', 'pod/in-cluster', '--for=condition=Ready', '--timeout=60s');
    const ask = async () => (await newest('exec', 'in-cluster', '--', 'node', '-e', program)).trim();
    await until('the binding is known', async () => (await ask()) === '200', { timeoutMs: patienceMs });
    await newest('delete', 'rolebinding', 'reader');
    await until('and its end', async () => (await ask()) === '403', { timeoutMs: patienceMs });
    await newest('delete', 'pod', 'in-cluster');
    await newest('delete', 'role', 'reader');
  });

  t.test('a Secret for a token is filled, and removed when there is no such account', async (t) => {
    const secret = (name: string, account: string) => `
apiVersion: v1
kind: Secret
metadata: { name: ${name}, annotations: { kubernetes.io/service-account.name: ${account} } }
type: kubernetes.io/service-account-token
---`;
    await apply(`${secret('kept', 'robot')}${secret('orphan', 'ghost')}`);
    const data = async () => (await newest.json('get', 'secret', 'kept')).at('data.token');
    const filled = await until('it is filled', data, { timeoutMs: patienceMs });
    const token = Buffer.from(String(filled), 'base64').toString();
    const me = await withToken(token)('auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}');
    t.equal(me, 'system:serviceaccount:default:robot');
    const names = async () => newest('get', 'secrets', '-o', 'name');
    await until('the orphan goes', async () => !(await names()).includes('orphan'), {
      timeoutMs: patienceMs,
    });
    await newest('delete', 'secret', 'kept');
    const gone = async () => (await withToken(token).result(['get', 'pods'])).stderr.includes('logged in');
    await until('its token ends with it', gone, { timeoutMs: patienceMs });
  });

  t.test('expired bootstrap tokens are removed', async (t) => {
    const token = (id: string, expiration: string) => `
apiVersion: v1
kind: Secret
metadata: { name: bootstrap-token-${id}, namespace: kube-system }
type: bootstrap.kubernetes.io/token
stringData:
  token-id: ${id}
  token-secret: 0123456789abcdef
  usage-bootstrap-authentication: "true"
  expiration: "${expiration}"
---`;
    await apply(`${token('aaaaaa', '2020-01-01T00:00:00Z')}${token('bbbbbb', '2099-01-01T00:00:00Z')}`);
    const names = () => newest('get', 'secrets', '-n', 'kube-system', '-o', 'name');
    const onlyOne = async () => !(await names()).includes('aaaaaa');
    await until('the old one goes', onlyOne, { timeoutMs: patienceMs });
    t.match(await names(), 'bootstrap-token-bbbbbb');
  });

  t.test('every kubectl makes roles, binds them, asks about them and reconciles them', async (t) => {
    for (const path of findKubectls()) {
      const kubectl = cluster.kubectl(path);
      const title = path.split('/').at(-1) ?? path;
      await kubectl('create', 'clusterrole', 'part', '--verb=get', '--non-resource-url=/metrics');
      await kubectl('create', 'clusterrole', 'whole', '--aggregation-rule=acme.com/whole=true');
      await kubectl('create', 'clusterrolebinding', 'whole', '--clusterrole=whole', '--group=devs');
      await kubectl('label', 'clusterrole', 'part', 'acme.com/whole=true');
      const can = async (...args: readonly string[]) =>
        (await kubectl.result(['auth', 'can-i', ...args])).stdout.trim();
      const dev = ['--as', 'ann', '--as-group', 'devs'];
      await until('aggregated', async () => (await can('get', '/metrics', ...dev)) === 'yes', {
        timeoutMs: patienceMs,
      });
      t.equal(await can('get', '/metrics', '--as', 'ann'), 'no', title);
      const node = ['--as', 'system:node:node-1', '--as-group', 'system:nodes'];
      t.equal(
        await can('get', 'secrets/x', ...node),
        "no - no relationship found between node 'node-1' and this object",
        title,
      );
      t.equal(await can('get', 'pods', '--subresource=log', '--as', 'ann'), 'no', title);
      t.match(await can('--list', ...dev), /\[\/metrics\] +\[\] +\[get\]/, title);
      const reconciled = await kubectl.result(['auth', 'reconcile', '-f', '-'], wider);
      t.match(reconciled.stdout, /clusterrole.rbac.authorization.k8s.io\/part reconciled/, title);
      const verbs = await kubectl('get', 'clusterrole', 'part', '-o', 'jsonpath={.rules[*].verbs[*]}');
      t.equal(verbs, 'get list', `${title}: what was there stays`);
      const names = ['get', 'clusterrolebinding', 'whole', '-o', 'jsonpath={.subjects[*].name}'];
      t.equal(await kubectl(...names), 'devs bob', title);
      await kubectl('delete', 'clusterrole/part', 'clusterrole/whole', 'clusterrolebinding/whole');
    }
  });

  t.test('every component had the rights for what it did, and no token is in any log', async (t) => {
    const logs = join(cluster.dataDirectory, 'logs');
    for (const name of readdirSync(logs)) {
      const text = readFileSync(join(logs, name), 'utf8');
      const refused = text.split('\n').filter((line) => line.includes('is forbidden: User'));
      t.same(refused, [], `${name}: nothing was refused`);
      t.notMatch(text, /eyJ[\w-]+\.eyJ/, `${name}: no token`);
    }
  });
});
