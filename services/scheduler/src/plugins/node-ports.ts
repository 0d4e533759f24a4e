import type { Plugin, PreFilterResult } from '../framework/contract.js';
import { createPodInfo, type HostPort } from '../framework/pod-info.js';
import { unschedulable } from '../framework/status.js';

const name = 'NodePorts';
const taken = unschedulable(name, "node(s) didn't have free ports for the requested pod ports");
const everyAddress = '0.0.0.0';

function conflict(a: HostPort, b: HostPort): boolean {
  return (
    a.port === b.port &&
    a.protocol === b.protocol &&
    (a.ip === b.ip || a.ip === everyAddress || b.ip === everyAddress)
  );
}

function anyConflict(wanted: readonly HostPort[], there: readonly HostPort[]): boolean {
  return there.length > 0 && wanted.some((one) => there.some((other) => conflict(one, other)));
}

/** hostPort: one pod per node, protocol, port and address. */
export function nodePorts(): Plugin {
  return {
    name,
    preFilter: ({ hostPorts }): PreFilterResult | undefined => {
      if (hostPorts.length === 0) return undefined;
      return { filter: { filter: (node) => (anyConflict(hostPorts, node.hostPorts) ? taken : undefined) } };
    },
    hints: [
      {
        on: ['AssignedPod/Delete'],
        helps: ({ hostPorts }, event) =>
          'pod' in event &&
          event.pod.before !== undefined &&
          anyConflict(hostPorts, createPodInfo(event.pod.before).hostPorts),
      },
      { on: ['Node/Add'] },
    ],
  };
}
