import { connectEtcd } from '@kubelab/store/etcd';
import { startEtcd } from '@kubelab/store/etcd-process';
import type { World } from '@kubelab/world';
import { FaultyStore } from './faulty-store.js';
import { MemoryStore } from './memory-store.js';

/** Set to `etcd`, the tests of this folder run on a real etcd (test/etcd.test.ts does it); else on a store in memory. */
const chosen = process.env.KUBELAB_TEST_STORE ?? 'memory';

export async function openTestStore(world: World): Promise<FaultyStore> {
  if (chosen === 'memory')
    return new FaultyStore(new MemoryStore(), { keepsTraces: true, closed: () => Promise.resolve() });
  if (chosen !== 'etcd') throw new Error(`KUBELAB_TEST_STORE is memory or etcd, not ${chosen}`);
  const etcd = await startEtcd();
  const store = connectEtcd({ world }, { endpoints: etcd.endpoints, plain: true });
  return new FaultyStore(store, { keepsTraces: false, closed: () => etcd.stop() });
}
