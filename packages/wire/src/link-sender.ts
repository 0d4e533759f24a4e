import type { Connection, Timer, World } from '@kubelab/world';
import type { LinkFault, Links } from './contract.js';
import { closeCodes, limits } from './limits.js';

/** What a duplicated or overtaken datagram is late by, at most. */
const reorderDelayMs = 30;

/** How a frame may be treated by a faulty link. */
export interface FrameAbout {
  readonly to: string;
  readonly kind: string;
  /** datagram: may be lost, doubled, overtaken. single: may be lost. ordered: its loss is the connection's end. */
  readonly nature: 'datagram' | 'single' | 'ordered';
}

interface Delayed {
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
  readonly atMs: number;
}

/**
 * Sends frames over a connection through whatever is wrong with its link at that moment. Invariant: frames of the
 * connection leave in the order of send() calls; while any waits in `#delayed`, all later ones queue behind it.
 */
export class LinkSender {
  readonly #world: World;
  readonly #links: Links;
  readonly #connection: Connection;
  #delayed: Delayed[] = [];
  #delayedBytes = 0;
  #timer: Timer | undefined;
  #blackHole = false;

  constructor(world: World, links: Links, connection: Connection) {
    this.#world = world;
    this.#links = links;
    this.#connection = connection;
  }

  /** What waits here and in the connection. */
  get bufferedBytes(): number {
    return this.#delayedBytes + this.#connection.bufferedBytes;
  }

  /** Nothing is wrong and nothing waits: what goes straight to the connection keeps its place. */
  isClear(to: string): boolean {
    return !this.#blackHole && this.#delayed.length === 0 && this.#links.fault(to) === undefined;
  }

  send(parts: readonly Uint8Array[], about: FrameAbout): void {
    const { nature } = about;
    const found = this.#links.fault(about.to);
    const fault = found?.kinds === undefined || found.kinds.includes(about.kind) ? found : undefined;
    if (this.#blackHole) return;
    if (fault?.blocked === true) this.#block(fault, about);
    else if (nature === 'datagram') this.#sendDatagram(parts, fault);
    else if (fault === undefined && this.#delayed.length === 0) this.#connection.send(parts);
    else this.#enqueue(parts, fault);
  }

  /** Nothing more leaves. */
  stop(): void {
    this.#timer?.cancel();
    this.#delayed = [];
    this.#delayedBytes = 0;
  }

  /**
   * A link that lets nothing pass is silent from here on, and both ends find out by that. Where only some kinds are
   * blocked, frames that stand for themselves are lost, one by one; one that others build on takes the connection along.
   */
  #block(fault: LinkFault, { nature }: FrameAbout): void {
    if (nature === 'datagram' || (nature === 'single' && fault.kinds !== undefined)) return;
    this.#blackHole = true;
    this.stop();
    const silence = () => this.#connection.close(closeCodes.goingAway, 'the link is blocked');
    this.#timer = this.#world.timers.setTimeout(silence, limits.silenceMaxMs);
  }

  #enqueue(parts: readonly Uint8Array[], fault: LinkFault | undefined): void {
    const last = this.#delayed.at(-1);
    const atMs = Math.max(last?.atMs ?? 0, this.#world.clock.monotonicMs() + this.#delayMs(fault));
    const bytes = parts.reduce((sum, part) => sum + part.byteLength, 0);
    this.#delayed.push({ parts, bytes, atMs });
    this.#delayedBytes += bytes;
    if (last === undefined) this.#wait(atMs);
  }

  #wait(atMs: number): void {
    const delayMs = Math.max(0, atMs - this.#world.clock.monotonicMs());
    this.#timer = this.#world.timers.setTimeout(() => this.#release(), delayMs);
  }

  #release(): void {
    const nowMs = this.#world.clock.monotonicMs();
    let due = 0;
    for (const { parts, bytes, atMs } of this.#delayed) {
      if (atMs > nowMs) break;
      due += 1;
      this.#delayedBytes -= bytes;
      this.#connection.send(parts);
    }
    this.#delayed.splice(0, due);
    const next = this.#delayed[0];
    if (next !== undefined) this.#wait(next.atMs);
  }

  #sendDatagram(parts: readonly Uint8Array[], fault: LinkFault | undefined): void {
    if (fault === undefined) {
      this.#connection.send(parts, { datagram: true });
      return;
    }
    const { random } = this.#world;
    if (random.next() < (fault.lossRate ?? 0)) return;
    const copies = random.next() < (fault.duplicateRate ?? 0) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const late = copy > 0 || random.next() < (fault.reorderRate ?? 0) ? random.int(reorderDelayMs) : 0;
      const delayMs = this.#delayMs(fault) + late;
      const deliver = () => this.#connection.send(parts, { datagram: true });
      if (delayMs === 0) deliver();
      else this.#world.timers.setTimeout(deliver, delayMs);
    }
  }

  #delayMs(fault: LinkFault | undefined): number {
    const jitterMs = fault?.jitterMs === undefined ? 0 : this.#world.random.next() * fault.jitterMs;
    return (fault?.delayMs ?? 0) + jitterMs;
  }
}
