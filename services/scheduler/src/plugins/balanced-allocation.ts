import { asksForNothing } from '../framework/amounts.js';
import type { Plugin } from '../framework/contract.js';
import { defaultResources, type ResourceWeight, type Share, shares } from './resource-shares.js';

/** 100 when all resources of the node would be taken to the same degree; less the more they differ. */
function balance(all: readonly Share[]): number {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (const { capacity, requested } of all) {
    if (capacity === 0) continue;
    const fraction = Math.min(1, requested / capacity);
    count += 1;
    sum += fraction;
    squares += fraction * fraction;
  }
  if (count < 2) return 100;
  const mean = sum / count;
  // Of two the standard deviation is half the distance.
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
  return Math.trunc((1 - deviation) * 100 + 1e-9);
}

export function balancedAllocation(args: { readonly resources?: readonly ResourceWeight[] } = {}): Plugin {
  const resources = args.resources ?? defaultResources;
  return {
    name: 'NodeResourcesBalancedAllocation',
    // A pod that asks for nothing changes no balance (kubernetes/kubernetes#129138).
    preScore: (info) =>
      asksForNothing(info.requests)
        ? undefined
        : { score: (node) => balance(shares(info, node, resources, 'asRequested')) },
  };
}
