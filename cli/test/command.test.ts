import { accessSync, constants, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const folder = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

t.test(
  'the command that npm links is there before anything is compiled: else a fresh clone has no npx kubelab',
  async (t) => {
    const { bin }: { bin: { kubelab: string } } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    t.notMatch(bin.kubelab, /dist/);
    t.doesNotThrow(() => accessSync(join(folder, bin.kubelab), constants.X_OK));
  },
);
