import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  RbacAuthorizationV1Api,
  type V1ConfigMap,
  type V1Deployment,
} from '@kubernetes/client-node';
import { type Cluster, type Kubeconfig, startCluster } from 'kubelab';
import {
  deploymentFor,
  replicasAnnotation,
  SiteOperator,
  siteLabel,
  statusAnnotation,
} from '../src/operator.js';

const namespace = 'default';

function clientConfig(kubeconfig: Kubeconfig): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig.text);
  return config;
}

/** Until `look` gives something; the cluster's controllers work beside the test. */
async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`never: ${what}`);
}

const site = (name: string, more: Partial<V1ConfigMap> = {}): V1ConfigMap => ({
  metadata: { name, labels: { [siteLabel]: 'true' } },
  data: { 'index.html': '<h1>hello</h1>' },
  ...more,
});

describe('deploymentFor', () => {
  test('other pages are another template', () => {
    const template = (page: string) => deploymentFor(site('a', { data: { p: page } })).spec?.template;
    assert.notDeepEqual(template('1'), template('2'));
    assert.deepEqual(template('1'), template('1'));
  });

  test('a number of replicas that is none is refused', () => {
    const metadata = { name: 'a', annotations: { [replicasAnnotation]: 'many' } };
    assert.throws(() => deploymentFor(site('a', { metadata })), /is 0 to 99, not 'many'/);
  });
});

describe('the operator, in a cluster', () => {
  let cluster: Cluster;
  let operator: SiteOperator;
  let core: CoreV1Api;
  let apps: AppsV1Api;

  before(async () => {
    cluster = await startCluster();
    const admin = clientConfig(cluster.kubeconfig);
    core = admin.makeApiClient(CoreV1Api);
    apps = admin.makeApiClient(AppsV1Api);
    // It runs with what its manifest would grant it, not as administrator: a missing rule fails here, not in production.
    const rbac = admin.makeApiClient(RbacAuthorizationV1Api);
    await rbac.createNamespacedRole({
      namespace,
      body: {
        metadata: { name: 'site-operator' },
        rules: [
          { apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'watch', 'patch'] },
          {
            apiGroups: ['apps'],
            resources: ['deployments'],
            verbs: ['get', 'list', 'watch', 'create', 'update'],
          },
        ],
      },
    });
    await rbac.createNamespacedRoleBinding({
      namespace,
      body: {
        metadata: { name: 'site-operator' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'site-operator' },
        subjects: [{ kind: 'User', name: 'site-operator', apiGroup: 'rbac.authorization.k8s.io' }],
      },
    });
    operator = new SiteOperator(
      clientConfig(await cluster.kubeconfigFor({ user: 'site-operator' })),
      namespace,
    );
    await operator.start();
  });

  after(async () => {
    await operator.stop();
    await cluster.stop();
  });

  const deployment = async (name: string): Promise<V1Deployment | undefined> => {
    const { items } = await apps.listNamespacedDeployment({ namespace });
    return items.find((one) => one.metadata?.name === name);
  };

  test('a site becomes a Deployment, and that becomes pods', async () => {
    await core.createNamespacedConfigMap({
      namespace,
      body: site('docs', {
        metadata: {
          name: 'docs',
          labels: { [siteLabel]: 'true' },
          annotations: { [replicasAnnotation]: '2' },
        },
      }),
    });
    const pods = await eventually('two pods', async () => {
      const { items } = await core.listNamespacedPod({
        namespace,
        labelSelector: 'app.kubernetes.io/name=docs',
      });
      return items.length === 2 ? items : undefined;
    });
    assert.equal(pods[0]?.spec?.volumes?.[0]?.configMap?.name, 'docs');
    const told = await eventually('a status', async () => {
      const { metadata } = await core.readNamespacedConfigMap({ name: 'docs', namespace });
      return metadata?.annotations?.[statusAnnotation];
    });
    assert.equal(told, '2 wanted');
  });

  test('a ConfigMap without the label is not its business', async () => {
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'other' }, data: {} } });
    await core.createNamespacedConfigMap({ namespace, body: site('after-other') });
    await eventually('the site made after it', () => deployment('after-other'));
    assert.equal(await deployment('other'), undefined);
  });

  test('new pages are rolled out', async () => {
    await core.createNamespacedConfigMap({ namespace, body: site('blog') });
    const first = await eventually('a deployment', () => deployment('blog'));
    await core.patchNamespacedConfigMap({
      name: 'blog',
      namespace,
      body: [{ op: 'replace', path: '/data/index.html', value: '<h1>news</h1>' }],
    });
    const second = await eventually('a second generation', async () => {
      const found = await deployment('blog');
      return found?.metadata?.generation === first.metadata?.generation ? undefined : found;
    });
    assert.notDeepEqual(
      second.spec?.template.metadata?.annotations,
      first.spec?.template.metadata?.annotations,
    );
    await eventually('two ReplicaSets', async () => {
      const { items } = await apps.listNamespacedReplicaSet({
        namespace,
        labelSelector: 'app.kubernetes.io/name=blog',
      });
      return items.length === 2 ? items : undefined;
    });
  });

  test('what somebody else changed is put right', async () => {
    await core.createNamespacedConfigMap({ namespace, body: site('shop') });
    await eventually('a deployment', () => deployment('shop'));
    await apps.patchNamespacedDeployment({
      name: 'shop',
      namespace,
      body: [{ op: 'replace', path: '/spec/replicas', value: 7 }],
    });
    await eventually('one replica again', async () => {
      const found = await deployment('shop');
      const { replicas } = found?.spec ?? {};
      return replicas === 1 && (found?.metadata?.generation ?? 0) >= 3 ? found : undefined;
    });
  });

  test('a site that asks for nonsense is told so, and is mended', async () => {
    const annotations = { [replicasAnnotation]: 'lots' };
    const metadata = { name: 'odd', labels: { [siteLabel]: 'true' }, annotations };
    await core.createNamespacedConfigMap({ namespace, body: site('odd', { metadata }) });
    const told = await eventually('a status', async () => {
      const found = await core.readNamespacedConfigMap({ name: 'odd', namespace });
      return found.metadata?.annotations?.[statusAnnotation];
    });
    assert.equal(told, "example.com/replicas is 0 to 99, not 'lots'");
    assert.equal(await deployment('odd'), undefined);
    await core.patchNamespacedConfigMap({
      name: 'odd',
      namespace,
      body: [{ op: 'replace', path: '/metadata/annotations/example.com~1replicas', value: '1' }],
    });
    await eventually('a deployment', () => deployment('odd'));
  });

  test('a deleted site takes everything of it along', async () => {
    await core.createNamespacedConfigMap({ namespace, body: site('old') });
    await eventually('a deployment', () => deployment('old'));
    await core.deleteNamespacedConfigMap({ name: 'old', namespace });
    await eventually('no deployment', async () =>
      (await deployment('old')) === undefined ? true : undefined,
    );
    await eventually('no pods', async () => {
      const { items } = await core.listNamespacedPod({
        namespace,
        labelSelector: 'app.kubernetes.io/name=old',
      });
      return items.length === 0 ? true : undefined;
    });
  });
});
