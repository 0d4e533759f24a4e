import type { DiskFile, World } from '@kubelab/world';
import type { ContainerStatus } from './runtime/cri.js';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

export const timesPathOf = (logPath: string): string => `${logPath}.times`;

/** "Up to this byte of the log was there at this time." Both only grow within a file. */
export interface TimeMark {
  readonly upTo: number;
  readonly timeMs: number;
}

interface Watched {
  readonly log: DiskFile;
  readonly times: DiskFile;
  /** Bytes of the log that have their time. */
  covered: number;
  timesBytes: number;
}

/**
 * When each line of a container's log was written. A container's process writes its log itself, so that it
 * goes on without a kubelet; the time of a line, which CRI's log format has before the line, is kept beside
 * it, in `log.times`: lines `UPTO TIMEMS`. It is the time at which a look (each relist) found the line there:
 * up to 250 ms late, and for what was written while no kubelet ran, the next kubelet's first look.
 */
export class LogTimes {
  readonly #world: World;
  readonly #watched = new Map<string, Watched>();
  readonly #over = new Set<string>();
  #work: Promise<void> = Promise.resolve();

  constructor(world: World) {
    this.#world = world;
  }

  /** Looks at the logs of all containers; what is no longer listed is let go. */
  observe(containers: readonly ContainerStatus[]): Promise<void> {
    return this.#inTurn(async () => {
      const ids = new Set(containers.map(({ id }) => id));
      for (const id of [...this.#watched.keys()]) if (!ids.has(id)) await this.#close(id);
      for (const id of this.#over) if (!ids.has(id)) this.#over.delete(id);
      for (const one of containers) await this.#look(one);
    });
  }

  /** One log, now: after it, all that is written of it so far has its time. */
  note(container: ContainerStatus): Promise<void> {
    return this.#inTurn(() => this.#look(container));
  }

  /** The log was cut to nothing. */
  rotated(container: ContainerStatus): Promise<void> {
    return this.#inTurn(async () => {
      const watched = this.#watched.get(container.id);
      if (watched !== undefined) await restart(watched);
    });
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      for (const id of [...this.#watched.keys()]) await this.#close(id);
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined); // Told to the one who asked for it.
    return done;
  }

  async #look(container: ContainerStatus): Promise<void> {
    const { id, state, logPath } = container;
    if (this.#over.has(id) || state === 'CONTAINER_CREATED') return;
    const watched = this.#watched.get(id) ?? (await this.#open(id, logPath));
    if (watched === undefined) return;
    const size = await watched.log.size();
    if (size < watched.covered) await restart(watched);
    if (size > watched.covered) {
      const mark = encoder.encode(`${size} ${Math.floor(this.#world.clock.nowMs())}\n`);
      await watched.times.write(watched.timesBytes, [mark]);
      watched.timesBytes += mark.byteLength;
      watched.covered = size;
    }
    if (state !== 'CONTAINER_EXITED') return;
    await this.#close(id);
    this.#over.add(id);
  }

  async #open(id: string, logPath: string): Promise<Watched | undefined> {
    const { disk } = this.#world;
    if (!(await disk.exists(logPath))) return undefined;
    const log = await disk.open(logPath);
    const times = await disk.open(timesPathOf(logPath), { create: true });
    const { marks, bytes } = parseMarks(await times.read(0, await times.size()));
    const watched = { log, times, covered: marks.at(-1)?.upTo ?? 0, timesBytes: bytes };
    this.#watched.set(id, watched);
    return watched;
  }

  async #close(id: string): Promise<void> {
    const watched = this.#watched.get(id);
    this.#watched.delete(id);
    await watched?.log.close();
    await watched?.times.close();
  }
}

async function restart(watched: Watched): Promise<void> {
  watched.covered = 0;
  watched.timesBytes = 0;
  await watched.times.truncate(0);
}

/** Whole lines only: the last one may be on its way. */
export function parseMarks(data: Uint8Array): { readonly marks: TimeMark[]; readonly bytes: number } {
  const bytes = data.lastIndexOf(10) + 1;
  const lines = decoder.decode(data.subarray(0, bytes)).split('\n');
  const marks = lines.flatMap((line): TimeMark[] => {
    const [upTo, timeMs] = line.split(' ').map(Number);
    return line === '' || upTo === undefined || timeMs === undefined ? [] : [{ upTo, timeMs }];
  });
  return { marks, bytes };
}

/** Reads the marks of one log alongside the log: offsets are asked for in growing order. */
export class TimeReader {
  readonly #file: DiskFile;
  #marks: TimeMark[] = [];
  #next = 0;
  #bytes = 0;
  #lastMs = 0;

  constructor(file: DiskFile) {
    this.#file = file;
  }

  /** Takes in what was marked since. */
  async refresh(): Promise<void> {
    const size = await this.#file.size();
    if (size < this.#bytes) this.restart();
    const { marks, bytes } = parseMarks(await this.#file.read(this.#bytes, size - this.#bytes));
    this.#bytes += bytes;
    this.#marks = [...this.#marks.slice(this.#next), ...marks];
    this.#next = 0;
  }

  restart(): void {
    this.#marks = [];
    this.#next = 0;
    this.#bytes = 0;
  }

  /** When the byte at `offset` was there. */
  timeAt(offset: number): number {
    for (let mark = this.#marks[this.#next]; mark !== undefined; mark = this.#marks[this.#next]) {
      this.#lastMs = mark.timeMs;
      if (mark.upTo > offset) return mark.timeMs;
      this.#next += 1;
    }
    return this.#lastMs;
  }
}
