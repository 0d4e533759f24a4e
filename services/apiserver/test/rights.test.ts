import { aggregatedRules } from '@kubelab/api';
import t from 'tap';
import { bootstrapBindings, bootstrapRoles } from '../src/auth/bootstrap.js';
import { eventually, readyServer } from './harness.js';

/**
 * Who may what in a new cluster: each line is a set of rows, `identity: verbs: resources: yes|no`, every verb with every resource.
 * Resources: `group/resource/subresource` (`-` is the core group), then perhaps ` @namespace` and ` #name`; a path begins with `/`.
 */
const identities: Readonly<Record<string, { user: string; groups: readonly string[] }>> = {
  anybody: { user: 'ann', groups: ['system:authenticated'] },
  nobody: { user: 'system:anonymous', groups: ['system:unauthenticated'] },
  master: { user: 'root', groups: ['system:masters', 'system:authenticated'] },
  viewer: { user: 'vic', groups: ['viewers', 'system:authenticated'] },
  editor: { user: 'ed', groups: ['system:authenticated'] },
  admin: { user: 'ada', groups: ['system:authenticated'] },
  scheduler: { user: 'system:kube-scheduler', groups: ['system:authenticated'] },
  manager: { user: 'system:kube-controller-manager', groups: ['system:authenticated'] },
  proxier: { user: 'system:kube-proxy', groups: ['system:authenticated'] },
  monitor: { user: 'prometheus', groups: ['system:monitoring', 'system:authenticated'] },
  node1: { user: 'system:node:node-1', groups: ['system:nodes', 'system:authenticated'] },
  node2: { user: 'system:node:node-2', groups: ['system:nodes', 'system:authenticated'] },
  unnamed: { user: 'someone', groups: ['system:nodes', 'system:authenticated'] },
  account: {
    user: 'system:serviceaccount:default:default',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
  },
  jobs: {
    user: 'system:serviceaccount:kube-system:job-controller',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  },
  aggregator: {
    user: 'system:serviceaccount:kube-system:clusterrole-aggregation-controller',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  },
  apiserver: { user: 'apiserver-0', groups: ['kubelab:apiservers', 'system:authenticated'] },
  endpoint: { user: 'endpoint-0', groups: ['system:authenticated'] },
  member: { user: 'etcd-raft-0', groups: ['kubelab:etcd-members', 'system:authenticated'] },
};

const table = `
nobody: get: /healthz /livez /readyz /version /version/: yes
nobody: get: /api /apis /apis/apps /openapi/v2 /metrics /.well-known/openid-configuration /openid/v1/jwks: no
nobody: get list: -/pods -/secrets -/nodes: no
nobody: create: authorization.k8s.io/selfsubjectaccessreviews authentication.k8s.io/selfsubjectreviews: no
anybody: get: /api /api/v1 /apis /apis/apps/v1 /openapi/v2 /openapi/v3/apis/apps/v1 /healthz /readyz /version: yes
anybody: get: /metrics /readyz/etcd /debug /.well-known/openid-configuration /openid/v1/jwks: no
anybody: post: /api /healthz: no
anybody: create: authorization.k8s.io/selfsubjectaccessreviews authorization.k8s.io/selfsubjectrulesreviews: yes
anybody: create: authentication.k8s.io/selfsubjectreviews: yes
anybody: create: authentication.k8s.io/tokenreviews authorization.k8s.io/subjectaccessreviews: no
anybody: get list: -/pods@default apps/deployments@default -/namespaces: no
monitor: get: /metrics /metrics/slis /healthz /livez/ping /readyz/etcd: yes
monitor: get: /debug/pprof /logs: no
monitor: list: -/pods: no
account: get: /.well-known/openid-configuration /openid/v1/jwks /apis /version: yes
account: get list: -/pods@default -/secrets@default -/configmaps@default: no
master: get delete escalate anything: -/pods -/secrets/none x.example.com/things@any rbac.authorization.k8s.io/clusterroles: yes
master: get post: /metrics /debug: yes
viewer: get list watch: -/pods@team -/configmaps@team -/pods/log@team apps/deployments@team batch/jobs@team: yes
viewer: get list watch: networking.k8s.io/ingresses@team policy/poddisruptionbudgets@team -/resourcequotas@team: yes
viewer: get list watch: discovery.k8s.io/endpointslices@team autoscaling/horizontalpodautoscalers/status@team: yes
viewer: get list watch: -/secrets@team rbac.authorization.k8s.io/roles@team rbac.authorization.k8s.io/rolebindings@team: no
viewer: create update delete: -/pods@team apps/deployments@team -/configmaps@team: no
viewer: get: -/pods/exec@team -/pods@default -/nodes -/pods: no
editor: get create delete patch: -/pods@team apps/deployments@team -/secrets@team batch/cronjobs@team -/services@team: yes
editor: create get: -/pods/exec@team -/pods/attach@team -/pods/portforward@team: yes
editor: create: -/pods/eviction@team -/serviceaccounts/token@team: yes
editor: update patch: apps/deployments/scale@team apps/statefulsets/scale@team coordination.k8s.io/leases@team: yes
editor: impersonate: -/serviceaccounts@team: yes
editor: impersonate: -/users -/groups -/serviceaccounts@default: no
editor: create update: rbac.authorization.k8s.io/roles@team rbac.authorization.k8s.io/rolebindings@team: no
editor: create update: -/resourcequotas@team -/limitranges@team -/endpoints@team -/namespaces: no
editor: update patch: -/pods/status@team apps/deployments/status@team: no
editor: get create: -/pods@kube-system -/secrets@default: no
admin: create update get delete: rbac.authorization.k8s.io/roles@team rbac.authorization.k8s.io/rolebindings@team -/secrets@team: yes
admin: create: authorization.k8s.io/localsubjectaccessreviews@team: yes
admin: create: authorization.k8s.io/subjectaccessreviews: no
admin: escalate bind: rbac.authorization.k8s.io/roles@team rbac.authorization.k8s.io/clusterroles@team: no
admin: create update: -/resourcequotas@team -/namespaces rbac.authorization.k8s.io/clusterroles: no
scheduler: get list watch: -/pods -/nodes -/namespaces -/services apps/replicasets storage.k8s.io/csinodes: yes
scheduler: get list watch: -/persistentvolumes -/persistentvolumeclaims storage.k8s.io/storageclasses policy/poddisruptionbudgets: yes
scheduler: create: -/pods/binding@default -/bindings@default -/events@default events.k8s.io/events@default: yes
scheduler: patch update: -/pods/status@default -/persistentvolumes -/persistentvolumeclaims@default: yes
scheduler: get update: coordination.k8s.io/leases@kube-system#kube-scheduler: yes
scheduler: get update: coordination.k8s.io/leases@kube-system#kube-controller-manager: no
scheduler: get list: -/secrets@default -/configmaps@default -/serviceaccounts@default: no
scheduler: create update patch: -/pods@default -/nodes apps/replicasets@default -/services@default: no
scheduler: delete: -/nodes -/persistentvolumes apps/replicasets@default: no
scheduler: impersonate escalate bind: -/users rbac.authorization.k8s.io/clusterroles: no
proxier: list watch: -/services -/endpoints discovery.k8s.io/endpointslices -/nodes: yes
proxier: create: -/events@default events.k8s.io/events@default: yes
proxier: get list: -/pods -/secrets -/configmaps@kube-system: no
proxier: update patch delete: -/services@default -/nodes discovery.k8s.io/endpointslices@default: no
manager: list watch: -/pods apps/deployments x.example.com/things rbac.authorization.k8s.io/roles: yes
manager: create: -/pods@default apps/replicasets@default -/serviceaccounts@default -/configmaps@default -/secrets@default: yes
manager: create update: discovery.k8s.io/endpointslices@default -/endpoints@default: yes
manager: update: apps/deployments/status@default -/namespaces/finalize -/nodes/status batch/jobs/status@default: yes
manager: delete: -/pods@default -/nodes rbac.authorization.k8s.io/rolebindings@default x.example.com/things@default: yes
manager: create: -/namespaces -/nodes rbac.authorization.k8s.io/clusterrolebindings rbac.authorization.k8s.io/clusterroles: no
manager: escalate create: rbac.authorization.k8s.io/clusterroles rbac.authorization.k8s.io/roles@default: no
manager: update: -/secrets/none x.example.com/things@default rbac.authorization.k8s.io/clusterrolebindings -/pods/exec@default: no
manager: bind impersonate: rbac.authorization.k8s.io/clusterroles -/users -/groups -/serviceaccounts@kube-system: no
manager: create: -/pods/exec@default -/pods/attach@default -/pods/portforward@default: no
manager: get: /metrics /debug: no
jobs: create delete: -/pods@default: yes
jobs: update: batch/jobs@default batch/jobs/status@default: yes
jobs: create delete: batch/jobs@default -/secrets@default apps/deployments@default: no
aggregator: update escalate: rbac.authorization.k8s.io/clusterroles: yes
aggregator: create delete bind: rbac.authorization.k8s.io/clusterroles rbac.authorization.k8s.io/clusterrolebindings: no
apiserver: get list: -/pods -/secrets -/nodes: no
endpoint: get list: -/pods -/services -/endpoints: no
member: get list: -/pods -/secrets: no
unnamed: get list: -/secrets@team -/pods: no
node1: get list watch: -/secrets@team#mounted -/secrets@team#pulled -/secrets@team#env -/configmaps@team#mounted: yes
node1: get list watch: -/secrets@team#other -/configmaps@team#other -/secrets@default#mounted -/secrets@team: no
node2: get list watch: -/secrets@team#mounted -/configmaps@team#mounted: no
node1: create update delete patch: -/secrets@team#mounted -/configmaps@team#mounted: no
node1: get: -/persistentvolumeclaims@team#claimed -/persistentvolumes#volume -/secrets@team#volume-secret: yes
node1: list watch update: -/persistentvolumeclaims@team#claimed -/persistentvolumes#volume: no
node1: update patch: -/persistentvolumeclaims/status@team#claimed: yes
node2: get update: -/persistentvolumeclaims@team#claimed -/persistentvolumes#volume -/persistentvolumeclaims/status@team#claimed: no
node1: get: storage.k8s.io/volumeattachments#attached: yes
node2: get: storage.k8s.io/volumeattachments#attached: no
node1: create: -/serviceaccounts/token@team#runner: yes
node2: create: -/serviceaccounts/token@team#runner: no
node1: create: -/serviceaccounts/token@team#default -/serviceaccounts/token@team -/serviceaccounts@team#runner: no
node1: get: -/pods@team#mine: yes
node2: get: -/pods@team#mine: no
node1: list watch: -/pods -/pods@team: no
node1: create delete: -/pods@team#mine: yes
node1: update patch: -/pods@team#mine: no
node1: update patch: -/pods/status@team#mine -/nodes/status#node-1 -/nodes#node-1: yes
node1: create: -/pods/eviction@team#mine -/events@team certificates.k8s.io/certificatesigningrequests: yes
node1: create get: -/pods/exec@team#mine -/pods/log@team#mine -/pods/binding@team#mine: no
node1: delete: -/nodes#node-1 -/nodes#node-2: no
node1: get list watch: -/services node.k8s.io/runtimeclasses storage.k8s.io/csidrivers: yes
node1: get create update patch delete: coordination.k8s.io/leases@kube-node-lease#node-1 storage.k8s.io/csinodes#node-1: yes
node1: get update delete: coordination.k8s.io/leases@kube-node-lease#node-2 storage.k8s.io/csinodes#node-2: no
node1: list watch: coordination.k8s.io/leases@kube-node-lease storage.k8s.io/csinodes: no
node1: get update: coordination.k8s.io/leases@kube-system#node-1: no
node1: get list: apps/deployments -/namespaces rbac.authorization.k8s.io/roles@team: no
`;

interface Row {
  readonly who: string;
  readonly verb: string;
  readonly what: string;
  readonly allowed: boolean;
}

const rows: Row[] = table
  .trim()
  .split('\n')
  .flatMap((line) => {
    const match = /^(\w+): ([\w ]+): (.+): (yes|no)$/.exec(line);
    if (match === null) throw new Error(`not a line of the table: ${line}`);
    const [, who = '', verbs = '', resources = '', answer] = match;
    return verbs
      .split(' ')
      .flatMap((verb) =>
        resources.split(' ').map((what) => ({ who, verb, what, allowed: answer === 'yes' })),
      );
  });

function specOf(verb: string, what: string): object {
  if (what.startsWith('/')) return { nonResourceAttributes: { verb, path: what } };
  const form =
    /^(?<group>[^/]+)\/(?<resource>[a-z]+)(\/(?<subresource>[a-z]+))?(@(?<namespace>[a-z-]+))?(#(?<name>.+))?$/;
  const parts = form.exec(what)?.groups;
  if (parts === undefined) throw new Error(`not a resource: ${what}`);
  return { resourceAttributes: { ...parts, verb, group: parts.group === '-' ? '' : parts.group } };
}

const pod = {
  metadata: { name: 'mine' },
  spec: {
    serviceAccountName: 'runner',
    imagePullSecrets: [{ name: 'pulled' }],
    containers: [
      {
        name: 'c',
        image: 'nginx',
        env: [{ name: 'E', valueFrom: { secretKeyRef: { name: 'env', key: 'k' } } }],
      },
    ],
    volumes: [
      { name: 's', secret: { secretName: 'mounted' } },
      { name: 'm', configMap: { name: 'mounted' } },
      { name: 'p', persistentVolumeClaim: { claimName: 'claimed' } },
    ],
  },
};

t.test('who may what in a new cluster', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const { call } = server;
  const post = async (path: string, body: object) => {
    const answer = await call('POST', path, { body });
    if (answer.code !== 201) throw new Error(`${path}: ${answer.text}`);
    return answer;
  };
  const inTeam = (resource: string) => `/api/v1/namespaces/team/${resource}`;
  await post('/api/v1/namespaces', { metadata: { name: 'team' } });
  for (const [role, kind, name] of [
    ['view', 'Group', 'viewers'],
    ['edit', 'User', 'ed'],
    ['admin', 'User', 'ada'],
  ])
    await post('/apis/rbac.authorization.k8s.io/v1/namespaces/team/rolebindings', {
      metadata: { name: role },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [{ kind, name, apiGroup: 'rbac.authorization.k8s.io' }],
    });
  await post(inTeam('serviceaccounts'), { metadata: { name: 'runner' } });
  await post('/api/v1/persistentvolumes', {
    metadata: { name: 'volume' },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      claimRef: { namespace: 'team', name: 'claimed' },
      csi: {
        driver: 'd.example.com',
        volumeHandle: 'v',
        nodePublishSecretRef: { namespace: 'team', name: 'volume-secret' },
      },
    },
  });
  await post(inTeam('persistentvolumeclaims'), {
    metadata: { name: 'claimed' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      volumeName: 'volume',
      storageClassName: '',
      resources: { requests: { storage: '1Gi' } },
    },
  });
  await post('/apis/storage.k8s.io/v1/volumeattachments', {
    metadata: { name: 'attached' },
    spec: { attacher: 'd.example.com', nodeName: 'node-1', source: { persistentVolumeName: 'volume' } },
  });
  await post(inTeam('pods'), pod);
  await post(inTeam('pods/mine/binding'), { target: { kind: 'Node', name: 'node-1' } });

  const ask = async ({ who, verb, what }: Pick<Row, 'who' | 'verb' | 'what'>) => {
    const spec = { ...identities[who], ...specOf(verb, what) };
    return post('/apis/authorization.k8s.io/v1/subjectaccessreviews', { spec });
  };
  const settled = { who: 'node1', verb: 'get', what: '-/secrets@team#volume-secret' };
  await eventually('the objects are known', async () => (await ask(settled)).at('status.allowed') === true);
  const admitted = { who: 'admin', verb: 'create', what: '-/secrets@team' };
  await eventually('the bindings are known', async () => (await ask(admitted)).at('status.allowed') === true);

  t.ok(rows.length >= 400, `${rows.length} rows`);
  for (const row of rows) {
    const answer = await ask(row);
    t.equal(
      answer.at('status.allowed'),
      row.allowed,
      `${row.who} ${row.verb} ${row.what}: ${answer.at('status.reason') ?? ''}`,
    );
  }
});

t.test('no component of ours is cluster-admin, nor of a group that is', (t) => {
  const everything = bootstrapRoles
    .filter((role) =>
      (role.rules ?? []).some((rule) => rule.verbs.includes('*') && rule.resources?.includes('*')),
    )
    .map((role) => role.metadata.name);
  t.same(everything, ['cluster-admin']);
  const bound = bootstrapBindings.filter((binding) => everything.includes(binding.roleRef.name));
  t.same(
    bound.flatMap((binding) => binding.subjects?.map((subject) => subject.name)),
    ['system:masters'],
  );
  t.end();
});

t.test(
  'every default binding binds a default role, and aggregated roles begin with what they aggregate',
  (t) => {
    const names = new Set(bootstrapRoles.map((role) => role.metadata.name));
    for (const { metadata, roleRef } of bootstrapBindings) t.ok(names.has(roleRef.name), metadata.name);
    for (const name of ['admin', 'edit', 'view']) {
      const role = bootstrapRoles.find((one) => one.metadata.name === name);
      if (role === undefined) throw new Error(`no role ${name}`);
      t.ok((role.rules ?? []).length > 10, name);
      t.same(role.rules, aggregatedRules(role, bootstrapRoles), name);
    }
    t.end();
  },
);
