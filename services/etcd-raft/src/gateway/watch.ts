import { type ResponseHeader, StoreError } from '@kubelab/store';
import {
  checkRange,
  type etcdMessages,
  etcdServices,
  grpcErrorText,
  type Message,
  type MessageInput,
} from '@kubelab/store/etcd';
import type { Caller, EtcdServer, ServerWatch } from '../etcd-server.js';
import { type Call, type MessageOutput, stream } from './calls.js';

type WatchRequest = Message<typeof etcdMessages.watchRequest>;
type CreateRequest = NonNullable<WatchRequest['create']>;
type WatchOutput = MessageOutput<MessageInput<typeof etcdMessages.watchResponse>>;

/** Names no watch: a response with it is about the stream as a whole. */
const noWatchId = -1;
/** Of one stream. A client that wants more opens another. */
const watchesMax = 10_000;

export function watchCalls(server: EtcdServer): readonly Call[] {
  return [
    stream(etcdServices.watchMethod, async (input, output, caller) => {
      const session = new WatchSession(server, output, caller);
      try {
        for await (const request of input) session.handle(request);
      } finally {
        session.close();
      }
    }),
  ];
}

interface OpenWatch {
  /** Undefined in the turn in which the server registers it. */
  watch: ServerWatch | undefined;
}

/**
 * The watches of one gRPC stream. Each is known by a number, the client's own or the next one from 0. Invariant: `created` is sent
 * before anything else of a watch, `canceled` after everything.
 */
export class WatchSession {
  readonly #server: EtcdServer;
  readonly #output: WatchOutput;
  readonly #caller: Caller;
  readonly #watches = new Map<number, OpenWatch>();
  #nextId = 0;
  /** The latest heard of; etcd's clients fail on a response without one. */
  #header: Partial<ResponseHeader> = {};
  /**
   * Watches that the stream's progress answer waits for, and the lowest revision that those who answered stand at. Clients hand
   * that answer to all their watches, so all must have come as far.
   */
  #progress: { readonly waiting: Set<number>; header: ResponseHeader | undefined } | undefined;

  constructor(server: EtcdServer, output: WatchOutput, caller: Caller) {
    this.#server = server;
    this.#output = output;
    this.#caller = caller;
  }

  handle(request: WatchRequest): void {
    if (request.create !== undefined) this.#create(request.create);
    else if (request.cancel !== undefined) this.#cancel(request.cancel.watchId);
    else if (request.progress !== undefined) this.#requestProgress();
  }

  close(): void {
    for (const { watch } of this.#watches.values()) watch?.cancel();
    this.#watches.clear();
    this.#progress = undefined;
  }

  #create(request: CreateRequest): void {
    const id = request.watchId === 0 ? this.#freeId() : request.watchId;
    if (this.#watches.has(id)) {
      this.#refuse('mvcc: duplicate watch ID provided on the WatchStream');
      return;
    }
    if (this.#watches.size >= watchesMax) {
      this.#refuse(`more than ${watchesMax} watches on one stream`);
      return;
    }
    const open: OpenWatch = { watch: undefined };
    this.#watches.set(id, open);
    try {
      open.watch = this.#register(id, request);
    } catch (error) {
      this.#watches.delete(id);
      if (!(error instanceof StoreError)) throw error;
      this.#refuse(grpcErrorText(error));
    }
  }

  /** What the server delivers in the turn in which it registers the watch waits until the client has heard of the watch. */
  #register(id: number, request: CreateRequest): ServerWatch {
    const early: (() => void)[] = [];
    let announced = false;
    const watch = this.#server.watch(etcdRange(request), this.#caller, {
      deliver: (response) => {
        // Progress notices are few and small: they need no room.
        if (!announced || (!this.#output.writable && response.events.length > 0)) return false;
        this.#deliver(id, response);
        return true;
      },
      writable: () => this.#output.drained(),
      canceled: (reason) => {
        const tell = () => this.#canceled(id, reason);
        if (announced) tell();
        else early.push(tell);
      },
    });
    this.#header = watch.header;
    this.#output.send({ header: watch.header, watchId: id, created: true });
    announced = true;
    for (const tell of early) tell();
    if (this.#progress !== undefined && this.#watches.has(id)) {
      this.#progress.waiting.add(id);
      watch.requestProgress();
    }
    return watch;
  }

  #deliver(
    id: number,
    { header, events, fragment }: Parameters<Parameters<EtcdServer['watch']>[2]['deliver']>[0],
  ): void {
    this.#header = header;
    if (events.length > 0) {
      this.#output.send({ header, watchId: id, events, fragment });
      return;
    }
    const asked = this.#progress?.waiting.has(id) === true;
    if (!asked) this.#output.send({ header, watchId: id });
    else this.#progressed(id, header);
  }

  #canceled(id: number, reason: { readonly compactRevision: number; readonly message: string }): void {
    if (!this.#watches.delete(id)) return;
    const { compactRevision, message: cancelReason } = reason;
    this.#output.send({ header: this.#header, watchId: id, canceled: true, compactRevision, cancelReason });
    this.#progressed(id, undefined);
  }

  #cancel(id: number): void {
    const open = this.#watches.get(id);
    if (open === undefined) return;
    this.#watches.delete(id);
    open.watch?.cancel();
    this.#output.send({ header: this.#header, watchId: id, canceled: true });
    this.#progressed(id, undefined);
  }

  #requestProgress(): void {
    if (this.#progress !== undefined) return;
    const waiting = new Set(this.#watches.keys());
    this.#progress = { waiting, header: undefined };
    for (const { watch } of [...this.#watches.values()]) watch?.requestProgress();
    if (waiting.size === 0) this.#progress = undefined;
  }

  #progressed(id: number, header: ResponseHeader | undefined): void {
    const progress = this.#progress;
    if (progress === undefined || !progress.waiting.delete(id)) return;
    const lowest = progress.header?.revision ?? Number.POSITIVE_INFINITY;
    if (header !== undefined && header.revision < lowest) progress.header = header;
    if (progress.waiting.size > 0) return;
    this.#progress = undefined;
    if (progress.header !== undefined) this.#output.send({ header: progress.header, watchId: noWatchId });
  }

  /** As etcd says it: created and canceled in one, about no watch. */
  #refuse(cancelReason: string): void {
    this.#output.send({
      header: this.#header,
      watchId: noWatchId,
      created: true,
      canceled: true,
      cancelReason,
    });
  }

  #freeId(): number {
    while (this.#watches.has(this.#nextId)) this.#nextId += 1;
    const id = this.#nextId;
    this.#nextId += 1;
    return id;
  }
}

/** An empty key watches from the first key on: clients ask for "everything" so. */
function etcdRange({ watchId: _id, ...request }: CreateRequest): Omit<CreateRequest, 'watchId'> {
  if (request.key.byteLength === 0) return { ...request, key: new Uint8Array(1) };
  return checkRange(request);
}
