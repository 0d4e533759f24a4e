import { FlagError, runComponent } from '@kubelab/component';
import { startKubeProxy } from './start.js';

await runComponent({
  component: 'kube-proxy',
  about: "Serves the cluster's Services on one node.",
  example: '--apiserver 127.0.0.1:6454 --node-name node-1 --node-ip 127.32.0.1',
  flags: {
    apiserver: { kind: 'addresses', description: "the apiservers' wire addresses" },
    'node-name': { kind: 'string', description: 'the Node it serves on' },
    'node-ip': { kind: 'string', description: "the node's InternalIP" },
    network: { kind: 'string', description: 'loopback or interface', default: 'loopback' },
  },
  start: (world, config, flags) => {
    const { network } = flags;
    if (network !== 'loopback' && network !== 'interface')
      throw new FlagError(`--network is loopback or interface, not '${network}'`);
    return startKubeProxy(world, {
      ...config,
      apiservers: flags.apiserver,
      nodeName: flags['node-name'],
      nodeIp: flags['node-ip'],
      network,
    });
  },
});
