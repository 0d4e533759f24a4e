import type { Plugin, PreFilterResult } from '../framework/contract.js';
import { unresolvable } from '../framework/status.js';

const name = 'NodeName';
const other = unresolvable(name, "node(s) didn't match the requested node name");

/** spec.nodeName of a pod that is asked about: a bound one comes to no queue. */
export function nodeName(): Plugin {
  return {
    name,
    preFilter: ({ pod }): PreFilterResult | undefined => {
      const wanted = pod.spec?.nodeName ?? '';
      if (wanted === '') return undefined;
      return { filter: { filter: (node) => (node.name === wanted ? undefined : other) } };
    },
    hints: [
      {
        on: ['Node/Add'],
        helps: ({ pod }, event) => 'node' in event && event.node.after?.metadata.name === pod.spec?.nodeName,
      },
    ],
  };
}
