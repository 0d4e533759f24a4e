import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import type { Telemetry } from '@kubelab/telemetry';
import type { Timer, World } from '@kubelab/world';
import type { ProxySpans } from '../proxy-spans.js';
import type { Backend, DesiredListener } from '../rules/rules.js';
import { Balancer } from './balancer.js';

const bindRetryMs = 250;
const connectTimeoutMs = 2_000;
const attemptsMax = 8;
const drainMsDefault = 10_000;
/** Connections of one listener at a time; more are reset. */
const connectionsMax = 4_096;

export interface TcpProxyOptions {
  readonly world: World;
  readonly telemetry: Telemetry;
  readonly spans?: ProxySpans | undefined;
  /** How long connections of a removed listener may go on. */
  readonly drainMs?: number;
}

/**
 * The data plane: TCP listeners and the backends behind them. apply() changes only what differs: connections
 * of a listener whose backends
 * changed go on; those of a removed listener may end within drainMs. An address that somebody else holds is
 * tried for until it is free.
 */
export class TcpProxy {
  readonly #options: TcpProxyOptions;
  readonly #listeners = new Map<string, ProxyListener>();

  constructor(options: TcpProxyOptions) {
    this.#options = options;
  }

  /** Addresses that this proxy serves now. */
  bound(): string[] {
    return [...this.#listeners.values()].filter((one) => one.listening).map((one) => one.key);
  }

  apply(desired: readonly DesiredListener[]): void {
    const wanted = new Map(desired.map((one) => [one.key, one]));
    for (const [key, listener] of this.#listeners) {
      if (wanted.has(key)) continue;
      this.#listeners.delete(key);
      listener.close(this.#options.drainMs ?? drainMsDefault);
    }
    for (const [key, spec] of wanted) {
      const known = this.#listeners.get(key);
      if (known !== undefined) known.spec = spec;
      else this.#listeners.set(key, new ProxyListener(spec, this.#options));
    }
  }

  /** Every address has been tried once. */
  async settled(): Promise<void> {
    await Promise.all([...this.#listeners.values()].map((one) => one.firstTry));
  }

  stop(): void {
    for (const listener of this.#listeners.values()) listener.close(0);
    this.#listeners.clear();
  }
}

class ProxyListener {
  readonly key: string;
  spec: DesiredListener;
  readonly firstTry: Promise<void>;
  readonly #options: TcpProxyOptions;
  readonly #balancer = new Balancer();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #retry: Timer | undefined;
  #closed = false;
  listening = false;
  /** The code of the error that was logged last. */
  #told = '';

  constructor(spec: DesiredListener, options: TcpProxyOptions) {
    this.key = spec.key;
    this.spec = spec;
    this.#options = options;
    this.firstTry = new Promise((resolve) => this.#bind(resolve));
  }

  close(drainMs: number): void {
    this.#closed = true;
    this.listening = false;
    this.#retry?.cancel();
    this.#server?.close();
    const end = () => {
      for (const socket of this.#sockets) socket.destroy();
    };
    if (drainMs === 0 || this.#sockets.size === 0) end();
    else this.#options.world.timers.setTimeout(end, drainMs);
  }

  #bind(tried: () => void): void {
    if (this.#closed) {
      tried();
      return;
    }
    const { world, telemetry } = this.#options;
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) =>
      this.#accept(client),
    );
    server.maxConnections = connectionsMax;
    this.#server = server;
    server.on('error', (error: NodeJS.ErrnoException) => {
      this.#tellUnbound(error);
      this.listening = false;
      tried();
      if (!this.#closed)
        this.#retry = world.timers.setTimeout(() => this.#bind(() => undefined), bindRetryMs);
    });
    server.listen({ host: this.spec.host, port: this.spec.port }, () => {
      this.listening = !this.#closed;
      this.#told = '';
      telemetry.log.debug({ address: this.key, service: this.spec.service }, 'serving a service');
      if (this.#closed) server.close();
      tried();
    });
  }

  /**
   * Once for each reason. In use is no fault by itself: on the loopback network the node that came first
   * serves a shared address.
   */
  #tellUnbound({ code, message }: NodeJS.ErrnoException): void {
    const { log } = this.#options.telemetry;
    if (this.#closed || this.#told === code) return;
    this.#told = code ?? '';
    const fields = { address: this.key, service: this.spec.service, reason: message };
    if (code === 'EADDRINUSE') log.info(fields, 'the address is in use; it is tried for until it is free');
    else log.warn(fields, 'the address cannot be bound; it is tried for until it can');
  }

  #accept(client: Socket): void {
    const nowMs = this.#options.world.clock.monotonicMs();
    const from = client.remoteAddress ?? '';
    this.#track(client);
    // Without this, a client that resets while its backend is dialled would end the process.
    client.on('error', () => client.destroy());
    const candidates = this.#balancer.order(this.spec, from, nowMs).slice(0, attemptsMax);
    this.#tryNext(client, from, candidates);
  }

  #tryNext(client: Socket, from: string, candidates: readonly Backend[]): void {
    const [backend, ...others] = candidates;
    if (client.destroyed) return;
    if (backend === undefined) {
      client.resetAndDestroy(); // As a packet filter rejects: the client sees it at once.
      return;
    }
    const { world } = this.#options;
    const upstream = dial({ host: backend.host, port: backend.port, allowHalfOpen: true });
    this.#track(upstream);
    let settled = false;
    const fail = () => {
      if (settled) return;
      settled = true;
      timer.cancel();
      upstream.destroy();
      this.#balancer.failed(backend, world.clock.monotonicMs());
      this.#tryNext(client, from, others);
    };
    const timer = world.timers.setTimeout(fail, connectTimeoutMs);
    const abandoned = () => upstream.destroy();
    client.once('close', abandoned);
    upstream.on('error', fail);
    upstream.once('close', () => timer.cancel());
    upstream.once('connect', () => {
      if (settled) return;
      settled = true;
      timer.cancel();
      this.#balancer.connected(this.spec, from, backend, world.clock.monotonicMs());
      this.#record(from, backend);
      const first = this.#options.spans?.connection(this.spec.service);
      if (first !== undefined) upstream.once('data', () => first(backend.name));
      join(client, upstream);
    });
  }

  #record(from: string, backend: Backend): void {
    const { world, telemetry } = this.#options;
    telemetry.messages.record({
      timeMs: world.clock.nowMs(),
      direction: 'send',
      from,
      to: backend.name,
      kind: 'tcp connect',
      key: this.spec.service,
      bytes: 0,
      trace: undefined,
    });
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}

/** Bytes both ways with backpressure; an end of one direction is passed on and leaves the other open. */
function join(client: Socket, upstream: Socket): void {
  client.setNoDelay(true);
  upstream.setNoDelay(true);
  const pairs = [
    [client, upstream],
    [upstream, client],
  ] as const;
  for (const [one, other] of pairs) {
    one.pipe(other);
    one.on('error', () => other.resetAndDestroy());
    one.on('close', () => {
      if (!one.readableEnded) other.destroy();
    });
  }
}
