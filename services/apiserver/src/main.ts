import { runComponent } from '@kubelab/component';
import { Metrics, processMetrics } from '@kubelab/telemetry';
import { startApiserver } from './start.js';
import { readStoreFlags } from './store-config.js';
import { readTokenFlags } from './token-config.js';

const metrics = new Metrics();
processMetrics(metrics);

await runComponent({
  component: 'apiserver',
  about:
    "kubelab's Kubernetes apiserver: HTTPS for kubectl, WebSocket for components; stateless, the store holds everything.",
  example: '--secure-listen 127.0.0.1:6443 --etcd-servers 127.0.0.1:2380 --advertise-address 127.0.0.1:6443',
  flags: {
    'secure-listen': { kind: 'address', description: 'where HTTPS is served to kubectl' },
    store: {
      kind: 'string',
      description: 'what holds the objects: kubelab (its own) or etcd',
      default: 'kubelab',
    },
    'etcd-servers': {
      kind: 'list',
      description: "the store's members: HOST:PORT or, of etcd, https://HOST:PORT,...",
    },
    'etcd-cafile': {
      kind: 'path',
      description: "the CA of the store's certificates, if not --ca-file",
      default: '',
    },
    'etcd-certfile': {
      kind: 'path',
      description: 'certificate for the store, if not --cert-file',
      default: '',
    },
    'etcd-keyfile': { kind: 'path', description: 'its key', default: '' },
    'service-cluster-ip-range': {
      kind: 'cidr',
      description: 'where Services get their addresses from',
      default: '127.96.0.0/16',
    },
    'advertise-address': { kind: 'address', description: 'how others reach secure-listen' },
    'service-account-signing-key-file': {
      kind: 'path',
      description: "key that signs service accounts' tokens; without it one of this instance's own",
      default: '',
    },
    'service-account-key-file': {
      kind: 'path',
      description: 'further public keys whose tokens are accepted',
      default: '',
    },
    'service-account-issuer': { kind: 'string', description: 'who tokens say issued them', default: '' },
    'api-audiences': {
      kind: 'list',
      description: 'whom tokens for this API are meant for; the issuer if not given',
      default: '',
    },
    'token-auth-file': {
      kind: 'path',
      description: 'static tokens: lines of token,user,uid,"group1,group2"',
      default: '',
    },
    'default-toleration-seconds': {
      kind: 'int',
      description: 'how long pods stay bound to a node that went away',
      default: '5',
    },
  },
  start: async (world, config, flags) =>
    startApiserver(world, {
      ...config,
      metrics,
      secureListen: flags['secure-listen'],
      store: await readStoreFlags(
        world,
        {
          store: flags.store,
          servers: flags['etcd-servers'],
          caFile: flags['etcd-cafile'],
          certFile: flags['etcd-certfile'],
          keyFile: flags['etcd-keyfile'],
        },
        config.tls,
      ),
      serviceCidr: flags['service-cluster-ip-range'],
      advertise: flags['advertise-address'],
      tokens: await readTokenFlags(world, {
        signingKeyFile: flags['service-account-signing-key-file'],
        keyFile: flags['service-account-key-file'],
        issuer: flags['service-account-issuer'],
        audiences: flags['api-audiences'],
        tokenFile: flags['token-auth-file'],
      }),
      defaultTolerationSeconds: flags['default-toleration-seconds'],
    }),
});
