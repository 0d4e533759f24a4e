import type { Address, World } from '@kubelab/world';
import { storeError } from '../errors.js';
import { Silence } from '../silence.js';
import { type ChannelSecurity, type GrpcChannel, openChannel } from './channel.adapter.js';

/** A member that answers nothing for so long, although asked, is left aside for another. */
const patienceMs = 2_000;

export interface Endpoint {
  readonly channel: GrpcChannel;
  readonly silence: Silence;
}

/** Which member is asked: one by chance, until it fails; then the next. Only that one is connected to. */
export class Endpoints {
  readonly #world: Pick<World, 'clock' | 'random'>;
  readonly #endpoints: readonly Endpoint[];
  readonly #hung: (endpoint: Endpoint) => void;
  #turn: number;
  #closed = false;

  constructor(
    world: Pick<World, 'clock' | 'random'>,
    options: ChannelSecurity & {
      readonly endpoints: readonly Address[];
      /** What goes on there without asking should go elsewhere, too. */
      readonly hung: (endpoint: Endpoint) => void;
    },
  ) {
    if (options.endpoints.length === 0)
      throw storeError('invalidArgument', { detail: 'no endpoints of etcd are configured' });
    this.#world = world;
    this.#hung = options.hung;
    this.#endpoints = options.endpoints.map((address) => ({
      channel: openChannel(world, address, options),
      silence: new Silence(),
    }));
    this.#turn = world.random.int(this.#endpoints.length);
  }

  current(): Endpoint {
    const endpoint = this.#current();
    if (!endpoint.silence.lasts(this.#world.clock.monotonicMs(), patienceMs)) return endpoint;
    this.hangs(endpoint);
    return this.#current();
  }

  /** It takes what it is asked and says nothing. */
  hangs(endpoint: Endpoint): void {
    this.leave(endpoint);
    this.#hung(endpoint);
  }

  /** It failed. Many calls may say so of one failure: it is left once. */
  leave(endpoint: Endpoint | undefined): void {
    if (this.#current() === endpoint) this.#turn += 1;
  }

  close(): void {
    this.#closed = true;
    for (const { channel } of this.#endpoints) channel.close();
  }

  #current(): Endpoint {
    const endpoint = this.#endpoints[this.#turn % this.#endpoints.length];
    if (endpoint === undefined || this.#closed)
      throw storeError('unavailable', { detail: 'this client of etcd is closed' });
    return endpoint;
  }
}
