// `npm run check`: types, format and lint, this project's own rules, dead exports. Every step runs; any
// failure fails the whole.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

const bin = (name) => join(root, 'node_modules/.bin', name);
const steps = [
  { name: 'types', command: bin('tsc'), args: ['-b'] },
  { name: 'format and lint', command: bin('biome'), args: ['check', '--diagnostic-level=warn', '.'] },
  { name: 'rules', command: process.execPath, args: [join(root, 'scripts/rules.mjs')] },
  {
    name: 'dead code',
    command: bin('knip'),
    args: ['--no-progress', '--no-config-hints', '--include', 'files,exports,unlisted,unresolved,duplicates'],
  },
];

prepare();
const failed = steps.filter(({ name, command, args }) => {
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  console.log(`${done.status === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  return done.status !== 0;
});
console.log(`${steps.length - failed.length} passed, ${failed.length} failed`);
process.exit(failed.length === 0 ? 0 : 1);
