import type { Plugin } from '../framework/contract.js';

/** By priority, then age in the queue. */
export function prioritySort(): Plugin {
  return {
    name: 'PrioritySort',
    compare: (a, b) => b.info.priority - a.info.priority || a.addedMs - b.addedMs,
  };
}
