import type { Connection, World } from '@kubelab/world';
import type { LinkFault, Links } from './contract.js';
import { closeCodes, limits } from './limits.js';

/** What a duplicated or overtaken datagram is late by, at most. */
const reorderDelayMs = 30;

/** Sends frames over a connection through whatever is wrong with its link at that moment. */
export class LinkSender {
  readonly #world: World;
  readonly #links: Links;
  readonly #connection: Connection;
  /** When the latest ordinary frame will have left: those behind it may not overtake. */
  #clearAtMs = 0;
  #blackHole = false;

  constructor(world: World, links: Links, connection: Connection) {
    this.#world = world;
    this.#links = links;
    this.#connection = connection;
  }

  send(parts: readonly Uint8Array[], about: { to: string; kind: string; datagram: boolean }): void {
    const fault = this.#links.fault(about.to);
    const faulty = fault !== undefined && (fault.kinds === undefined || fault.kinds.includes(about.kind));
    if (!faulty && !this.#blackHole && this.#clearAtMs === 0) {
      this.#connection.send(parts, about.datagram ? { datagram: true } : undefined);
      return;
    }
    if (this.#blackHole || (faulty && fault.blocked === true)) {
      if (!about.datagram) this.#swallow();
      return;
    }
    if (about.datagram) this.#sendDatagram(parts, faulty ? fault : {});
    else this.#sendOrdered(parts, faulty ? fault : {});
  }

  /**
   * A frame of an ordered connection that is lost is never made up for: the connection is dead from here on,
   * and both ends find out by silence.
   */
  #swallow(): void {
    if (this.#blackHole) return;
    this.#blackHole = true;
    const silence = () => this.#connection.close(closeCodes.goingAway, 'the link is blocked');
    this.#world.timers.setTimeout(silence, limits.silenceMaxMs);
  }

  #sendOrdered(parts: readonly Uint8Array[], fault: LinkFault): void {
    const nowMs = this.#world.clock.monotonicMs();
    const atMs = Math.max(this.#clearAtMs, nowMs + this.#delayMs(fault));
    this.#clearAtMs = atMs;
    this.#world.timers.setTimeout(() => {
      if (this.#clearAtMs === atMs) this.#clearAtMs = 0;
      if (!this.#blackHole) this.#connection.send(parts);
    }, atMs - nowMs);
  }

  #sendDatagram(parts: readonly Uint8Array[], fault: LinkFault): void {
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

  #delayMs(fault: LinkFault): number {
    const jitterMs = fault.jitterMs === undefined ? 0 : this.#world.random.next() * fault.jitterMs;
    return (fault.delayMs ?? 0) + jitterMs;
  }
}
