import type { LinkFault, Links } from './contract.js';

const everyOther = '*';

/** The faults of one component's outgoing links; healthy until something is set. */
export function createLinks(): Links {
  const faults = new Map<string, LinkFault>();
  return {
    set: (to, fault) => void faults.set(to, fault),
    clear: (to) => {
      if (to === undefined) faults.clear();
      else faults.delete(to);
    },
    list: () => Object.fromEntries(faults),
    fault: (to) => (faults.size === 0 ? undefined : (faults.get(to) ?? faults.get(everyOther))),
  };
}
