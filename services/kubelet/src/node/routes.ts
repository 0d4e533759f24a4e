import { type Node, nodeKind } from '@kubelab/api';
import { type Client, Informer, type InformerHandlers, runWorkers, WorkQueue } from '@kubelab/client';
import type { Logger } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import { RuntimeError } from '../runtime/cri.js';
import { runIp } from '../runtime/process/network.js';

export interface NodeRoutesOptions {
  readonly world: World;
  readonly log: Logger;
  readonly client: Client;
  readonly nodeName: string;
}

interface Route {
  readonly cidr: string;
  readonly via: string;
}

/**
 * Pods of other nodes are reached by way of their node: a route for each node's podCIDR (what a CNI's host-gw
 * does). What `ip` refuses is tried again, later each time.
 */
export class NodeRoutes {
  readonly #options: NodeRoutesOptions;
  readonly #nodes: Informer<Node>;
  readonly #queue: WorkQueue;
  /** As set: a node that is gone, or changed its CIDR, says no longer what is to be removed. */
  readonly #set = new Map<string, Route>();

  constructor(options: NodeRoutesOptions) {
    const { world, log, client } = options;
    this.#options = options;
    this.#queue = new WorkQueue(world);
    this.#nodes = new Informer<Node>(client, nodeKind, { world, log });
    const add: InformerHandlers<Node>['deleted'] = ({ metadata }, trace) =>
      this.#queue.add(metadata.name, trace);
    this.#nodes.handle({ changed: (node, _old, trace) => add(node, trace), deleted: add });
  }

  start(): void {
    const { log } = this.#options;
    this.#nodes.start();
    void runWorkers(this.#queue, (name) => this.#reconcile(name), { workers: 1, log, name: 'node-routes' });
  }

  stop(): void {
    this.#nodes.stop();
    this.#queue.stop();
  }

  /** Rejects with RuntimeError when `ip` fails: the queue tries again. */
  async #reconcile(name: string): Promise<undefined> {
    const { world, nodeName } = this.#options;
    if (name === nodeName) return undefined;
    const wanted = routeOf(this.#nodes.get(name));
    const known = this.#set.get(name);
    if (wanted?.cidr === known?.cidr && wanted?.via === known?.via) return undefined;
    if (known !== undefined && known.cidr !== wanted?.cidr) {
      await removeRoute(world, known.cidr);
      this.#set.delete(name);
    }
    if (wanted === undefined) return undefined;
    await runIp(world, ['route', 'replace', wanted.cidr, 'via', wanted.via]);
    this.#set.set(name, wanted);
    return undefined;
  }
}

async function removeRoute(world: World, cidr: string): Promise<void> {
  try {
    await runIp(world, ['route', 'del', cidr]);
  } catch (error) {
    // `RTNETLINK answers: No such process`: it is gone already.
    if (!(error instanceof RuntimeError) || !error.message.includes('No such process')) throw error;
  }
}

function routeOf(node: Node | undefined): Route | undefined {
  const cidr = node?.spec?.podCIDR;
  const via = node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  return cidr === undefined || via === undefined ? undefined : { cidr, via };
}
