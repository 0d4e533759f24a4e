// What `npm start`, `npm test` and the others do first, so that a fresh clone needs no other step:
// install what package-lock.json names, and compile what is newer than its output.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const nodeMinimum = [20, 19];

/** Checks Node, installs and builds where needed. Exits the process with a clear message on failure. */
export function prepare() {
  requireNode();
  install();
  once('node_modules/.kubelab-built', hashOf(sources()), () => {
    say('compiling ...');
    run(
      process.execPath,
      [join(root, 'node_modules/typescript/bin/tsc'), '-b'],
      'the sources do not compile',
    );
  });
}

/** Installs packages unless node_modules was made from this very package-lock.json. */
export function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  once('node_modules/.kubelab-installed', lock, () => {
    say('installing packages (once, about half a minute) ...');
    // Not `npm ci`: it refuses a lock file that lacks optional binaries of other platforms, which some
    // registries mirror late.
    const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
    run('npm', args, 'npm could not install the packages');
  });
}

/** The compiled entry point of a workspace, for example `entry('cli')`. */
export function entry(workspace) {
  return join(root, workspace, 'dist/src/main.js');
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantMajor = 0, wantMinor = 0] = nodeMinimum;
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return;
  console.error(`kubelab needs Node.js ${nodeMinimum.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

function once(stampName, key, work) {
  const stamp = join(root, stampName);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  work();
  writeFileSync(stamp, key);
}

function run(command, args, failure) {
  const done = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (done.status === 0) return;
  console.error(`${failure}: '${command} ${args.join(' ')}' ended with ${done.status ?? done.signal}.`);
  process.exit(1);
}

/** Every file that the compiler reads, with output kept out. */
function sources() {
  const found = [
    join(root, 'package-lock.json'),
    join(root, 'tsconfig.json'),
    join(root, 'tsconfig.base.json'),
  ];
  const tops = readdirSync(root, { withFileTypes: true }).filter((top) => top.isDirectory());
  for (const top of tops) {
    if (top.name.startsWith('.') || top.name === 'node_modules') continue;
    for (const file of readdirSync(join(root, top.name), { withFileTypes: true, recursive: true })) {
      const path = join(file.parentPath ?? file.path, file.name);
      if (!file.isFile() || path.includes('/dist/') || path.includes('/node_modules/')) continue;
      if (/\.c?ts$/.test(file.name) || file.name === 'tsconfig.json') found.push(path);
    }
  }
  return found.sort();
}

/** Of names, sizes and times of change: enough to see that something changed, and quick. */
function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    if (!existsSync(file)) continue;
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\0`);
  }
  return hash.digest('hex');
}

function say(text) {
  if (!process.env.KUBELAB_QUIET) console.error(`kubelab: ${text}`);
}
