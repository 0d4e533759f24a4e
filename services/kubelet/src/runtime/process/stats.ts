import type { ProcessRow } from './proc.adapter.js';

export interface ProcessUse {
  readonly cpuNanoSeconds: number;
  readonly rssBytes: number;
  readonly processes: number;
}

/**
 * What a container's processes use together: those of the sessions of its leaders (its shim, and what runs at its terminal), and
 * all that descend from them. Pages that several share are counted for each.
 */
export function useOf(table: readonly ProcessRow[], leaders: readonly number[]): ProcessUse {
  const children = new Map<number, ProcessRow[]>();
  for (const row of table) children.set(row.parent, [...(children.get(row.parent) ?? []), row]);
  const mine = new Map<number, ProcessRow>();
  const waiting = table.filter(({ pid, session }) => leaders.includes(pid) || leaders.includes(session));
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
    if (mine.has(row.pid)) continue;
    mine.set(row.pid, row);
    waiting.push(...(children.get(row.pid) ?? []));
  }
  const sum = (of: (row: ProcessRow) => number) =>
    [...mine.values()].reduce((total, row) => total + of(row), 0);
  return {
    cpuNanoSeconds: sum(({ cpuNanoSeconds }) => cpuNanoSeconds),
    rssBytes: sum(({ rssBytes }) => rssBytes),
    processes: mine.size,
  };
}
