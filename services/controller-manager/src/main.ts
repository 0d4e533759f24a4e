import { runComponent } from '@kubelab/component';
import { readSigner } from './controllers/certificates.js';
import { readTokenKey } from './controllers/service-account-tokens.js';
import { startControllerManager } from './start.js';

await runComponent({
  component: 'controller-manager',
  about: 'Brings the cluster to what its objects say: deployments, endpoints, nodes, namespaces, garbage.',
  example: '--apiserver 127.0.0.1:6454,127.0.0.1:6455',
  flags: {
    apiserver: { kind: 'addresses', description: "the apiservers' wire addresses" },
    controllers: {
      kind: 'list',
      description: 'which controllers run; * for all, -NAME for all but that',
      default: '*',
    },
    'local-volume-dir': {
      kind: 'path',
      description: 'folder on nodes for volumes of provisioner kubelab.dev/local; absolute',
      default: '/tmp/kubelab-volumes',
    },
    'node-monitor-grace-period-ms': {
      kind: 'int',
      description: "a node's silence that makes it unreachable",
      default: '6000',
    },
    'cluster-signing-cert-file': {
      kind: 'path',
      description: 'the CA that signs certificate requests; without it none are signed',
      default: '',
    },
    'cluster-signing-key-file': { kind: 'path', description: "that CA's key", default: '' },
    'service-account-private-key-file': {
      kind: 'path',
      description: 'signs the tokens that are kept in Secrets; without it none are made',
      default: '',
    },
  },
  start: async (world, config, flags) =>
    startControllerManager(world, {
      ...config,
      apiservers: flags.apiserver,
      controllers: flags.controllers,
      localVolumeDir: flags['local-volume-dir'],
      nodeMonitorGraceMs: flags['node-monitor-grace-period-ms'],
      signer: await readSigner(world, {
        certFile: flags['cluster-signing-cert-file'],
        keyFile: flags['cluster-signing-key-file'],
      }),
      tokenKey: await readTokenKey(world, flags['service-account-private-key-file']),
    }),
});
