import type { WireClient, WireError } from '@kubelab/wire';
import type { Address, World } from '@kubelab/world';
import { storeError } from './errors.js';

/** A member that did not answer, or take a connection, for so long is left aside for another. */
const patienceMs = 1_000;
/** One that is there is heard of in less; how long an answer takes says nothing of that. */
const silentMsMax = 1_500;
/** Of a leader that could not be reached, while the members that forward to it can. */
const avoidLeaderMs = 5_000;
/** While a connection is made it is looked at this often, more and more seldom. */
const pollMinMs = 1;
const pollMaxMs = 25;

type Clock = Pick<World, 'clock' | 'timers' | 'random'>;

/** One member as its client sees it. Invariant: what is under way here was sent on its connection. */
export class Member {
  readonly address: Address;
  readonly #dialWire: (address: Address) => WireClient;
  #client: WireClient | undefined;
  /** Learned from it at each connection. */
  #name: string | undefined;
  /** Since when there is no connection although one is wanted. */
  #tryingSinceMs: number | undefined;
  /** Requests that wait for their answers. */
  underWay = 0;

  constructor(address: Address, dial: (address: Address) => WireClient) {
    this.address = address;
    this.#dialWire = dial;
  }

  get client(): WireClient {
    return this.dial();
  }

  /** Once, until it is hung up. */
  dial(): WireClient {
    this.#client ??= this.#dialWire(this.address);
    return this.#client;
  }

  get dialed(): boolean {
    return this.#client !== undefined;
  }

  get connected(): boolean {
    const client = this.#client;
    if (client?.connected !== true) return false;
    this.#name = client.server;
    this.#tryingSinceMs = undefined;
    return true;
  }

  /** Whether it is the one that another member calls `leader`; undefined where that is not known yet. */
  is(leader: string): boolean | undefined {
    if (this.connected || this.#name !== undefined) return this.#name === leader;
    const { host, port } = this.address;
    return host === leader || `${host}:${port}` === leader ? true : undefined;
  }

  /** Is being connected, and has not failed or taken too long. */
  hopeful(nowMs: number): boolean {
    if (this.#client === undefined || this.#client.dialFailures > 0) return false;
    this.#tryingSinceMs ??= nowMs;
    return nowMs - this.#tryingSinceMs < patienceMs;
  }

  /** Ends the dialling of a member that is not there. It is dialled anew when it is wanted again. */
  hangUp(): void {
    if (this.#client === undefined || this.connected || this.underWay > 0) return;
    void this.#client.close();
    this.#client = undefined;
    this.#tryingSinceMs = undefined;
  }

  async close(): Promise<void> {
    await this.#client?.close();
  }
}

/**
 * Who is asked. A client has one connection, to a member by chance (`home`); another is made only when that one fails, stays
 * silent or knows no leader for `patienceMs`, or names a leader that is somebody else. So a thousand clients that start at once
 * make a thousand TLS handshakes, and as many again at most to find the leader when its name tells no address.
 */
export class Members {
  readonly #world: Clock;
  readonly #members: readonly Member[];
  #home: number;
  /** As another member named it. */
  #leader: string | undefined;
  /** Who named it carries out what it is asked itself: it serves while the leader is being connected. */
  #forwarded = false;
  /** A leader that could not be reached: others that name it with an answer are not followed for a while. */
  #unreachable: { readonly leader: string; readonly untilMs: number } | undefined;
  #closed = false;

  constructor(world: Clock, addresses: readonly Address[], dial: (address: Address) => WireClient) {
    if (addresses.length === 0)
      throw storeError('invalidArgument', { detail: 'no members of the store are configured' });
    this.#world = world;
    this.#members = addresses.map((address) => new Member(address, dial));
    this.#home = world.random.int(addresses.length);
    this.#at(this.#home).dial();
  }

  /** For a request: the leader where it is known. At once, or undefined when a connection must be waited for: see reach(). */
  ready(nowMs: number): Member | undefined {
    const leader = this.#leader;
    if (leader === undefined) return this.#usableHome();
    const found = this.#members.find((member) => member.is(leader) === true);
    if (found !== undefined && usable(found)) return found;
    if (!this.#forwarded) return undefined;
    const nearer = this.#chooseLeader(nowMs);
    return nearer === 'wait' || nearer === undefined ? this.#usableHome() : nearer;
  }

  /** For a watch: any will do, and the leader has enough to do. */
  readyForWatch(): Member | undefined {
    return this.#usableHome();
  }

  /** Dials until somebody is there. Rejects with `unavailable` (certainly not executed) at `untilMs`. */
  async reach(options: {
    readonly untilMs: number;
    /** The caller gave up. */
    readonly gone: () => boolean;
    readonly forWatch?: boolean;
  }): Promise<Member> {
    const { clock, timers } = this.#world;
    for (let pollMs = pollMinMs; ; pollMs = Math.min(pollMaxMs, pollMs * 2)) {
      const nowMs = clock.monotonicMs();
      if (this.#closed) throw storeError('unavailable', { detail: 'the client was closed' });
      const member = this.#choose(nowMs, options.forWatch === true);
      if (member !== undefined) return member;
      if (options.gone()) throw storeError('timeout', { detail: 'the caller gave up' });
      if (nowMs + pollMs >= options.untilMs)
        throw storeError('timeout', { detail: 'no member of the store can be reached' });
      await timers.sleep(pollMs);
    }
  }

  /**
   * What a failure tells: who leads, or that nobody does, or that the member is gone. `failingMs`: for how long the caller has
   * had nothing but failures.
   */
  failed(member: Member, error: WireError, failingMs: number): void {
    // It has too much to do, or this side read too slowly: no reason to go elsewhere.
    if (error.code === 'resourceExhausted' || (error.code === 'deadlineExceeded' && usable(member))) return;
    const { leader, store } = error.details;
    if (typeof leader === 'string' && leader !== '' && member.is(leader) !== true) {
      this.#leader = leader;
      this.#forwarded = false;
      return;
    }
    if (this.#leader !== undefined && member.is(this.#leader) === true) this.#leader = undefined;
    if (this.#at(this.#home) !== member) return;
    const answers = store !== undefined;
    // In an election all members say the same: one that answers is kept for a while before others are dialled.
    if (answers && failingMs < patienceMs) return;
    const there = answers ? undefined : this.#members.find((other) => other !== member && usable(other));
    this.#home = there === undefined ? this.#home + 1 : this.#members.indexOf(there);
  }

  /** It answered, and says who would have been nearer to the answer: whoever leads. */
  answered(member: Member, head: unknown): void {
    const leader: unknown =
      typeof head === 'object' && head !== null ? Reflect.get(head, 'leader') : undefined;
    if (typeof leader !== 'string' || leader === '' || leader === this.#leader) return;
    const avoided = this.#unreachable;
    if (avoided?.leader === leader && this.#world.clock.monotonicMs() < avoided.untilMs) return;
    if (member.is(leader) === true) return;
    this.#leader = leader;
    this.#forwarded = true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#members.map((member) => member.close()));
  }

  #at(index: number): Member {
    const member = this.#members[index % this.#members.length];
    if (member === undefined) throw storeError('unavailable', { detail: 'no members are configured' });
    return member;
  }

  #usableHome(): Member | undefined {
    const home = this.#at(this.#home);
    return usable(home) ? home : undefined;
  }

  /** One step towards a connection: dials at most one member, then waits for it as long as it is hopeful. */
  #choose(nowMs: number, forWatch: boolean): Member | undefined {
    const leader = forWatch ? undefined : this.#chooseLeader(nowMs);
    if (leader === 'wait') return undefined;
    if (leader !== undefined) return leader;
    const inTurn = this.#members.map((_, offset) => this.#at(this.#home + offset));
    const [home] = inTurn;
    if (home !== undefined && (usable(home) || this.#awaits(home, nowMs)))
      return usable(home) ? this.#settle(home, nowMs) : undefined;
    // Home fails: whoever else is connected; else, one at a time, who may still be.
    const there = inTurn.find((member) => usable(member));
    if (there !== undefined) return this.#settle(there, nowMs);
    if (inTurn.some((member) => member.dialed && this.#awaits(member, nowMs))) return undefined;
    const next = inTurn.find((member) => !member.dialed);
    if (next === undefined) return inTurn.find((member) => member.connected);
    this.#awaits(next, nowMs);
    return undefined;
  }

  /** Dials it if nobody has. False once that is hopeless. */
  #awaits(member: Member, nowMs: number): boolean {
    if (member.connected) return false;
    member.dial();
    return member.hopeful(nowMs);
  }

  /** The named leader; 'wait' while it, or who might be it, is being connected. */
  #chooseLeader(nowMs: number): Member | 'wait' | undefined {
    const leader = this.#leader;
    if (leader === undefined) return undefined;
    const found = this.#members.find((member) => member.is(leader) === true);
    const candidates =
      found === undefined ? this.#members.filter((member) => member.is(leader) === undefined) : [found];
    for (const member of candidates) {
      if (usable(member)) return member;
      if (this.#awaits(member, nowMs)) return 'wait';
    }
    // It is gone, or nobody here goes by that name: the others will know of a new one.
    this.#unreachable = { leader, untilMs: nowMs + avoidLeaderMs };
    this.#leader = undefined;
    return undefined;
  }

  /** `member` is the new home; those that could not be reached are no longer dialled. */
  #settle(member: Member, nowMs: number): Member {
    this.#home = this.#members.indexOf(member);
    for (const other of this.#members) if (!other.hopeful(nowMs)) other.hangUp();
    return member;
  }
}

function usable(member: Member): boolean {
  return member.connected && member.client.silentMs < silentMsMax;
}
