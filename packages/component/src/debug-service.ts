import type { MessageRecord, SpanRecord, Telemetry } from '@kubelab/telemetry';
import {
  type LinkFault,
  type Links,
  noBytes,
  WireError,
  type WireService,
  type WireStream,
} from '@kubelab/wire';
import type { World } from '@kubelab/world';
import { operatorsGroup, type RunningComponent } from './contract.js';

const batchMs = 50;
const batchMessagesMax = 2_000;
/** Records that wait for one batch; what comes beyond them is counted and left out. */
const heldMax = 20_000;
/** Of one trace, in one answer. */
const spansMax = 8_192;

export interface DebugOptions {
  readonly world: World;
  readonly name: string;
  readonly component: string;
  readonly telemetry: Telemetry;
  readonly links: Links;
  /** Undefined until the component serves. */
  readonly running: () => Pick<RunningComponent, 'role' | 'ready'> | undefined;
  /** Of this process. */
  readonly processInfo: () => { readonly pid: number; readonly memoryBytes: number };
}

/** What every component tells operators of itself: contract.ts has the methods. */
export function debugService(options: DebugOptions): WireService {
  const { world, links } = options;
  const startedAtMs = world.clock.monotonicMs();
  const answer = (head: unknown) => ({ head, payload: noBytes });
  return {
    authorize: (peer, method) => {
      if (peer.organizations.includes(operatorsGroup)) return;
      throw new WireError(
        'permissionDenied',
        `${method} is for members of ${operatorsGroup}; this is ${peer.commonName}`,
      );
    },
    unary: {
      'debug.status': () => {
        const running = options.running();
        return answer({
          name: options.name,
          component: options.component,
          role: running?.role() ?? '',
          ready: running?.ready() ?? false,
          uptimeMs: Math.round(world.clock.monotonicMs() - startedAtMs),
          ...options.processInfo(),
        });
      },
      'debug.spans': (request) => answer(spansOf(options.telemetry, request.head)),
      'debug.links.list': () => answer(links.list()),
      'debug.links.set': (request) => {
        const { to, fault } = linkRequest(request.head);
        links.set(to, fault);
        return answer({});
      },
      'debug.links.clear': (request) => {
        const to = isRecord(request.head) ? request.head.to : undefined;
        links.clear(typeof to === 'string' ? to : undefined);
        return answer({});
      },
    },
    stream: { 'debug.messages': (stream, request) => followMessages(options, stream, sinceOf(request.head)) },
  };
}

/**
 * What is remembered first, then what comes, in batches. A reader that falls behind loses records, never the
 * component memory.
 */
async function followMessages(options: DebugOptions, stream: WireStream, sinceMs: number): Promise<void> {
  const { messages } = options.telemetry;
  let held: MessageRecord[] = messages.recent().filter((record) => record.timeMs > sinceMs);
  const own = new Set(['debug.messages', 'debug.status']);
  const stop = messages.follow((record) => {
    if (held.length < heldMax) held.push(record);
  });
  try {
    while (!stream.signal.aborted) {
      const batch = held
        .splice(0, batchMessagesMax)
        .filter((record) => !own.has(record.kind.split(' ')[0] ?? ''));
      if (batch.length > 0) stream.send({ head: batch.map(plain), payload: noBytes });
      await stream.writable();
      await options.world.timers.sleep(batchMs);
    }
  } finally {
    held = [];
    stop();
  }
}

/** Of one trace: whoever asks for all would get more than a head should hold. */
function spansOf({ tracer }: Telemetry, head: unknown): readonly SpanRecord[] {
  if (!isRecord(head) || typeof head.traceId !== 'string')
    throw new WireError('invalidArgument', 'wanted: { traceId: 32 hexadecimal digits }');
  return tracer.spans(head.traceId).slice(-spansMax);
}

function plain(record: MessageRecord): Record<string, unknown> {
  const { trace, ...rest } = record;
  return trace === undefined ? rest : { ...rest, trace };
}

function sinceOf(head: unknown): number {
  return isRecord(head) && typeof head.since === 'number' ? head.since : 0;
}

function linkRequest(head: unknown): { to: string; fault: LinkFault } {
  if (!isRecord(head) || typeof head.to !== 'string' || !isRecord(head.fault)) {
    throw new WireError(
      'invalidArgument',
      'wanted: { to: NAME or *, fault: { blocked, delayMs, jitterMs, lossRate, ... } }',
    );
  }
  const fault: Record<string, unknown> = head.fault;
  const number = (field: string) => (typeof fault[field] === 'number' ? { [field]: fault[field] } : {});
  const kinds = Array.isArray(fault.kinds) ? { kinds: fault.kinds.map(String) } : {};
  const fields = ['delayMs', 'jitterMs', 'lossRate', 'duplicateRate', 'reorderRate'].map(number);
  return { to: head.to, fault: Object.assign({ blocked: fault.blocked === true }, kinds, ...fields) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
