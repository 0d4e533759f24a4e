/** Where an item of a merged list comes from: by its key, from the live list alone, or from the intent (and merged, where both have it). */
export interface Placed {
  readonly key: string;
  readonly from: 'live' | 'intent';
  /** In the list that it comes from. */
  readonly at: number;
}

/**
 * The order of a list whose items have keys after an apply (structured-merge-diff since v4.3): the intent's items stand in the intent's
 * order; those of others stay where they were, in front of the next item that both have. Live [a, b, c], intent [c, x, a] -> [b, c, x, a].
 */
export function mergeOrder(live: readonly string[], intent: readonly string[]): Placed[] {
  const wanted = new Set(intent);
  const known = new Set(live);
  const shared = intent.filter((key) => known.has(key));
  const result: Placed[] = [];
  let next = shared.shift();
  let left = 0;
  let right = 0;
  while (left < live.length || right < intent.length) {
    const here = live[left];
    const given = intent[right];
    if (here !== undefined && !wanted.has(here)) {
      result.push({ key: here, from: 'live', at: left });
      left += 1;
    } else if (here !== undefined && here !== given && (given === undefined || here !== next)) {
      // Both have it, and its turn in the intent was before or comes later.
      left += 1;
    } else if (given !== undefined) {
      result.push({ key: given, from: 'intent', at: right });
      right += 1;
      if (here === given) left += 1;
      if (given === next) next = shared.shift();
    }
  }
  return result;
}
