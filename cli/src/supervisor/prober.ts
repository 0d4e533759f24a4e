import { dialWire, noBytes, type WireClient, type WireContext, WireError } from '@kubelab/wire';
import type { TlsMaterial } from '@kubelab/world';
import { isRecord } from '../cluster-file.js';
import type { ComponentSpec } from '../topology.js';
import type { ComponentStatus } from './contract.js';
import type { ManagedProcess } from './managed-process.js';

const answerDeadlineMs = 700;

/** Asks components how they are, over their debug service. */
export interface Prober {
  componentStatus(managed: ManagedProcess): Promise<ComponentStatus>;
  close(): void;
}

export function createProber(context: WireContext, tls: TlsMaterial): Prober {
  const clients = new Map<string, WireClient>();
  const clientFor = (spec: ComponentSpec): WireClient => {
    const known = clients.get(spec.name);
    if (known !== undefined) return known;
    const client = dialWire(context, { addresses: [spec.listen], tls, to: spec.name });
    clients.set(spec.name, client);
    return client;
  };
  return {
    componentStatus: async (managed) => {
      const said = managed.state === 'running' ? await ask(clientFor(managed.spec)) : undefined;
      return describe(managed, said);
    },
    close: () => {
      for (const client of clients.values()) void client.close();
    },
  };
}

interface Said {
  readonly role: string;
  readonly ready: boolean;
  readonly memoryBytes: number | null;
}

async function ask(client: WireClient): Promise<Said | undefined> {
  try {
    const answer = await client.request(
      'debug.status',
      { head: {}, payload: noBytes },
      { deadlineMs: answerDeadlineMs },
    );
    if (!isRecord(answer.head)) return undefined;
    const { role, ready, memoryBytes } = answer.head;
    return {
      role: typeof role === 'string' ? role : '',
      ready: ready === true,
      memoryBytes: typeof memoryBytes === 'number' ? memoryBytes : null,
    };
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

function describe(managed: ManagedProcess, said: Said | undefined): ComponentStatus {
  const { spec, state } = managed;
  return {
    name: spec.name,
    kind: spec.kind,
    pid: managed.pid ?? null,
    address: `${spec.listen.host}:${spec.listen.port}`,
    state:
      state !== 'running' ? state : said === undefined ? 'unresponsive' : said.ready ? 'running' : 'starting',
    role: said?.role ?? '',
    ready: said?.ready ?? false,
    restarts: managed.restarts,
    memoryBytes: said?.memoryBytes ?? null,
    lastError: managed.lastError ?? null,
  };
}
