import { runComponent } from '@kubelab/component';
import { startApiserver } from './start.js';

await runComponent({
  component: 'apiserver',
  about:
    "kubelab's Kubernetes apiserver: HTTPS for kubectl, WebSocket for components; stateless, the store holds everything.",
  example: '--secure-listen 127.0.0.1:6443 --etcd-servers 127.0.0.1:2380 --advertise-address 127.0.0.1:6443',
  flags: {
    'secure-listen': { kind: 'address', description: 'where HTTPS is served to kubectl' },
    'etcd-servers': { kind: 'addresses', description: "the store's members" },
    'service-cluster-ip-range': {
      kind: 'cidr',
      description: 'where Services get their addresses from',
      default: '127.96.0.0/16',
    },
    'advertise-address': { kind: 'address', description: 'how others reach secure-listen' },
    'default-toleration-seconds': {
      kind: 'int',
      description: 'how long pods stay bound to a node that went away',
      default: '5',
    },
  },
  start: (world, config, flags) =>
    startApiserver(world, {
      ...config,
      secureListen: flags['secure-listen'],
      etcdServers: flags['etcd-servers'],
      serviceCidr: flags['service-cluster-ip-range'],
      advertise: flags['advertise-address'],
      defaultTolerationSeconds: flags['default-toleration-seconds'],
    }),
});
