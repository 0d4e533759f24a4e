import { fileURLToPath } from 'node:url';
import t from 'tap';

/** The other tests of this folder (kubectl's in kubectl-etcd.test.ts) once more, each on a real etcd of its own through connectEtcd. */
t.jobs = 2;
for (const name of ['objects', 'watch', 'auth', 'https', 'spoiled'])
  t.spawn(
    process.execPath,
    [fileURLToPath(new URL(`${name}.test.js`, import.meta.url))],
    { env: { ...process.env, KUBELAB_TEST_STORE: 'etcd' }, stdio: ['ignore', 'pipe', 'inherit'] },
    `${name}, on etcd`,
  );
