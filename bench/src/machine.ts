import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';

/** What every report says of where it was measured. */
export function machine(root: string): { readonly machine: string; readonly commit: string } {
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout;
  const model = cpus()[0]?.model ?? 'unknown';
  return {
    machine: `${availableParallelism()} x ${model}, Node.js ${process.versions.node}`,
    commit: commit.trim(),
  };
}
