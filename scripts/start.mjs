// `npm start [-- FLAGS]`: set up what is missing, then `kubelab up FLAGS` in this process.
import { pathToFileURL } from 'node:url';
import { entry, prepare } from './prepare.mjs';

prepare();
process.argv.splice(1, process.argv.length, entry('cli'), 'up', ...process.argv.slice(2));
await import(pathToFileURL(entry('cli')).href);
