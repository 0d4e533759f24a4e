import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  podKind,
  type StorageClass,
} from '@kubelab/api';
import t from 'tap';
import { persistentVolumeClaimKind, persistentVolumeKind, storageClassKind } from '../src/kinds.js';
import { TestCluster } from './harness.js';

const volume = (name: string, storage: string, more: object = {}): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity: { storage },
    accessModes: ['ReadWriteOnce'],
    hostPath: { path: `/data/${name}` },
    ...more,
  },
});
const claim = (name: string, storage: string, more: object = {}): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default' },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage } },
    storageClassName: '',
    ...more,
  },
});
const storageClass = (name: string, more: object = {}): StorageClass => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner: 'kubelab.dev/local',
  ...more,
});
const start = (t: Parameters<typeof TestCluster.start>[0]) =>
  TestCluster.start(t, {
    controllers: [
      'persistentvolume-binder',
      'persistentvolumeclaim-protection',
      'persistentvolume-protection',
      'ephemeral-volume',
      'garbage-collector',
    ],
    nodes: ['node-1', 'node-2'],
    script: () => ({ readyAfterMs: 200 }),
  });
const claimOf = (cluster: TestCluster, name = 'c') =>
  cluster.get<PersistentVolumeClaim>(persistentVolumeClaimKind, name);
const phase = async (cluster: TestCluster, name = 'c') => (await claimOf(cluster, name)).status?.phase;
const volumePhase = async (cluster: TestCluster, name: string) =>
  (await cluster.find<PersistentVolume>(persistentVolumeKind, name))?.status?.phase;

t.test('a claim takes the smallest volume that is large enough, from both sides', async (t) => {
  const cluster = await start(t);
  for (const [name, size] of [
    ['big', '10Gi'],
    ['fit', '2Gi'],
    ['small', '1Gi'],
  ] as const)
    await cluster.create(persistentVolumeKind, volume(name, size));
  await cluster.until('available', async () => (await volumePhase(cluster, 'fit')) === 'Available');
  await cluster.create(persistentVolumeClaimKind, claim('c', '2Gi'));
  await cluster.until('bound', async () => (await phase(cluster)) === 'Bound');
  t.match(await claimOf(cluster), {
    metadata: { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
    spec: { volumeName: 'fit' },
    status: { capacity: { storage: '2Gi' }, accessModes: ['ReadWriteOnce'] },
  });
  await cluster.until('volume bound', async () => (await volumePhase(cluster, 'fit')) === 'Bound');
  t.same(cluster.errors, []);
});

t.test('Retain keeps the volume for nobody, Delete without a plugin fails', async (t) => {
  const cluster = await start(t);
  await cluster.create(
    persistentVolumeKind,
    volume('kept', '1Gi', { persistentVolumeReclaimPolicy: 'Retain' }),
  );
  await cluster.create(persistentVolumeClaimKind, claim('c', '1Gi'));
  await cluster.until('bound', async () => (await phase(cluster)) === 'Bound');
  await cluster.delete(persistentVolumeClaimKind, 'c');
  await cluster.until('released', async () => (await volumePhase(cluster, 'kept')) === 'Released');
  await cluster.create(persistentVolumeClaimKind, claim('c', '1Gi'));
  await cluster.advance(20_000);
  t.equal(await phase(cluster), 'Pending', 'a claim of the same name is another one');
  t.match(await cluster.events('FailedBinding'), [
    'FailedBinding: no persistent volumes available for this claim and no storage class is set',
  ]);
  await cluster.create(
    persistentVolumeKind,
    volume('plain', '1Gi', { persistentVolumeReclaimPolicy: 'Delete' }),
  );
  await cluster.until('bound to it', async () => (await phase(cluster)) === 'Bound');
  await cluster.delete(persistentVolumeClaimKind, 'c');
  await cluster.until('failed', async () => (await volumePhase(cluster, 'plain')) === 'Failed');
});

t.test('the local provisioner makes a volume on a node, and takes it away with its claim', async (t) => {
  const cluster = await start(t);
  await cluster.create(storageClassKind, storageClass('local'));
  await cluster.create(persistentVolumeClaimKind, claim('c', '1Gi', { storageClassName: 'local' }));
  await cluster.until('bound', async () => (await phase(cluster)) === 'Bound');
  const [made] = await cluster.list<PersistentVolume>(persistentVolumeKind);
  const { metadata } = await claimOf(cluster);
  t.match(made, {
    metadata: {
      name: `pvc-${metadata.uid}`,
      annotations: { 'pv.kubernetes.io/provisioned-by': 'kubelab.dev/local' },
    },
    spec: {
      persistentVolumeReclaimPolicy: 'Delete',
      hostPath: { path: `/volumes/pvc-${metadata.uid}`, type: 'DirectoryOrCreate' },
      storageClassName: 'local',
    },
  });
  t.match(made?.spec?.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions, [
    { key: 'kubernetes.io/hostname', values: [/node-/] },
  ]);
  t.match(await cluster.events('ProvisioningSucceeded'), [
    `ProvisioningSucceeded: Successfully provisioned volume pvc-${metadata.uid}`,
  ]);
  await cluster.delete(persistentVolumeClaimKind, 'c');
  await cluster.until('gone', async () => (await cluster.list(persistentVolumeKind)).length === 0);
  t.same(cluster.errors, []);
});

t.test('WaitForFirstConsumer waits for the scheduler to choose the node', async (t) => {
  const cluster = await start(t);
  await cluster.create(storageClassKind, storageClass('late', { volumeBindingMode: 'WaitForFirstConsumer' }));
  await cluster.create(persistentVolumeClaimKind, claim('c', '1Gi', { storageClassName: 'late' }));
  await cluster.advance(20_000);
  t.equal(await phase(cluster), 'Pending');
  t.match(await cluster.events('WaitForFirstConsumer'), [
    /waiting for first consumer to be created before binding/,
  ]);
  await cluster.patch(persistentVolumeClaimKind, 'c', {
    metadata: { annotations: { 'volume.kubernetes.io/selected-node': 'node-2' } },
  });
  await cluster.until('bound', async () => (await phase(cluster)) === 'Bound');
  const [made] = await cluster.list<PersistentVolume>(persistentVolumeKind);
  t.match(made?.spec?.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions, [
    { values: ['node-2'] },
  ]);
});

t.test('a claim that names no class has the default one; an unknown provisioner is waited for', async (t) => {
  const cluster = await start(t);
  await cluster.create(persistentVolumeClaimKind, {
    ...claim('c', '1Gi'),
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
  await cluster.create(storageClassKind, {
    ...storageClass('standard'),
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  });
  await cluster.until('bound', async () => (await phase(cluster)) === 'Bound', 60_000);
  t.equal((await claimOf(cluster)).spec?.storageClassName, 'standard');
  await cluster.create(storageClassKind, storageClass('cloud', { provisioner: 'example.com/disk' }));
  await cluster.create(persistentVolumeClaimKind, claim('d', '1Gi', { storageClassName: 'cloud' }));
  await cluster.advance(2_000);
  t.match(await cluster.events('ExternalProvisioning'), [
    /created either by the external provisioner 'example.com\/disk'/,
  ]);
});

t.test('a claim that a pod uses stays until the pod has gone', async (t) => {
  const cluster = await start(t);
  await cluster.create(persistentVolumeKind, volume('v', '1Gi'));
  await cluster.create(persistentVolumeClaimKind, claim('c', '1Gi'));
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'user', namespace: 'default' },
    spec: {
      containers: [{ name: 'main', image: 'node:1' }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'c' } }],
    },
  };
  await cluster.create(podKind, pod);
  await cluster.until('bound', async () => (await phase(cluster)) === 'Bound');
  await cluster.until('it runs', async () => (await cluster.pods())[0]?.status?.phase === 'Running');
  t.same((await claimOf(cluster)).metadata.finalizers, ['kubernetes.io/pvc-protection']);
  await cluster.delete(persistentVolumeClaimKind, 'c');
  await cluster.advance(10_000);
  t.ok((await claimOf(cluster)).metadata.deletionTimestamp);
  await cluster.delete(persistentVolumeKind, 'v');
  await cluster.delete(podKind, 'user');
  await cluster.until(
    'the claim goes, then its volume',
    async () =>
      (await cluster.list(persistentVolumeClaimKind)).length +
        (await cluster.list(persistentVolumeKind)).length ===
      0,
  );
});

t.test('an ephemeral volume has a claim that comes and goes with its pod', async (t) => {
  const cluster = await start(t);
  await cluster.create(storageClassKind, storageClass('local'));
  const volumeClaimTemplate = { spec: claim('x', '1Gi', { storageClassName: 'local' }).spec ?? {} };
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'user', namespace: 'default' },
    spec: {
      containers: [{ name: 'main', image: 'node:1' }],
      volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate } }],
    },
  };
  await cluster.create(podKind, pod);
  await cluster.until(
    'bound',
    async () =>
      (await cluster.find<PersistentVolumeClaim>(persistentVolumeClaimKind, 'user-scratch'))?.status
        ?.phase === 'Bound',
  );
  t.match((await claimOf(cluster, 'user-scratch')).metadata.ownerReferences, [
    { kind: 'Pod', name: 'user', controller: true },
  ]);
  await cluster.delete(podKind, 'user');
  await cluster.until('gone', async () => (await cluster.list(persistentVolumeClaimKind)).length === 0);
});
