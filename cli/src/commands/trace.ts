import { setMaxListeners } from 'node:events';
import type { MessageRecord } from '@kubelab/telemetry';
import { dialWire, noBytes, type WireClient, WireError } from '@kubelab/wire';
import { isRecord } from '../cluster-file.js';
import { requireCluster } from '../cluster-pki.js';
import type { CommandHost } from '../command-host.js';
import { styled, type Terminal } from '../output.js';
import { components } from '../topology.js';

/** Records from several components are held this long and printed in order of time. */
const settleMs = 150;
const reconnectMs = 500;
const heldMax = 50_000;

export interface TraceFilter {
  /** Name of a component or its kind: `etcd-raft-0`, `etcd-raft`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly kind?: string | undefined;
  /** Go on with what comes; without it, what the components remember is printed once. */
  readonly follow: boolean;
  readonly output: 'text' | 'json';
  /** End after so many records. */
  readonly limit?: number | undefined;
}

/**
 * Prints what components say to each other, as tcpdump would: each message once, by the side that sent it
 * where that side reports.
 */
export async function trace(host: CommandHost, dataDirectory: string, filter: TraceFilter): Promise<void> {
  const { cluster, tls } = await requireCluster(host.world, dataDirectory);
  const context = host.wireContext('kubelab-trace');
  const stop = new AbortController();
  // One signal ends the streams of every component.
  setMaxListeners(0, stop.signal);
  const merger = new Merger(host, filter, () => stop.abort());
  host.onInterrupt(async () => stop.abort());
  const specs = components(cluster);
  const clients = specs.map((spec) => dialWire(context, { addresses: [spec.listen], tls, to: spec.name }));
  const readers = clients.map((client) => follow(host, client, merger, filter.follow, stop.signal));
  const flush = host.world.timers.setInterval(() => merger.flush(false), settleMs / 2);
  await Promise.all(readers);
  flush.cancel();
  merger.flush(true);
  await Promise.all(clients.map((client) => client.close()));
}

async function follow(
  host: CommandHost,
  client: WireClient,
  merger: Merger,
  forever: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { timers } = host.world;
  let since = 0;
  while (!signal.aborted) {
    const stream = client.openStream(
      'debug.messages',
      { head: { since }, payload: noBytes },
      {
        deadlineMs: Number.POSITIVE_INFINITY,
        signal,
      },
    );
    // Without --follow what is remembered arrives at once; a silent moment means that was all.
    const enough = forever
      ? undefined
      : timers.setTimeout(() => stream.fail(new WireError('canceled', 'enough')), 1_000);
    try {
      for await (const message of stream) {
        for (const record of records(message.head)) {
          since = Math.max(since, record.timeMs);
          merger.add(record);
        }
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error; // Broken: the component went away; it is asked again below.
    }
    enough?.cancel();
    if (!forever || signal.aborted) return;
    await timers.sleep(reconnectMs);
  }
}

function records(head: unknown): MessageRecord[] {
  if (!Array.isArray(head)) return [];
  return head.filter((item): item is MessageRecord => isRecord(item) && typeof item.timeMs === 'number');
}

/** Puts the records of all components into one order and prints what the filter lets through. */
class Merger {
  readonly #host: CommandHost;
  readonly #filter: TraceFilter;
  readonly #done: () => void;
  #held: MessageRecord[] = [];
  #printed = 0;

  constructor(host: CommandHost, filter: TraceFilter, done: () => void) {
    this.#host = host;
    this.#filter = filter;
    this.#done = done;
  }

  add(record: MessageRecord): void {
    if (record.direction === 'send' && matches(record, this.#filter)) this.#held.push(record);
    if (this.#held.length > heldMax) this.flush(true);
  }

  flush(all: boolean): void {
    const settled = all ? Number.POSITIVE_INFINITY : this.#host.world.clock.nowMs() - settleMs;
    const ready = this.#held.filter((record) => record.timeMs <= settled).sort((a, b) => a.timeMs - b.timeMs);
    this.#held = this.#held.filter((record) => record.timeMs > settled);
    for (const record of ready) {
      if (this.#printed >= (this.#filter.limit ?? Number.POSITIVE_INFINITY)) return;
      this.#host.terminal.print(
        this.#filter.output === 'json' ? JSON.stringify(record) : formatRecord(this.#host.terminal, record),
      );
      this.#printed += 1;
      if (this.#printed === this.#filter.limit) this.#done();
    }
  }
}

export function matches(record: MessageRecord, filter: Pick<TraceFilter, 'from' | 'to' | 'kind'>): boolean {
  return (
    isNamed(record.from, filter.from) &&
    isNamed(record.to, filter.to) &&
    (filter.kind === undefined || record.kind.includes(filter.kind))
  );
}

function isNamed(name: string, wanted: string | undefined): boolean {
  return wanted === undefined || name === wanted || name.replace(/-\d+$/, '') === wanted;
}

/** `12:00:01.234  etcd-raft-0 > etcd-raft-1  AppendEntries  term 3 idx 17..20  412 B  4bf92f35` */
export function formatRecord(terminal: Terminal, record: MessageRecord): string {
  const time = new Date(record.timeMs).toISOString().slice(11, 23);
  const traceId = record.trace?.slice(3, 11) ?? '';
  const route = `${record.from} > ${record.to}`.padEnd(40);
  const kind = styled(terminal, 'bold', record.kind);
  const size = record.bytes < 10_000 ? `${record.bytes} B` : `${(record.bytes / 1024).toFixed(1)} KiB`;
  return `${styled(terminal, 'dim', time)}  ${route}  ${kind}  ${record.key}  ${size}  ${styled(terminal, 'dim', traceId)}`.trimEnd();
}
