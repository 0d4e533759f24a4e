import { resolve } from 'node:path';
import { FlagError, runComponent } from '@kubelab/component';
import { parseThresholds } from './node/eviction.js';
import { evictionHardDefault, startKubelet } from './start.js';

function readThresholds(text: string) {
  try {
    return parseThresholds(text);
  } catch (error) {
    throw new FlagError(`--eviction-hard: ${error instanceof Error ? error.message : String(error)}`);
  }
}

await runComponent({
  component: 'kubelet',
  about: 'Runs the pods of one node.',
  example:
    '--apiserver 127.0.0.1:6454 --node-name node-1 --node-ip 127.32.0.1 --pod-cidr 127.64.1.0/24 --data-dir .kubelab/node-1',
  flags: {
    apiserver: { kind: 'addresses', description: "the apiservers' wire addresses" },
    'node-name': { kind: 'string', description: 'the Node that it registers' },
    'node-ip': { kind: 'string', description: "the node's InternalIP" },
    'pod-cidr': { kind: 'cidr', description: 'where its pods get their addresses' },
    network: { kind: 'string', description: 'loopback or interface', default: 'loopback' },
    'data-dir': { kind: 'path', description: 'pods, their logs and volumes' },
    'image-dir': { kind: 'path', description: 'the catalogue of images', default: 'images' },
    'eviction-hard': {
      kind: 'string',
      description: 'pods are evicted below these; empty for never',
      default: evictionHardDefault,
    },
    'pod-manifest-path': { kind: 'path', description: 'folder of static pods', default: '' },
    'container-restart-backoff-ms': {
      kind: 'int',
      description: 'first back-off; doubles to 300 s',
      default: '10000',
    },
  },
  start: (world, config, flags) => {
    const { network } = flags;
    if (network !== 'loopback' && network !== 'interface')
      throw new FlagError(`--network is loopback or interface, not '${network}'`);
    return startKubelet(world, {
      ...config,
      apiservers: flags.apiserver,
      nodeName: flags['node-name'],
      nodeIp: flags['node-ip'],
      podCidr: flags['pod-cidr'],
      network,
      dataDirectory: resolve(flags['data-dir']),
      imageDirectory: resolve(flags['image-dir']),
      podManifestPath: flags['pod-manifest-path'] === '' ? undefined : resolve(flags['pod-manifest-path']),
      evictionHard: readThresholds(flags['eviction-hard']),
      containerRestartBackoffMs: flags['container-restart-backoff-ms'],
    });
  },
});
