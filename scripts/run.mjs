// `node scripts/run.mjs WORKSPACE ARGS...`: set up what is missing, then run that workspace's main with ARGS.
import { pathToFileURL } from 'node:url';
import { entry, prepare } from './prepare.mjs';

const [workspace, ...args] = process.argv.slice(2);
if (workspace === undefined) {
  console.error('usage: node scripts/run.mjs cli|sim|bench [ARGS...]');
  process.exit(2);
}
prepare();
process.argv.splice(1, process.argv.length, entry(workspace), ...args);
await import(pathToFileURL(entry(workspace)).href);
