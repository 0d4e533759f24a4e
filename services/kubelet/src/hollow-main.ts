import { FlagError, runComponent } from '@kubelab/component';
import { hollowNodesMax } from './hollow/hollow-nodes.js';
import { startHollowKubelet } from './hollow/start.js';

await runComponent({
  component: 'hollow-kubelet',
  about: 'Is the kubelet of many nodes, whose pods go through their life without a process.',
  example: '--apiserver 127.0.0.1:6454 --nodes 1000',
  flags: {
    apiserver: { kind: 'addresses', description: "the apiservers' wire addresses" },
    nodes: { kind: 'int', description: 'how many: hollow-0, hollow-1, ...' },
    'node-ip': { kind: 'string', description: "every node's InternalIP: this process", default: '127.0.0.1' },
    'node-cpu': { kind: 'string', description: 'allocatable of each', default: '32' },
    'node-memory': { kind: 'string', description: 'allocatable of each', default: '256Gi' },
    'node-pods': { kind: 'string', description: 'allocatable of each', default: '110' },
    taint: { kind: 'boolean', description: 'hollow.kubelab.dev/node=hollow:NoSchedule on each' },
    'start-delay-ms': {
      kind: 'int',
      description: "from a pod's binding to its start; hollow.kubelab.dev/start-delay overrules it",
      default: '0',
    },
    'container-restart-backoff-ms': {
      kind: 'int',
      description: 'first back-off; doubles to 300 s',
      default: '10000',
    },
    events: { kind: 'boolean', description: "write pods' events: three for each container" },
  },
  start: (world, config, flags) => {
    const { nodes } = flags;
    if (nodes < 1 || nodes > hollowNodesMax)
      throw new FlagError(`--nodes is from 1 to ${hollowNodesMax}, not ${nodes}`);
    return startHollowKubelet(world, {
      ...config,
      apiservers: flags.apiserver,
      nodes,
      nodeIp: flags['node-ip'],
      capacity: { cpu: flags['node-cpu'], memory: flags['node-memory'], pods: flags['node-pods'] },
      tainted: flags.taint,
      startDelayMs: flags['start-delay-ms'],
      containerRestartBackoffMs: flags['container-restart-backoff-ms'],
      withEvents: flags.events,
    });
  },
});
