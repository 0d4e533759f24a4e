import { FlagError, helpText, parseFlags } from '@kubelab/component';
import { createTelemetry } from '@kubelab/telemetry';
import { createRealWorld } from '@kubelab/world';
import { initialClusterTokenDefault } from './server/new-cluster.js';
import { restoreSnapshot } from './server/saved-snapshot.js';

/** As etcdctl snapshot restore: makes one member's data directory of a new cluster from a saved snapshot. */
const flags = {
  snapshot: { kind: 'path', description: 'what etcdctl snapshot save wrote, here or with an etcd' },
  name: { kind: 'string', description: 'of the member' },
  'data-dir': { kind: 'path', description: 'its folder, to be made' },
  'initial-cluster': { kind: 'members', description: 'all members of the new cluster: NAME=HOST:PORT,...' },
  'initial-cluster-token': {
    kind: 'string',
    description: 'tells clusters with the same members apart',
    default: initialClusterTokenDefault,
  },
  'skip-hash-check': { kind: 'boolean', description: "the file is a copy of an etcd member's database" },
} as const;

const command = 'node services/etcd-raft/dist/src/restore-main.js';
const about =
  'Makes the data directory of a member of a new cluster from a saved snapshot of kubelab or of etcd. Once for each ' +
  'member, each with the same file and the same --initial-cluster, before any is started (with these flags too).';
const example =
  '--snapshot saved.db --name etcd-raft-0 --data-dir data --initial-cluster etcd-raft-0=127.0.0.1:7000';

const args = process.argv.slice(2);
if (args.includes('--help')) process.stdout.write(helpText(command, about, flags, example));
else
  try {
    const given = parseFlags(flags, args);
    const world = createRealWorld({ host: given.name });
    const telemetry = createTelemetry({
      ...{ component: 'etcd-raft', instance: given.name, world },
      level: 'warn',
    });
    const { revision, foreignPasswords } = await restoreSnapshot(world, {
      snapshotPath: given.snapshot,
      name: given.name,
      dataDirectory: given['data-dir'],
      initialCluster: given['initial-cluster'],
      initialClusterToken: given['initial-cluster-token'],
      skipHashCheck: given['skip-hash-check'],
      log: telemetry.log,
    });
    if (foreignPasswords.length > 0)
      process.stderr.write(
        `passwords of these users were hashed by etcd and do not work here; give them new ones: ${foreignPasswords.join(', ')}\n`,
      );
    process.stdout.write(`restored revision ${revision} for ${given.name} in ${given['data-dir']}\n`);
  } catch (error) {
    process.stderr.write(`etcd-raft restore: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof FlagError ? 2 : 1;
  }
