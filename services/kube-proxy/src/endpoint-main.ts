import { runComponent } from '@kubelab/component';
import { parseForward, startEndpoint } from './endpoint.js';

await runComponent({
  component: 'kube-proxy',
  about: 'One TCP address for several apiservers.',
  example: '--forward 127.0.0.1:6443=127.0.0.1:6444,127.0.0.1:6445',
  flags: {
    forward: { kind: 'string', description: 'HOST:PORT=HOST:PORT,HOST:PORT (several with ; between)' },
  },
  start: (world, config, flags) =>
    startEndpoint(world, { ...config, forwards: flags.forward.split(';').map(parseForward) }),
});
