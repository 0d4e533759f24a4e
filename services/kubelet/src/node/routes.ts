import { type Node, nodeKind } from '@kubelab/api';
import { type Client, Informer } from '@kubelab/client';
import type { Logger } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import { runIp } from '../runtime/process/network.js';

/**
 * Pods of other nodes are reached by way of their node: a route for each node's podCIDR (what a CNI's host-gw
 * does).
 */
export class NodeRoutes {
  readonly #nodes: Informer<Node>;

  constructor(parts: {
    readonly world: World;
    readonly log: Logger;
    readonly client: Client;
    readonly nodeName: string;
  }) {
    const { world, log, client, nodeName } = parts;
    this.#nodes = new Informer<Node>(client, nodeKind, { world, log });
    const set = async (action: 'replace' | 'del', node: Node) => {
      const cidr = node.spec?.podCIDR;
      const via = node.status?.addresses?.find((address) => address.type === 'InternalIP')?.address;
      if (node.metadata.name === nodeName || cidr === undefined || via === undefined) return;
      try {
        await runIp(
          world,
          action === 'replace' ? ['route', 'replace', cidr, 'via', via] : ['route', 'del', cidr],
        );
      } catch (error) {
        log.warn(
          { node: node.metadata.name, cidr, via, error },
          `route not ${action === 'del' ? 'removed' : 'set'}`,
        );
      }
    };
    this.#nodes.handle({
      changed: (node, old) => {
        const place = (one: Node | undefined) => JSON.stringify([one?.spec?.podCIDR, one?.status?.addresses]);
        if (place(node) !== place(old)) void set('replace', node);
      },
      deleted: (node) => void set('del', node),
    });
  }

  start(): void {
    this.#nodes.start();
  }

  stop(): void {
    this.#nodes.stop();
  }
}
