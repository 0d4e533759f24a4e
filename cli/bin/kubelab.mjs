#!/usr/bin/env node
// What `npx kubelab` runs. A file of the sources, for npm links no command whose file is compiled only after the installation.
import { existsSync } from 'node:fs';

const main = new URL('../dist/src/main.js', import.meta.url);
if (existsSync(main)) await import(main.href);
else {
  process.stderr.write("kubelab is not compiled yet: 'npm start' does it, and 'npm run build'\n");
  process.exitCode = 1;
}
