import { runComponent } from '@kubelab/component';
import { startScheduler } from './start.js';

const decoder = new TextDecoder();

await runComponent({
  component: 'scheduler',
  about: 'Finds a node for every pod that has none.',
  example: '--apiserver 127.0.0.1:6454,127.0.0.1:6455',
  flags: {
    apiserver: { kind: 'addresses', description: "the apiservers' wire addresses" },
    config: {
      kind: 'path',
      description: 'a KubeSchedulerConfiguration: profiles, plugins and their args',
      default: '',
    },
  },
  start: async (world, config, flags) => {
    const path = flags.config;
    const configuration = path === '' ? undefined : decoder.decode(await world.disk.readFile(path));
    return startScheduler(world, { ...config, apiservers: flags.apiserver, configuration });
  },
});
