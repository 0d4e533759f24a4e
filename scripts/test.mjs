// `npm test [-- FILE_OR_WORD...]`: set up, then run every compiled tap test (or those whose path holds one of
// the words).
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

const words = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const flags = process.argv.slice(2).filter((word) => word.startsWith('-'));
const node = process.execPath;
const tap = join(root, 'node_modules/tap/dist/esm/run.mjs');

prepare();
buildTapPlugins();
const files = testFiles().filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
if (files.length === 0) {
  console.error(`no test matches ${words.join(' ')}`);
  process.exit(1);
}
const done = spawnSync(node, [tap, '--jobs=2', '--timeout=240', ...flags, ...files], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(done.status ?? 1);

/** tap compiles its set of plugins (.taprc) into .tap/ at first use; tests that start meanwhile fail. */
function buildTapPlugins() {
  const stamp = join(root, '.tap/kubelab-built');
  const key =
    readFileSync(join(root, 'package-lock.json'), 'utf8').length + readFileSync(join(root, '.taprc'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  const built = spawnSync(node, [tap, 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (built.status !== 0) process.exit(built.status ?? 1);
  writeFileSync(stamp, key);
}

/** Compiled tests whose source still exists: deleting a test leaves its output behind. */
function testFiles() {
  const places = ['packages', 'services'].flatMap((top) =>
    readdirSync(join(root, top)).map((name) => join(top, name)),
  );
  return [...places, 'cli', 'sim', 'e2e', 'examples/operator'].flatMap((place) => {
    const folder = join(root, place, 'test');
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => join(place, 'dist/test', name.replace(/\.ts$/, '.js')))
      .sort();
  });
}
