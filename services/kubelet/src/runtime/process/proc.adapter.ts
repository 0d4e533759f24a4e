import { readdir, readFile } from 'node:fs/promises';

/** Linux' USER_HZ, which is 100 on every architecture that Node.js runs on; and the page size of proc(5)'s rss. */
const tickNanos = 10_000_000;
const pageBytes = 4_096;
/** Files read at once. */
const readsMax = 64;

/** One process, as /proc/PID/stat tells of it. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  /** Its own and that of children that it has waited for. */
  readonly cpuNanoSeconds: number;
  readonly rssBytes: number;
}

/** Every process of this machine; undefined where there is no /proc (not Linux). */
export async function processTable(): Promise<ProcessRow[] | undefined> {
  const names = await readdir('/proc').catch(() => undefined);
  const pids = names?.filter((name) => /^\d+$/.test(name));
  if (pids === undefined || pids.length === 0) return undefined;
  const rows: ProcessRow[] = [];
  for (let at = 0; at < pids.length; at += readsMax) {
    const texts = pids.slice(at, at + readsMax).map((pid) =>
      // One that ended meanwhile has nothing to tell.
      readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''),
    );
    for (const text of await Promise.all(texts)) {
      const row = parseStat(text);
      if (row !== undefined) rows.push(row);
    }
  }
  return rows;
}

/** proc(5): `PID (COMMAND) STATE PPID PGRP SESSION ...`; the command may hold anything, brackets too. */
export function parseStat(text: string): ProcessRow | undefined {
  const end = text.lastIndexOf(')');
  if (end < 0) return undefined;
  const fields = text.slice(end + 2).split(' ');
  // Fields are counted from 1 in proc(5); the first one here is the third.
  const field = (number: number) => Number(fields[number - 3] ?? 0);
  const ticks = field(14) + field(15) + field(16) + field(17);
  return {
    pid: Number.parseInt(text, 10),
    parent: field(4),
    session: field(6),
    cpuNanoSeconds: ticks * tickNanos,
    rssBytes: field(24) * pageBytes,
  };
}
