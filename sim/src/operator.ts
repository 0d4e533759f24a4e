import type { Caller, EtcdServer } from '@kubelab/etcd-raft';
import { StoreError } from '@kubelab/store';
import type { Simulation } from '@kubelab/world';
import { membersMax, nameOf, peerUrlOf, type SimulatedStore } from './cluster.js';

const retryMs = 150;
/** A newcomer that cannot catch up is given up (the schedule of faults ends by then). */
const attemptsMax = 60;

/**
 * Who changes the membership, as a person with etcdctl does: asks the leader, tries again while it is refused, and gives up
 * after a while. One change at a time.
 */
export class Operator {
  readonly #simulation: Simulation;
  readonly #store: SimulatedStore;
  #busy = false;
  #stopped = false;

  constructor(simulation: Simulation, store: SimulatedStore) {
    this.#simulation = simulation;
    this.#store = store;
  }

  /** No more changes; one that is under way comes to its end. */
  stop(): void {
    this.#stopped = true;
  }

  get busy(): boolean {
    return this.#busy;
  }

  transfer(to: string): void {
    this.#begin(async () => {
      const id = await this.#memberId(to);
      if (id !== undefined) await this.#ask((server, caller) => server.moveLeader(id, caller), 1);
    });
  }

  grow(): void {
    this.#begin(async () => {
      const names = Array.from({ length: membersMax }, (_, at) => nameOf(at));
      const name = names.find((free) => !this.#store.members().includes(free));
      if (name !== undefined) await this.#add(name);
    });
  }

  remove(name: string): void {
    this.#begin(async () => {
      if (this.#store.members().length > 2 && this.#store.canSpare(name)) await this.#remove(name);
    });
  }

  replace(name: string): void {
    this.#begin(async () => {
      if (this.#store.canSpare(name) && (await this.#remove(name))) await this.#add(name);
    });
  }

  #begin(work: () => Promise<void>): void {
    if (this.#busy || this.#stopped) return;
    this.#busy = true;
    void work().finally(() => {
      this.#busy = false;
    });
  }

  async #remove(name: string): Promise<boolean> {
    const id = await this.#memberId(name);
    if (id === undefined) return false;
    const removed = await this.#ask((server, caller) => server.memberRemove(id, caller));
    // Its fate may be unknown: then the list tells.
    const gone = removed !== undefined || (await this.#memberId(name)) === undefined;
    if (!gone) return false;
    this.#store.note(`${name} (${id}) is removed`);
    this.#store.leave(name);
    return true;
  }

  async #add(name: string): Promise<void> {
    const request = { peerUrls: [peerUrlOf(name)], isLearner: true };
    await this.#ask(async (server, caller) => {
      const { members } = await server.memberList({ linearizable: true }, caller);
      const known = members.some((member) => member.peerUrls.includes(peerUrlOf(name)));
      if (!known) await server.memberAdd(request, caller);
      return true;
    });
    const id = await this.#memberId(name);
    if (id === undefined) return;
    this.#store.note(`${name} (${id}) joins and learns`);
    this.#store.join(name);
    const promoted = await this.#ask(async (server, caller) => {
      const { members } = await server.memberList({ linearizable: true }, caller);
      if (members.some((member) => member.id === id && member.isLearner))
        await server.memberPromote(id, caller);
      return true;
    });
    if (promoted === true) this.#store.promoted(name);
    this.#store.note(promoted === undefined ? `${name} stays a learner` : `${name} votes`);
  }

  async #memberId(name: string): Promise<string | undefined> {
    const list = await this.#ask((server, caller) => server.memberList({ linearizable: true }, caller));
    return list?.members.find(({ peerUrls }) => peerUrls.includes(peerUrlOf(name)))?.id;
  }

  /** Of whoever leads, again until it is done. */
  async #ask<T>(
    question: (server: EtcdServer, caller: Caller) => Promise<T>,
    attempts = attemptsMax,
  ): Promise<T | undefined> {
    const caller: Caller = {
      identity: { commonName: 'operator', organizations: ['kubelab:operators'] },
      token: undefined,
      trace: undefined,
      signal: new AbortController().signal,
    };
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const leader = this.#store.leader();
      const server = leader === undefined ? undefined : this.#store.server(leader);
      try {
        // A crashed member's promises never settle: what it was asked is given up with it.
        if (server !== undefined) return await this.#whileUp(leader ?? '', question(server, caller));
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
      }
      await this.#wait(retryMs);
    }
    return undefined;
  }

  async #whileUp<T>(name: string, work: Promise<T>): Promise<T> {
    const incarnation = this.#store.incarnation(name);
    let settled = false;
    const crashed = async (): Promise<never> => {
      while (!settled && this.#store.incarnation(name) === incarnation) await this.#wait(retryMs);
      throw new StoreError('unavailable', `${name} crashed`, { retryable: true });
    };
    try {
      return await Promise.race([work, crashed()]);
    } finally {
      settled = true;
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#simulation.schedule(ms, resolve));
  }
}
