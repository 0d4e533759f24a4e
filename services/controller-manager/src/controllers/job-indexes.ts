/** The annotation and label by which a pod of an Indexed job says which index it is. */
export const completionIndexKey = 'batch.kubernetes.io/job-completion-index';
/** How often the index failed before this pod. */
export const indexFailureKey = 'batch.kubernetes.io/job-index-failure-count';

/** `1,3-5,7` as a set; what is not below `end` is left out. */
export function parseIndexes(text: string | undefined, end: number): Set<number> {
  const found = new Set<number>();
  for (const part of (text ?? '').split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (match === null) continue;
    const first = Number(match[1]);
    const last = Math.min(Number(match[2] ?? match[1]), end - 1);
    for (let index = first; index <= last; index += 1) found.add(index);
  }
  return found;
}

/** As Kubernetes writes them: `1,2` for two in a row, `1-3` for more. */
export function formatIndexes(indexes: Iterable<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const index of sorted) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else runs.push([index, index]);
  }
  return runs
    .map(([first, last]) =>
      first === last ? `${first}` : last === first + 1 ? `${first},${last}` : `${first}-${last}`,
    )
    .join(',');
}
