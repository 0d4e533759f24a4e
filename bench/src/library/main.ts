import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { machine } from '../machine.js';
import { isFigures, type LibraryFigures } from './figures.js';

const coldRounds = 10;

/** Each cold round is a process of its own; the last one goes on to measure the rest. */
export async function benchLibrary({ root, json }: { root: string; json: boolean }): Promise<void> {
  const rounds: LibraryFigures[] = [];
  for (let round = 1; round <= coldRounds; round += 1)
    rounds.push(measure(root, round === coldRounds ? 'all' : 'cold'));
  const last = rounds.at(-1);
  if (last === undefined) throw new Error('no round was measured');
  const figures = {
    ...machine(root),
    importMs: median(rounds.map(({ importMs }) => importMs)),
    coldMs: median(rounds.map(({ coldMs }) => coldMs)),
    warmMs: median(last.warmMs),
    warmMaxMs: Math.max(...last.warmMs),
    stopMs: median(last.stopMs),
    sideBySideMs: last.sideBySideMs,
    memoryBytes: last.memoryBytes,
    idleCpuPercent: last.idleCpuPercent,
  };
  if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  else process.stdout.write(text(figures));
}

function measure(root: string, what: 'cold' | 'all'): LibraryFigures {
  const script = join(root, 'bench/dist/src/library/driver-main.js');
  const done = spawnSync(process.execPath, ['--expose-gc', script, what], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  const figures: unknown = done.status === 0 ? JSON.parse(done.stdout) : undefined;
  if (!isFigures(figures)) throw new Error(`the measurement failed: ${done.stderr}`);
  return figures;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function text(
  figures: Omit<LibraryFigures, 'warmMs' | 'stopMs'> &
    ReturnType<typeof machine> & {
      readonly warmMs: number;
      readonly warmMaxMs: number;
      readonly stopMs: number;
    },
): string {
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  const rows: readonly (readonly [string, string])[] = [
    ["import 'kubelab'", ms(figures.importMs)],
    ['startCluster() to the first answer, first in a process (p50 of 10)', ms(figures.coldMs)],
    ['the same, later ones (p50 of 10; longest)', `${ms(figures.warmMs)}; ${ms(figures.warmMaxMs)}`],
    ['stop() (p50 of 10)', ms(figures.stopMs)],
    ['10 side by side, until all have answered', ms(figures.sideBySideMs)],
    ['memory a cluster, of 10 (heap and buffers)', `${(figures.memoryBytes / 2 ** 20).toFixed(1)} MiB`],
    ['processor of an idle cluster, of 10', `${figures.idleCpuPercent.toFixed(2)} %`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  return `${figures.machine}, ${figures.commit}\n${lines.join('\n')}\n`;
}
