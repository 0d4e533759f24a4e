import type { ResponseHeader, StoreEvent, WatchRequest } from '@kubelab/store';
import { storeError } from '@kubelab/store';
import type { ServerWatch, WatchSink } from '../etcd-server.js';
import type { PlantedBug } from '../raft/types.js';
import { IntervalIndex } from './interval-index.js';
import type { KeyName, Version } from './version.js';
import {
  covers,
  identityOf,
  type Position,
  responseBytesMax,
  toResponses,
  type Wanted,
  wantedOf,
  wants,
} from './watch-group.js';

/** The store, as far as watches read it. */
export interface WatchSource {
  revision(): number;
  compactRevision(): number;
  /** Versions from main revision `from` on, as long as `visitor` gives true. */
  visit(from: number, visitor: (version: Version) => boolean): void;
  versionsOf(name: KeyName): readonly Version[];
  toEvent(version: Version, prevKv: boolean): StoreEvent;
}

export interface WatchHubOptions {
  readonly source: WatchSource;
  readonly header: (revision: number) => ResponseHeader;
  readonly nextTurn: () => Promise<void>;
  readonly plantedBug?: PlantedBug | undefined;
}

/** Versions that history reading looks at before it lets others run. */
const pieceVersions = 4096;

/**
 * synced: told everything up to `#published`, and member of its group.
 * reading: behind; history is read for it, piece by piece. waiting: its reader is behind; it goes on when that is writable.
 * future: begins at a revision that is not there yet. ended: canceled.
 */
type WatchState = 'synced' | 'reading' | 'waiting' | 'future' | 'ended';

interface Watcher {
  readonly wanted: Wanted;
  readonly identity: string;
  readonly sink: WatchSink;
  readonly progressNotify: boolean;
  state: WatchState;
  /** Where it goes on; of a synced one, `#published` says it. */
  position: Position;
  progressRequested: boolean;
  /** Told nothing since the last tick(). */
  idle: boolean;
}

interface Group extends Wanted {
  readonly identity: string;
  readonly members: Set<Watcher>;
  /** While publish() gathers. */
  gathered: Version[];
}

/**
 * Who watches what (etcd: watchableStore). A change finds its watches by a map of keys and an index of intervals; watches that
 * want the same are one group and share responses. A watch whose reader is behind leaves its group and reads
 * history when it can go on, so it holds up nobody and needs no queue.
 */
export class WatchHub {
  readonly #source: WatchSource;
  readonly #header: (revision: number) => ResponseHeader;
  readonly #nextTurn: () => Promise<void>;
  readonly #plantedBug: PlantedBug | undefined;
  readonly #watchers = new Set<Watcher>();
  readonly #groups = new Map<string, Group>();
  readonly #singles = new Map<KeyName, Group[]>();
  readonly #ranges = new IntervalIndex<Group>();
  /** In the order in which they get their next piece. */
  readonly #reading = new Set<Watcher>();
  readonly #future = new Set<Watcher>();
  /** No future watch begins before. */
  #futureMin = Number.POSITIVE_INFINITY;
  #published: number;
  #isReading = false;
  #isPaused = false;

  constructor({ source, header, nextTurn, plantedBug }: WatchHubOptions) {
    this.#source = source;
    this.#header = header;
    this.#nextTurn = nextTurn;
    this.#plantedBug = plantedBug;
    this.#published = source.revision();
  }

  /** Watches, and those of them that are not level with the store. */
  get counts(): { readonly watches: number; readonly behind: number } {
    let behind = 0;
    for (const { state } of this.#watchers) if (state === 'reading' || state === 'waiting') behind += 1;
    return { watches: this.#watchers.size, behind };
  }

  /** Throws StoreError for an empty range. What the sink gets begins after this returns. */
  watch(request: WatchRequest, sink: WatchSink): ServerWatch {
    const { startRevision = 0 } = request;
    const revision = this.#source.revision();
    const wanted = wantedOf(request);
    const isPast = startRevision > 0 && startRevision <= revision;
    const skipped = isPast && this.#plantedBug === 'watchGapOnReconnect' ? 1 : 0;
    const watcher: Watcher = {
      wanted,
      identity: identityOf(wanted),
      sink,
      progressNotify: request.progressNotify === true,
      state: 'waiting',
      position: { main: startRevision > 0 ? startRevision + skipped : revision + 1, sub: 0 },
      progressRequested: false,
      idle: true,
    };
    this.#watchers.add(watcher);
    this.#goOn(watcher);
    return {
      header: this.#header(revision),
      requestProgress: () => {
        watcher.progressRequested = true;
        if (watcher.state === 'synced' || watcher.state === 'future') this.#tellProgress(watcher);
      },
      cancel: () => this.#end(watcher),
    };
  }

  /** Tells watches of everything after the last published revision. Called when a batch is committed. */
  publish(): void {
    const revision = this.#source.revision();
    if (revision <= this.#published) return;
    const groups = this.#groups.size === 0 ? [] : this.#gather();
    // Those who are there now: a sink may register or cancel watches while it is told.
    const audiences = groups.map((group) => ({ group, members: [...group.members] }));
    this.#published = revision;
    for (const { group, members } of audiences) this.#tell(group, members);
    if (this.#futureMin <= revision) this.#wakeFuture();
  }

  /** Every progress-notify interval (etcd: 10 min): watches that ask for it and were told nothing since the last one. */
  tick(): void {
    for (const watcher of this.#watchers) {
      if (!watcher.progressNotify) continue;
      if (watcher.idle && (watcher.state === 'synced' || watcher.state === 'future'))
        this.#tellProgress(watcher);
      watcher.idle = true;
    }
  }

  /** History is about to be replaced: it is not read until restored(). */
  pause(): void {
    this.#isPaused = true;
  }

  /** History was replaced by another member's: each watch goes on in it from where it was, or is canceled as compacted. */
  restored(): void {
    this.#isPaused = false;
    const position = { main: this.#published + 1, sub: 0 };
    this.#published = this.#source.revision();
    for (const watcher of [...this.#watchers]) {
      if (watcher.state === 'waiting') continue;
      if (watcher.state === 'synced') watcher.position = position;
      this.#leave(watcher);
      this.#goOn(watcher);
    }
  }

  /** All watches end: this member stops. */
  close(message: string): void {
    for (const watcher of [...this.#watchers]) this.#cancel(watcher, { compactRevision: 0, message });
  }

  /** Groups that are to be told something, with what. */
  #gather(): readonly Group[] {
    const touched: Group[] = [];
    const gather = (version: Version) => (group: Group) => {
      if (!wants(group, version)) return;
      if (group.gathered.length === 0) touched.push(group);
      group.gathered.push(version);
    };
    this.#source.visit(this.#published + 1, (version) => {
      const take = gather(version);
      for (const group of this.#singles.get(version.name) ?? []) take(group);
      this.#ranges.visit(version.name, take);
      return true;
    });
    return touched;
  }

  #tell(group: Group, members: readonly Watcher[]): void {
    const versions = group.gathered;
    group.gathered = [];
    for (const { response, start } of this.#responses(group, versions, this.#published))
      for (const watcher of members) {
        // One that did not take a response is not synced any more, and is not given the next.
        if (watcher.state !== 'synced') continue;
        watcher.idle = false;
        if (!watcher.sink.deliver(response)) this.#wait(watcher, start);
      }
  }

  #responses(wanted: Wanted, versions: readonly Version[], through: number) {
    return toResponses(versions, {
      through,
      fragment: wanted.fragment,
      header: this.#header,
      toEvent: (version) => this.#source.toEvent(version, wanted.prevKv),
    });
  }

  /** By its position: joins its group, waits for the future, or reads history. */
  #goOn(watcher: Watcher): void {
    const { position } = watcher;
    if (position.main <= this.#published) {
      watcher.state = 'reading';
      this.#reading.add(watcher);
      this.#startReading();
      return;
    }
    if (position.main > this.#published + 1) {
      watcher.state = 'future';
      this.#future.add(watcher);
      this.#futureMin = Math.min(this.#futureMin, position.main);
    } else {
      watcher.state = 'synced';
      this.#groupOf(watcher).members.add(watcher);
    }
    if (watcher.progressRequested) this.#tellProgress(watcher);
  }

  #tellProgress(watcher: Watcher): void {
    const position = watcher.state === 'synced' ? { main: this.#published + 1, sub: 0 } : watcher.position;
    const notice = { header: this.#header(this.#published), events: [], fragment: false };
    watcher.progressRequested = false;
    if (watcher.sink.deliver(notice) || watcher.state === 'ended') return;
    watcher.progressRequested = true;
    this.#wait(watcher, position);
  }

  #wait(watcher: Watcher, { main, sub }: Position): void {
    this.#leave(watcher);
    if (watcher.state === 'ended') return;
    watcher.state = 'waiting';
    watcher.position = { main, sub };
    watcher.sink.writable().then(
      () => {
        if (watcher.state === 'waiting') this.#goOn(watcher);
      },
      // The reader is gone: nobody is there to be told.
      () => this.#end(watcher),
    );
  }

  #wakeFuture(): void {
    this.#futureMin = Number.POSITIVE_INFINITY;
    for (const watcher of [...this.#future]) {
      this.#future.delete(watcher);
      this.#goOn(watcher);
    }
  }

  #startReading(): void {
    if (this.#isReading || this.#isPaused) return;
    this.#isReading = true;
    void this.#readOn();
  }

  /** A piece for each in turn; about `pieceVersions` between two turns of the event loop. */
  async #readOn(): Promise<void> {
    await this.#nextTurn();
    let visited = 0;
    while (!this.#isPaused) {
      const [watcher] = this.#reading;
      if (watcher === undefined) break;
      this.#reading.delete(watcher);
      visited += this.#readPiece(watcher);
      if (visited < pieceVersions) continue;
      visited = 0;
      await this.#nextTurn();
    }
    this.#isReading = false;
  }

  /** Gives how many versions it looked at. */
  #readPiece(watcher: Watcher): number {
    const compactRevision = this.#source.compactRevision();
    if (watcher.position.main < compactRevision) {
      const { message } = storeError('compacted');
      this.#cancel(watcher, { compactRevision, message });
      return 1;
    }
    const { versions, through, visited } = this.#history(watcher);
    for (const { response, start } of this.#responses(watcher.wanted, versions, through)) {
      watcher.idle = false;
      if (!watcher.sink.deliver(response)) {
        if (watcher.state === 'reading') this.#wait(watcher, start);
        return visited;
      }
      if (watcher.state !== 'reading') return visited;
    }
    watcher.position = { main: through + 1, sub: 0 };
    this.#goOn(watcher);
    return visited;
  }

  /** What the watcher wants from its position on: whole revisions up to `through`. */
  #history(watcher: Watcher): {
    readonly versions: readonly Version[];
    readonly through: number;
    readonly visited: number;
  } {
    const { wanted, position } = watcher;
    const versions: Version[] = [];
    let through = this.#published;
    let visited = 1;
    let bytes = 0;
    let main = position.main;
    const visit = (version: Version): boolean => {
      if (version.main > this.#published) return false;
      if (version.main > main && (visited >= pieceVersions || bytes >= responseBytesMax)) {
        through = version.main - 1;
        return false;
      }
      main = version.main;
      visited += 1;
      if (main === position.main && version.sub < position.sub) return true;
      if (!covers(wanted, version.name) || !wants(wanted, version)) return true;
      versions.push(version);
      bytes += version.bodyLength;
      return true;
    };
    if (!wanted.isSingle) this.#source.visit(position.main, visit);
    else
      for (const version of this.#source.versionsOf(wanted.low))
        if (version.main >= position.main && !visit(version)) break;
    return { versions, through, visited };
  }

  #groupOf({ identity, wanted }: Watcher): Group {
    const known = this.#groups.get(identity);
    if (known !== undefined) return known;
    const group: Group = { ...wanted, identity, members: new Set(), gathered: [] };
    this.#groups.set(identity, group);
    if (group.isSingle) this.#singles.set(group.low, [...(this.#singles.get(group.low) ?? []), group]);
    else this.#ranges.add(group);
    return group;
  }

  /** Out of where its state has it. */
  #leave(watcher: Watcher): void {
    this.#reading.delete(watcher);
    this.#future.delete(watcher);
    const group = this.#groups.get(watcher.identity);
    if (group === undefined || !group.members.delete(watcher) || group.members.size > 0) return;
    this.#groups.delete(group.identity);
    this.#ranges.delete(group);
    const others = (this.#singles.get(group.low) ?? []).filter((other) => other !== group);
    if (others.length === 0) this.#singles.delete(group.low);
    else this.#singles.set(group.low, others);
  }

  #end(watcher: Watcher): void {
    this.#leave(watcher);
    watcher.state = 'ended';
    this.#watchers.delete(watcher);
  }

  #cancel(watcher: Watcher, reason: { readonly compactRevision: number; readonly message: string }): void {
    this.#end(watcher);
    watcher.sink.canceled(reason);
  }
}
