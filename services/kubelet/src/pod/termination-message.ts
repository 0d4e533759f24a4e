import type { Container } from '@kubelab/api';
import { DiskError, type World } from '@kubelab/world';
import type { ContainerStatus, PodSandbox } from '../runtime/cri.js';

/** As Kubernetes bounds them: of the file, and of a log's end. */
const messageBytesMax = 4_096;
const logBytesMax = 2_048;
const logLinesMax = 80;

/** The file behind terminationMessagePath, on this machine; undefined for a runtime without files. */
export function terminationLogOf(sandbox: PodSandbox, name: string, attempt: number): string | undefined {
  return sandbox.directory === '' ? undefined : `${sandbox.directory}/termination-log/${name}_${attempt}`;
}

/**
 * What an ended run leaves as its message: its termination log, or with FallbackToLogsOnError, when that is empty and the run
 * failed, the end of its log.
 */
export async function terminationMessage(
  world: World,
  container: Pick<Container, 'terminationMessagePolicy'>,
  run: ContainerStatus,
  path: string | undefined,
): Promise<string> {
  const written = path === undefined ? '' : await textOf(world, path, messageBytesMax, 'head');
  const falls = container.terminationMessagePolicy === 'FallbackToLogsOnError' && run.exitCode !== 0;
  if (written !== '' || !falls || run.logPath === '') return written || run.message;
  const lines = (await textOf(world, run.logPath, logBytesMax, 'tail')).split('\n');
  const last = lines.at(-1) === '' ? logLinesMax + 1 : logLinesMax;
  return lines.slice(-last).join('\n');
}

async function textOf(world: World, path: string, bytesMax: number, which: 'head' | 'tail'): Promise<string> {
  try {
    const file = await world.disk.open(path);
    try {
      const from = which === 'head' ? 0 : Math.max(0, (await file.size()) - bytesMax);
      return new TextDecoder().decode(await file.read(from, bytesMax));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof DiskError) return ''; // The container removed it, or made something else of it.
    throw error;
  }
}
