import type { RunningComponent } from '@kubelab/component';
import { startKubeProxy } from '@kubelab/kube-proxy';
import { startKubelet, stopAllPods } from '@kubelab/kubelet';
import { groups } from '@kubelab/pki';
import type { Address, World } from '@kubelab/world';
import type { ComponentOf } from './cluster.js';
import type { Credentials } from './kubeconfigs.js';
import type { Subnet } from './subnets.js';

const containerRestartBackoffMs = 1_000;

export interface NodeOptions {
  readonly world: World;
  readonly credentials: Credentials;
  readonly componentOf: ComponentOf;
  readonly apiserver: Address;
  readonly subnet: Subnet;
  readonly directory: string;
  readonly imageDirectory: string;
}

/** A kubelet and a kube-proxy. stop() kills the pods' processes too. */
export async function startNode(options: NodeOptions, index: number): Promise<RunningComponent> {
  const { world, credentials, componentOf, subnet, imageDirectory } = options;
  const nodeName = `node-${index}`;
  const nodeIp = subnet.node(index);
  const dataDirectory = `${options.directory}/${nodeName}`;
  const common = { apiservers: [options.apiserver], nodeName, nodeIp, network: 'loopback' as const };
  const kubelet = await startKubelet(world, {
    ...componentOf('kubelet', nodeName, credentials.named(`system:node:${nodeName}`, [groups.nodes])),
    ...common,
    ...{ podCidr: subnet.podCidr(index), dataDirectory, imageDirectory, containerRestartBackoffMs },
    listen: { host: nodeIp, port: 0 },
  });
  const proxyName = `kube-proxy-${index}`;
  const proxy = await startKubeProxy(world, {
    ...componentOf('kube-proxy', proxyName, credentials.named('system:kube-proxy')),
    ...common,
  });
  return {
    address: kubelet.address,
    role: () => kubelet.role(),
    ready: () => kubelet.ready() && proxy.ready(),
    stop: async () => {
      await Promise.all([proxy.stop(), kubelet.stop()]);
      await stopAllPods(world, { dataDirectory });
    },
  };
}
