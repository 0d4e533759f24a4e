// `npm run e2e -- containers`: the tests against docker compose. Needs a Docker engine that answers, and
// docker-compose or the plugin; sets up its base image
// where none can be pulled.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

if (process.argv[2] !== 'containers') {
  console.error('usage: npm run e2e -- containers   (the cluster as processes is part of npm test)');
  process.exit(2);
}
prepare();
if (spawnSync('docker', ['info'], { stdio: 'ignore' }).status !== 0) {
  console.error(
    'no Docker engine answers: start one (on Debian: apt-get install docker.io docker-compose; dockerd &) and try again',
  );
  process.exit(1);
}
const env = { ...process.env };
if (env.BASE_IMAGE === undefined) {
  env.BASE_IMAGE = `kubelab/base:${baseTag()}`;
  const present = spawnSync('docker', ['image', 'inspect', env.BASE_IMAGE], { stdio: 'ignore' }).status === 0;
  if (!present) must('sh', [join(root, 'scripts/build-base.sh'), env.BASE_IMAGE]);
}
must(process.execPath, [
  join(root, 'node_modules/tap/dist/esm/run.mjs'),
  '--timeout=1500',
  'e2e/dist/containers/containers.test.js',
]);

/** Names what the base image is made of: another lock file, recipe or Node.js asks for another image. */
function baseTag() {
  const hash = createHash('sha256').update(process.version);
  for (const path of ['package-lock.json', 'scripts/build-base.sh'])
    hash.update(readFileSync(join(root, path)));
  return hash.digest('hex').slice(0, 12);
}

function must(command, args) {
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit', env });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
