import {
  type Address,
  type Connection,
  type ConnectionHandlers,
  type Identity,
  type Listener,
  type ListenOptions,
  type Network,
  NetworkError,
  type Timers,
} from '../world.js';

/** Connections of one network; more are refused. */
const connectionsMax = 10_000;
const firstFreePort = 1_024;
const portMax = 65_535;

interface OpenListener {
  readonly options: ListenOptions;
  readonly address: Address;
  readonly ends: Set<End>;
}

/**
 * A network within this process: no sockets, no ports of the machine, no cryptography. Who connects is who its TlsMaterial says,
 * and both sides must name the same CA. Every network is a world of its own: components of two of them do not meet.
 * As a real one it is reliable and in order, and nothing arrives in the turn in which it was sent.
 */
export function createInProcessNetwork(timers: Pick<Timers, 'setImmediate'>): Network {
  const listeners = new Map<string, OpenListener>();
  let connections = 0;
  let nextPort = firstFreePort;
  const freePort = (host: string): number => {
    for (let tried = firstFreePort; tried <= portMax; tried += 1) {
      const port = nextPort;
      nextPort = nextPort === portMax ? firstFreePort : nextPort + 1;
      if (!listeners.has(keyOf({ host, port }))) return port;
    }
    throw new NetworkError('addressInUse', `every port of ${host} is in use`);
  };
  return {
    listen: async (options): Promise<Listener> => {
      const { host } = options.address;
      const port = options.address.port === 0 ? freePort(host) : options.address.port;
      const key = keyOf({ host, port });
      if (listeners.has(key)) throw new NetworkError('addressInUse', `${key} is in use`);
      const listener: OpenListener = { options, address: { host, port }, ends: new Set() };
      listeners.set(key, listener);
      return {
        address: listener.address,
        close: async () => {
          if (listeners.get(key) === listener) listeners.delete(key);
          for (const end of [...listener.ends]) end.close(1001, 'the listener closed');
        },
      };
    },
    connect: async ({ address, tls, messageBytesMax, signal }) => {
      await new Promise<void>((resolve) => timers.setImmediate(resolve));
      if (signal?.aborted === true) throw new NetworkError('aborted', 'given up');
      const listener = listeners.get(keyOf(address));
      if (listener === undefined || connections >= connectionsMax)
        throw new NetworkError('refused', `nobody listens on ${keyOf(address)}`);
      const { options } = listener;
      if (options.tls.caPem !== tls.caPem)
        throw new NetworkError('tls', `${keyOf(address)} trusts another CA than ${tls.identity.commonName}`);
      connections += 1;
      const over = (end: End) => {
        connections -= 1;
        listener.ends.delete(end);
      };
      const server: End = new End(timers, tls.identity, 'in-process:0', options.messageBytesMax, over);
      const client = new End(timers, options.tls.identity, keyOf(address), messageBytesMax, () => {});
      server.other = client;
      client.other = server;
      listener.ends.add(server);
      options.accept(server);
      return client;
    },
  };
}

function keyOf({ host, port }: Address): string {
  return `${host}:${port}`;
}

type Delivery =
  | { readonly is: 'message'; readonly data: Uint8Array }
  | { readonly is: 'close'; readonly code: number; readonly reason: string };

/** One side of a connection. `#inbox` is what the other side sent and this turn's deliveries have not yet brought. */
class End implements Connection {
  readonly peer: Identity;
  readonly remote: string;
  other: End | undefined;
  readonly #timers: Pick<Timers, 'setImmediate'>;
  readonly #messageBytesMax: number;
  readonly #over: (end: End) => void;
  #handlers: ConnectionHandlers | undefined;
  #inbox: Delivery[] = [];
  #inboxBytes = 0;
  #isDelivering = false;
  /** Nothing is sent any more, by this side's wish or the other's. */
  #isClosed = false;
  #wasToldClosed = false;

  constructor(
    timers: Pick<Timers, 'setImmediate'>,
    peer: Identity,
    remote: string,
    messageBytesMax: number,
    over: (end: End) => void,
  ) {
    this.#timers = timers;
    this.peer = peer;
    this.remote = remote;
    this.#messageBytesMax = messageBytesMax;
    this.#over = over;
  }

  get bufferedBytes(): number {
    return this.other?.inboxBytes ?? 0;
  }

  get inboxBytes(): number {
    return this.#inboxBytes;
  }

  start(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
    if (this.#inbox.length > 0) this.#deliverSoon();
  }

  send(parts: readonly Uint8Array[]): void {
    if (this.#isClosed) return;
    this.other?.take({ is: 'message', data: new Uint8Array(Buffer.concat(parts)) });
  }

  close(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.other?.take({ is: 'close', code, reason });
    // What is still on its way here is not wanted any more.
    this.#drop();
    this.take({ is: 'close', code, reason });
  }

  take(delivery: Delivery): void {
    if (this.#wasToldClosed) return;
    if (delivery.is === 'message') {
      if (this.#isClosed) return;
      if (delivery.data.byteLength > this.#messageBytesMax) {
        this.close(1009, 'message too big');
        return;
      }
      this.#inboxBytes += delivery.data.byteLength;
    }
    this.#inbox.push(delivery);
    if (this.#handlers !== undefined) this.#deliverSoon();
  }

  /** The other side's inbox has been emptied after it had grown. */
  drained(): void {
    if (!this.#wasToldClosed) this.#handlers?.drain();
  }

  #drop(): void {
    this.#inbox = [];
    this.#inboxBytes = 0;
  }

  #deliverSoon(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    this.#timers.setImmediate(() => this.#deliver());
  }

  #deliver(): void {
    this.#isDelivering = false;
    const inbox = this.#inbox;
    this.#inbox = [];
    for (const delivery of inbox) {
      if (delivery.is === 'message') {
        if (this.#isClosed) continue;
        this.#inboxBytes -= delivery.data.byteLength;
        this.#handlers?.message(delivery.data);
      } else if (!this.#wasToldClosed) {
        this.#isClosed = true;
        this.#wasToldClosed = true;
        this.#over(this);
        this.#handlers?.close(delivery.code, delivery.reason);
      }
    }
    const hadMessages = inbox.some(({ is }) => is === 'message');
    if (this.#inbox.length === 0 && hadMessages && !this.#isClosed) this.other?.drained();
  }
}
