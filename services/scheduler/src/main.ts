import { runComponent } from '@kubelab/component';
import { startScheduler } from './start.js';

await runComponent({
  component: 'scheduler',
  about: 'Finds a node for every pod that has none.',
  example: '--apiserver 127.0.0.1:6454,127.0.0.1:6455',
  flags: { apiserver: { kind: 'addresses', description: "the apiservers' wire addresses" } },
  start: (world, config, flags) => startScheduler(world, { ...config, apiservers: flags.apiserver }),
});
