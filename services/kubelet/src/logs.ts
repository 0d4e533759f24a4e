import { noBytes, type StreamHandler, WireError } from '@kubelab/wire';
import type { World } from '@kubelab/world';
import type { ContainerRuntime } from './runtime/cri.js';

const chunkBytes = 64 * 1024;
const followPollMs = 100;

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

/** `kubelet.containerLogs`: first a head that says the log is there, then its bytes. */
export function containerLogs(world: World, runtime: ContainerRuntime): StreamHandler {
  return async (stream, { head }, { signal }) => {
    const field = (name: string): string | undefined => {
      const value: unknown = typeof head === 'object' && head !== null ? Reflect.get(head, name) : undefined;
      return value === undefined || value === null ? undefined : String(value);
    };
    const on = (name: string) => ['true', '1'].includes(field(name) ?? '');
    for (const name of ['timestamps', 'sinceSeconds', 'sinceTime'])
      if (field(name) !== undefined && field(name) !== 'false')
        throw new WireError(
          'invalidArgument',
          `${name} is not supported: the process runtime's logs carry no times`,
        );
    const container = field('container') ?? '';
    const pod = field('pod') ?? '';
    const runs = (await runtime.ListContainers(field('uid') ?? ''))
      .filter((one) => one.name === container)
      .sort((a, b) => b.attempt - a.attempt);
    const run = runs[on('previous') ? 1 : 0];
    if (on('previous') && run === undefined)
      throw new WireError(
        'invalidArgument',
        `previous terminated container "${container}" in pod "${pod}" not found`,
      );
    if (run === undefined || run.state === 'CONTAINER_CREATED')
      throw new WireError(
        'invalidArgument',
        `container "${container}" in pod "${pod}" is waiting to start: ContainerCreating`,
      );
    stream.send({ head: { code: 200, headers: { 'content-type': 'text/plain' } }, payload: noBytes });
    const file = await world.disk.open(run.logPath);
    try {
      const tail = field('tailLines');
      let offset = 0;
      if (tail !== undefined) {
        const size = await file.size();
        const from = Math.max(0, size - 16 * 1024 * 1024);
        offset = from + tailOffset(await file.read(from, size - from), Number(tail));
      }
      let left = Number(field('limitBytes') ?? Number.POSITIVE_INFINITY);
      let over = false;
      while (!signal.aborted && left > 0) {
        const payload = await file.read(offset, Math.min(chunkBytes, left));
        if (payload.length > 0) {
          offset += payload.length;
          left -= payload.length;
          if (!stream.send({ head: {}, payload })) return;
          await stream.writable();
          continue;
        }
        if (!on('follow') || over) return;
        // Rotated: it begins anew.
        if ((await file.size()) < offset) offset = 0;
        // Asked before the last read: what was written before the end is read after it.
        over = (await runtime.ContainerStatus(run.id))?.state !== 'CONTAINER_RUNNING';
        if (!over) await world.timers.sleep(followPollMs);
      }
    } finally {
      await file.close();
    }
  };
}
