import { noBytes, type StreamHandler, WireError } from '@kubelab/wire';
import type { DiskFile, World } from '@kubelab/world';
import { LineFilter } from './log-lines.js';
import { type LogTimes, TimeReader, timesPathOf } from './log-times.js';
import type { ContainerRuntime, ContainerStatus } from './runtime/cri.js';

const chunkBytes = 64 * 1024;
const followPollMs = 100;
/** A log is cut at 10 MiB: what `--tail` looks through. */
const tailBytesMax = 16 * 2 ** 20;

/** Where the last `count` lines of a text begin. */
export function tailOffset(data: Uint8Array, count: number): number {
  if (count <= 0) return data.length;
  let left = count;
  for (let at = data.length - 2; at >= 0; at -= 1) {
    if (data[at] === 10) left -= 1;
    if (left === 0) return at + 1;
  }
  return 0;
}

export interface LogParts {
  readonly world: World;
  readonly runtime: ContainerRuntime;
  readonly times: LogTimes;
  /** The reason for which a container waits, if it does. */
  readonly waitingOf: (uid: string, container: string) => string | undefined;
}

/** What PodLogOptions ask for. */
interface LogOptions {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly container: string;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly sinceMs: number | undefined;
  readonly tailLines: number | undefined;
  readonly limitBytes: number;
}

function logOptions(head: unknown, nowMs: number): LogOptions {
  const field = (name: string): string | undefined => {
    const value: unknown = typeof head === 'object' && head !== null ? Reflect.get(head, name) : undefined;
    return value === undefined || value === null || value === '' ? undefined : String(value);
  };
  const on = (name: string) => ['true', '1'].includes(field(name) ?? '');
  const number = (name: string): number | undefined => {
    const text = field(name);
    if (text !== undefined && !/^\d+$/.test(text))
      throw new WireError('invalidArgument', `${name}: "${text}" is not a whole number`);
    return text === undefined ? undefined : Number(text);
  };
  const sinceSeconds = number('sinceSeconds');
  const sinceTime = field('sinceTime');
  if (sinceSeconds !== undefined && sinceTime !== undefined)
    throw new WireError('invalidArgument', 'at most one of `sinceTime` or `sinceSeconds` may be specified');
  const at = sinceTime === undefined ? undefined : Date.parse(sinceTime);
  if (Number.isNaN(at)) throw new WireError('invalidArgument', `sinceTime: "${sinceTime}" is not a time`);
  return {
    namespace: field('namespace') ?? '',
    pod: field('pod') ?? '',
    uid: field('uid') ?? '',
    container: field('container') ?? '',
    follow: on('follow'),
    previous: on('previous'),
    timestamps: on('timestamps'),
    sinceMs: sinceSeconds === undefined ? at : nowMs - sinceSeconds * 1000,
    tailLines: number('tailLines'),
    limitBytes: number('limitBytes') ?? Number.POSITIVE_INFINITY,
  };
}

const waitingTexts: Readonly<Record<string, string>> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
};

/** Which run's log is meant; a WireError in Kubernetes' words when there is none. */
async function chosenRun(parts: LogParts, options: LogOptions): Promise<ContainerStatus> {
  const { uid, container, pod, previous } = options;
  const runs = (await parts.runtime.ListContainers(uid))
    .filter((one) => one.name === container && one.state !== 'CONTAINER_CREATED')
    .sort((a, b) => b.attempt - a.attempt);
  const [latest, before] = runs;
  const waiting = parts.waitingOf(uid, container);
  const fail = (text: string) => new WireError('invalidArgument', text);
  if (previous) {
    // While it waits to be started again, the run that ended is the previous one already (lastState).
    const run = waiting !== undefined && latest?.state === 'CONTAINER_EXITED' ? latest : before;
    if (run !== undefined) return run;
    throw fail(`previous terminated container "${container}" in pod "${pod}" not found`);
  }
  if (latest !== undefined) return latest;
  const reason = waiting ?? 'ContainerCreating';
  throw fail(
    `container "${container}" in pod "${pod}" is waiting to start: ${waitingTexts[reason] ?? reason}`,
  );
}

/** `kubelet.containerLogs`: first a head that says the log is there, then its bytes. */
export function containerLogs(parts: LogParts): StreamHandler {
  const { world, runtime, times } = parts;
  return async (stream, { head }, { signal }) => {
    const options = logOptions(head, world.clock.nowMs());
    const run = await chosenRun(parts, options);
    await times.note(run);
    const file = await world.disk.open(run.logPath);
    const timesFile = await world.disk.open(timesPathOf(run.logPath), { create: true });
    try {
      stream.send({ head: { code: 200, headers: { 'content-type': 'text/plain' } }, payload: noBytes });
      const reader = new TimeReader(timesFile);
      const filter = new LineFilter({ ...options, timeAt: (at) => reader.timeAt(at) });
      let offset = await startOf(file, options.tailLines);
      let left = options.limitBytes;
      let over = false;
      await reader.refresh();
      while (!signal.aborted && left > 0) {
        const data = await file.read(offset, chunkBytes);
        if (data.length > 0) {
          await times.note(run);
          await reader.refresh();
          for (const piece of joined(filter.push(offset, data))) {
            const payload = piece.subarray(0, left);
            left -= payload.length;
            if (payload.length > 0 && !stream.send({ head: {}, payload })) return;
            await stream.writable();
          }
          offset += data.length;
          continue;
        }
        if (!options.follow || over) return;
        // Rotated: it begins anew.
        if ((await file.size()) < offset) {
          offset = 0;
          reader.restart();
        }
        // Asked before the last read: what was written before the end is read after it.
        over = (await runtime.ContainerStatus(run.id))?.state !== 'CONTAINER_RUNNING';
        if (!over) await world.timers.sleep(followPollMs);
      }
    } finally {
      await file.close();
      await timesFile.close();
    }
  };
}

/** As kubelets do: the last lines are counted first, and of those the ones before `since` are left out. */
async function startOf(file: DiskFile, tailLines: number | undefined): Promise<number> {
  if (tailLines === undefined) return 0;
  const size = await file.size();
  const from = Math.max(0, size - tailBytesMax);
  return from + tailOffset(await file.read(from, size - from), tailLines);
}

/** One message for all pieces of a chunk. */
function joined(pieces: readonly Uint8Array[]): Uint8Array[] {
  if (pieces.length <= 1) return [...pieces];
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return [whole];
}
