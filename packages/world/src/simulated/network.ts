import {
  type Address,
  type Connection,
  type ConnectionHandlers,
  type Identity,
  type Listener,
  type ListenOptions,
  type Network,
  NetworkError,
} from '../world.js';
import type { Kernel } from './kernel.js';

/** What is wrong with the way from one host to another. */
export interface WireFaults {
  /** Nothing passes; a connection that waits over it breaks after a while. */
  blocked?: boolean;
  delayMs?: number;
  jitterMs?: number;
  /** Of datagrams. */
  lossRate?: number;
  duplicateRate?: number;
  reorderRate?: number;
}

const baseDelayMs = 0.1;
const baseJitterMs = 0.3;
/** What a message that is overtaken or doubled is late by, at most. */
const reorderMs = 40;
/** A connection with something undelivered for so long is broken, as by TCP's timeout. */
const stallMs = 8_000;
const retryMs = 20;

interface HostListener {
  readonly options: ListenOptions;
  readonly host: string;
  open: boolean;
}

/** All connections between simulated hosts. Host names are addresses. */
export class SimulatedNetwork {
  readonly #kernel: Kernel;
  readonly #listeners = new Map<string, HostListener>();
  readonly #pipes = new Set<Pipe>();
  readonly #faults = new Map<string, WireFaults>();
  #nextPort = 40_000;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  setFaults(from: string, to: string, faults: WireFaults | undefined): void {
    if (faults === undefined) this.#faults.delete(`${from}>${to}`);
    else this.#faults.set(`${from}>${to}`, faults);
  }

  faults(from: string, to: string): WireFaults {
    return this.#faults.get(`${from}>${to}`) ?? {};
  }

  heal(): void {
    this.#faults.clear();
  }

  /** A host is gone: nobody says goodbye; the others find out. */
  crash(host: string): void {
    for (const [key, listener] of [...this.#listeners])
      if (listener.host === host) this.#listeners.delete(key);
    for (const pipe of [...this.#pipes]) pipe.hostGone(host);
  }

  drop(pipe: Pipe): void {
    this.#pipes.delete(pipe);
  }

  delayMs(from: string, to: string): number {
    const { delayMs = 0, jitterMs = 0 } = this.faults(from, to);
    return baseDelayMs + this.#kernel.random.next() * (baseJitterMs + jitterMs) + delayMs;
  }

  /** The network as a host sees it. */
  view(host: string): Network {
    return {
      listen: (options) => this.#listen(host, options),
      connect: async ({ address, tls, timeoutMs, signal }) => {
        const kernel = this.#kernel;
        await kernel.delayOn(host, this.delayMs(host, address.host));
        const blocked =
          this.faults(host, address.host).blocked === true ||
          this.faults(address.host, host).blocked === true;
        if (blocked) {
          await kernel.delayOn(host, timeoutMs);
          throw new NetworkError('timeout', `no answer from ${address.host}:${address.port}`);
        }
        if (signal?.aborted === true) throw new NetworkError('aborted', 'given up');
        const listener = this.#listeners.get(keyOf(address));
        if (listener === undefined || !listener.open || !kernel.isUp(listener.host)) {
          throw new NetworkError('refused', `nobody listens on ${address.host}:${address.port}`);
        }
        const pipe = new Pipe(
          kernel,
          this,
          { host, identity: tls.identity },
          { host: listener.host, identity: listener.options.tls.identity },
        );
        this.#pipes.add(pipe);
        kernel.scheduleOn(listener.host, this.delayMs(host, listener.host), () => {
          if (listener.open) listener.options.accept(pipe.server);
          else pipe.server.close(1001, 'not listening');
        });
        await kernel.delayOn(host, 2 * this.delayMs(host, address.host));
        return pipe.client;
      },
    };
  }

  async #listen(host: string, options: ListenOptions): Promise<Listener> {
    this.#nextPort += options.address.port === 0 ? 1 : 0;
    const port = options.address.port === 0 ? this.#nextPort : options.address.port;
    const address = { host, port };
    await this.#kernel.delayOn(host, 0.05);
    if (this.#listeners.has(keyOf(address)))
      throw new NetworkError('addressInUse', `${host}:${port} is in use`);
    const listener: HostListener = { options, host, open: true };
    this.#listeners.set(keyOf(address), listener);
    return {
      address,
      close: async () => {
        listener.open = false;
        if (this.#listeners.get(keyOf(address)) === listener) this.#listeners.delete(keyOf(address));
        for (const pipe of [...this.#pipes])
          if (pipe.server.host === host && pipe.server.port === port)
            pipe.server.close(1001, 'the listener closed');
      },
    };
  }
}

function keyOf({ host, port }: Address): string {
  return `${host}:${port}`;
}

interface Party {
  readonly host: string;
  readonly identity: Identity;
}

/** Two ends of one connection. */
class Pipe {
  readonly client: End;
  readonly server: End;

  constructor(kernel: Kernel, network: SimulatedNetwork, client: Party, server: Party) {
    this.client = new End(kernel, network, this, client, server);
    this.server = new End(kernel, network, this, server, client);
  }

  other(end: End): End {
    return end === this.client ? this.server : this.client;
  }

  hostGone(host: string): void {
    for (const end of [this.client, this.server]) {
      if (end.host !== host) continue;
      end.vanish();
      this.other(end).breakLater();
    }
  }
}

class End implements Connection {
  readonly peer: Identity;
  readonly remote: string;
  readonly host: string;
  readonly port = 0;
  readonly #kernel: Kernel;
  readonly #network: SimulatedNetwork;
  readonly #pipe: Pipe;
  readonly #otherHost: string;
  #handlers: ConnectionHandlers | undefined;
  #early: Uint8Array[] = [];
  #closed: { readonly code: number; readonly reason: string } | undefined;
  #told = false;
  /** When the last ordinary message will arrive: none overtakes it. */
  #arrivalMs = 0;
  #stalledSinceMs: number | undefined;
  #waiting: Uint8Array[] = [];
  #closing: { readonly code: number; readonly reason: string } | undefined;

  constructor(kernel: Kernel, network: SimulatedNetwork, pipe: Pipe, own: Party, other: Party) {
    this.#kernel = kernel;
    this.#network = network;
    this.#pipe = pipe;
    this.host = own.host;
    this.#otherHost = other.host;
    this.peer = other.identity;
    this.remote = other.host;
  }

  get bufferedBytes(): number {
    return this.#waiting.reduce((sum, data) => sum + data.byteLength, 0);
  }

  start(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
    for (const data of this.#early.splice(0)) handlers.message(data);
    if (this.#closed !== undefined) this.#tell();
  }

  send(parts: readonly Uint8Array[], options?: { readonly datagram?: boolean }): void {
    if (this.#closed !== undefined) return;
    const data = new Uint8Array(Buffer.concat(parts));
    if (options?.datagram === true) this.#sendDatagram(data);
    else this.#sendOrdered(data);
  }

  #sendDatagram(data: Uint8Array): void {
    const { random } = this.#kernel;
    const faults = this.#network.faults(this.host, this.#otherHost);
    if (faults.blocked === true || random.next() < (faults.lossRate ?? 0)) return;
    const copies = random.next() < (faults.duplicateRate ?? 0) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const late = copy > 0 || random.next() < (faults.reorderRate ?? 0) ? random.next() * reorderMs : 0;
      this.#deliver(data, this.#network.delayMs(this.host, this.#otherHost) + late);
    }
  }

  /** Loss only delays what is ordered; a blocked way stalls it. */
  #sendOrdered(data: Uint8Array): void {
    if (this.#network.faults(this.host, this.#otherHost).blocked === true || this.#waiting.length > 0) {
      this.#waiting.push(data);
      this.#stall();
      return;
    }
    const { random, nowMs } = this.#kernel;
    const lost = random.next() < (this.#network.faults(this.host, this.#otherHost).lossRate ?? 0);
    const delayMs = this.#network.delayMs(this.host, this.#otherHost) + (lost ? reorderMs : 0);
    this.#arrivalMs = Math.max(this.#arrivalMs, nowMs + delayMs);
    this.#deliver(data, this.#arrivalMs - nowMs);
  }

  #stall(): void {
    if (this.#stalledSinceMs !== undefined) return;
    this.#stalledSinceMs = this.#kernel.nowMs;
    const look = () => {
      if (this.#closed !== undefined || this.#stalledSinceMs === undefined) return;
      if (this.#network.faults(this.host, this.#otherHost).blocked !== true) {
        this.#stalledSinceMs = undefined;
        const waiting = this.#waiting.splice(0);
        for (const data of waiting) this.#sendOrdered(data);
        return;
      }
      if (this.#kernel.nowMs - this.#stalledSinceMs > stallMs) {
        this.#end(1006, 'the link is broken');
        this.#pipe.other(this).breakLater();
        return;
      }
      this.#kernel.schedule(retryMs, look);
    };
    this.#kernel.schedule(retryMs, look);
  }

  #deliver(data: Uint8Array, delayMs: number): void {
    const other = this.#pipe.other(this);
    this.#kernel.scheduleOn(this.#otherHost, delayMs, () => other.receive(data), data);
  }

  receive(data: Uint8Array): void {
    if (this.#closed !== undefined) return;
    if (this.#handlers === undefined) this.#early.push(data);
    else this.#handlers.message(data);
  }

  close(code: number, reason: string): void {
    if (this.#closed !== undefined || this.#closing !== undefined) return;
    this.#closing = { code, reason };
    const other = this.#pipe.other(this);
    const delayMs = Math.max(
      this.#network.delayMs(this.host, this.#otherHost),
      this.#arrivalMs - this.#kernel.nowMs,
    );
    this.#kernel.scheduleOn(this.#otherHost, delayMs, () => other.endFromPeer(code, reason));
    this.#kernel.scheduleOn(this.host, 0, () => this.#end(code, reason));
  }

  endFromPeer(code: number, reason: string): void {
    this.#end(code, reason);
  }

  /** The other host went away without a word. */
  breakLater(): void {
    this.#kernel.scheduleOn(
      this.host,
      this.#network.delayMs(this.#otherHost, this.host) + this.#kernel.random.next() * 50,
      () => this.#end(1006, ''),
    );
  }

  /** This end's host is gone: nothing is called any more. */
  vanish(): void {
    this.#closed = { code: 1006, reason: '' };
    this.#told = true;
    this.#network.drop(this.#pipe);
  }

  #end(code: number, reason: string): void {
    if (this.#closed !== undefined) return;
    this.#closed = { code, reason };
    this.#waiting = [];
    this.#network.drop(this.#pipe);
    if (this.#handlers !== undefined) this.#tell();
  }

  #tell(): void {
    if (this.#told || this.#closed === undefined) return;
    this.#told = true;
    this.#handlers?.close(this.#closed.code, this.#closed.reason);
  }
}
