import { dialWire, noBytes, type WireClient, type WireContext, WireError } from '@kubelab/wire';
import type { TlsMaterial } from '@kubelab/world';
import { isRecord } from '../cluster-file.js';
import { UsageError } from '../output.js';
import { type ClusterOptions, ports } from '../topology.js';
import { type ClusterStatus, type ControlAction, supervisorMethods } from './contract.js';

const deadlineMs = 15_000;
/** A supervisor on this machine either answers at once or is not there. */
const connectDeadlineMs = 2_000;

/** The supervisor of a running cluster, as other commands reach it. */
export interface SupervisorClient {
  status(): Promise<ClusterStatus>;
  control(request: { name: string; action: ControlAction; wholeNode: boolean }): Promise<string[]>;
  shutdown(): Promise<void>;
  close(): Promise<void>;
}

export function connectSupervisor(
  context: WireContext,
  cluster: ClusterOptions,
  tls: TlsMaterial,
): SupervisorClient {
  const address = ports(cluster.port).supervisor;
  const client = dialWire(context, { addresses: [address], tls, to: 'supervisor' });
  return {
    status: async () => {
      const head = await call(client, supervisorMethods.status, {}, connectDeadlineMs);
      if (!isClusterStatus(head))
        throw new Error('the supervisor answered with something else than a status');
      return head;
    },
    control: async (request) => {
      const head = await call(client, supervisorMethods.control, request, deadlineMs);
      return isRecord(head) && Array.isArray(head.names) ? head.names.map(String) : [];
    },
    shutdown: async () => {
      await call(client, supervisorMethods.shutdown, {}, connectDeadlineMs);
    },
    close: () => client.close(),
  };
}

async function call(
  client: WireClient,
  method: string,
  head: object,
  callDeadlineMs: number,
): Promise<unknown> {
  try {
    return (await client.request(method, { head, payload: noBytes }, { deadlineMs: callDeadlineMs })).head;
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    if (client.connected) throw new UsageError(error.message);
    throw new UsageError("no cluster runs here; start one with 'npm start' (or 'kubelab up')");
  }
}

function isClusterStatus(head: unknown): head is ClusterStatus {
  return isRecord(head) && typeof head.ready === 'boolean' && Array.isArray(head.components);
}
