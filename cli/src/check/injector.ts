import { dialWire, noBytes, type WireClient, type WireContext, WireError } from '@kubelab/wire';
import type { TlsMaterial, World } from '@kubelab/world';
import { UsageError } from '../output.js';
import type { SupervisorClient } from '../supervisor/control.js';
import type { ComponentSpec } from '../topology.js';
import type { PlannedFault } from './plan.js';

const linkDeadlineMs = 2_000;
const mendTries = 20;
const mendRetryMs = 500;

export interface InjectedFault {
  readonly atMs: number;
  readonly untilMs: number;
  /** `kill etcd-raft-1 (leader)` */
  readonly what: string;
  readonly kind: PlannedFault['kind'];
}

export interface InjectorParts {
  readonly world: World;
  readonly context: WireContext;
  readonly tls: TlsMaterial;
  readonly supervisor: SupervisorClient;
  readonly members: readonly ComponentSpec[];
  /** Milliseconds since the beginning of the check. */
  readonly now: () => number;
  readonly report: (line: string) => void;
}

/** Breaks members and mends them. What it broke and has not mended yet it knows at any moment: mend() sets all of it right. */
export class Injector {
  readonly injected: InjectedFault[] = [];
  readonly #parts: InjectorParts;
  readonly #clients = new Map<string, WireClient>();
  readonly #paused = new Set<string>();
  /** Pairs whose link is blocked: `from>to`. */
  readonly #blocked = new Set<string>();

  constructor(parts: InjectorParts) {
    this.#parts = parts;
    for (const { name, listen } of parts.members)
      this.#clients.set(name, dialWire(parts.context, { addresses: [listen], tls: parts.tls, to: name }));
  }

  /** Resolves when it is over and mended, or the signal came. */
  async inject(fault: PlannedFault, signal: AbortSignal): Promise<void> {
    const { world, now, report } = this.#parts;
    const leader = await this.#leader();
    const name = fault.target === 'leader' ? leader : fault.target;
    if (name === undefined) return; // Nobody leads at this moment: there is nothing to hit.
    const role = name === leader ? ' (leader)' : '';
    const way =
      fault.direction === 'both' ? '' : `, ${fault.direction === 'in' ? 'hears nothing' : 'is not heard'}`;
    const what = `${fault.kind} ${name}${role}${fault.kind === 'partition' ? way : ''}`;
    report(fault.kind === 'kill' ? what : `${what} for ${(fault.forMs / 1000).toFixed(1)} s`);
    const atMs = now();
    try {
      await this.#break(fault, name);
      await world.timers.sleep(fault.forMs, signal);
    } catch (error) {
      // The member may be on its way down or up: what could not be broken is mended like the rest.
      if (!(error instanceof WireError || error instanceof UsageError || signal.aborted)) throw error;
    }
    await this.mend();
    this.injected.push({ atMs, untilMs: now(), what, kind: fault.kind });
  }

  async #leader(): Promise<string | undefined> {
    const { components } = await this.#parts.supervisor.status();
    return components.find(({ kind, role }) => kind === 'etcd-raft' && role === 'leader')?.name;
  }

  async #break(fault: PlannedFault, name: string): Promise<void> {
    const { supervisor, members } = this.#parts;
    switch (fault.kind) {
      case 'kill':
        await supervisor.control({ name, action: 'kill', wholeNode: false });
        return;
      case 'pause':
        this.#paused.add(name);
        await supervisor.control({ name, action: 'pause', wholeNode: false });
        return;
      case 'partition':
        for (const { name: other } of members) {
          if (other === name) continue;
          if (fault.direction !== 'in') await this.#block(name, other);
          if (fault.direction !== 'out') await this.#block(other, name);
        }
        return;
      default:
        fault.kind satisfies never;
    }
  }

  async #block(from: string, to: string): Promise<void> {
    this.#blocked.add(`${from}>${to}`);
    await this.#ask(from, 'debug.links.set', { to, fault: { blocked: true } });
  }

  /** Everything that is broken now is set right; tried until it is. Gives what it could not mend. */
  async mend(): Promise<string[]> {
    const { supervisor, world } = this.#parts;
    for (let attempt = 0; attempt < mendTries; attempt += 1) {
      for (const name of [...this.#paused])
        await this.#tried(
          () => supervisor.control({ name, action: 'resume', wholeNode: false }),
          () => this.#paused.delete(name),
        );
      for (const pair of [...this.#blocked]) {
        const [from = '', to = ''] = pair.split('>');
        await this.#tried(
          () => this.#ask(from, 'debug.links.clear', { to }),
          () => this.#blocked.delete(pair),
        );
      }
      if (this.#paused.size + this.#blocked.size === 0) return [];
      await world.timers.sleep(mendRetryMs);
    }
    return [
      ...[...this.#paused].map((name) => `kubelab resume ${name}`),
      ...[...this.#blocked].map((pair) => `kubelab restart ${pair.split('>')[0] ?? ''}`),
    ];
  }

  async #tried(work: () => Promise<unknown>, done: () => void): Promise<void> {
    try {
      await work();
      done();
    } catch (error) {
      if (!(error instanceof WireError || error instanceof UsageError)) throw error;
    }
  }

  async #ask(name: string, method: string, head: object): Promise<void> {
    const client = this.#clients.get(name);
    if (client === undefined) throw new Error(`${name} is no member`);
    await client.request(method, { head, payload: noBytes }, { deadlineMs: linkDeadlineMs });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
  }
}
