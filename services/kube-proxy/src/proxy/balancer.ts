import type { Backend, DesiredListener } from '../rules/rules.js';

/** Clients remembered per listener for sessionAffinity; the one longest unseen is forgotten first. */
const affinityClientsMax = 10_000;
/** A backend that refused is asked last for so long. */
const downMs = 1_000;

/**
 * Chooses the order in which backends are tried for one connection: in turn, the client's own first, those
 * lately down last.
 */
export class Balancer {
  #next = 0;
  readonly #down = new Map<string, number>();
  readonly #affinity = new Map<string, { readonly backend: string; readonly untilMs: number }>();

  order(listener: DesiredListener, client: string, nowMs: number): Backend[] {
    const { backends, affinityMs } = listener;
    if (backends.length === 0) return [];
    const start = this.#next % backends.length;
    this.#next = (start + 1) % backends.length;
    const turned = [...backends.slice(start), ...backends.slice(0, start)];
    const isDown = (backend: Backend) => (this.#down.get(keyOf(backend)) ?? 0) > nowMs;
    const ordered = [...turned.filter((one) => !isDown(one)), ...turned.filter(isDown)];
    const known = affinityMs === undefined ? undefined : this.#affinity.get(client);
    if (known === undefined || known.untilMs <= nowMs) return ordered;
    return [
      ...ordered.filter((one) => keyOf(one) === known.backend),
      ...ordered.filter((one) => keyOf(one) !== known.backend),
    ];
  }

  failed(backend: Backend, nowMs: number): void {
    for (const [key, untilMs] of this.#down) if (untilMs <= nowMs) this.#down.delete(key);
    this.#down.set(keyOf(backend), nowMs + downMs);
  }

  connected(listener: DesiredListener, client: string, backend: Backend, nowMs: number): void {
    this.#down.delete(keyOf(backend));
    if (listener.affinityMs === undefined) return;
    this.#affinity.delete(client); // Put back last: a Map keeps the order of insertion.
    this.#affinity.set(client, { backend: keyOf(backend), untilMs: nowMs + listener.affinityMs });
    const [oldest] = this.#affinity.keys();
    if (this.#affinity.size > affinityClientsMax && oldest !== undefined) this.#affinity.delete(oldest);
  }
}

function keyOf({ host, port }: Backend): string {
  return `${host}:${port}`;
}
