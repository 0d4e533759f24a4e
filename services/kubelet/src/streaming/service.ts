import type { StreamHandler, WireService } from '@kubelab/wire';
import { noBytes, WireError } from '@kubelab/wire';
import type { World } from '@kubelab/world';
import { type ContainerRuntime, type ContainerStatus, RuntimeError } from '../runtime/cri.js';
import { serveSession } from './session.js';

/** Of one kubelet at once: commands are processes, forwarded connections sockets. More are refused. */
const sessionsMax = { command: 512, connection: 8_192 };

export interface StreamingParts {
  readonly world: World;
  readonly runtime: ContainerRuntime;
}

/** `kubelet.exec`, `kubelet.attach`, `kubelet.portForward`: for apiservers, which have asked whether the user may. */
export function streamingHandlers(parts: StreamingParts): NonNullable<WireService['stream']> {
  const { world, runtime } = parts;
  const exec: StreamHandler = async (stream, { head }) => {
    const request = sessionRequest(head);
    if (request.command.length === 0) throw new WireError('invalidArgument', 'no command was given');
    const { id } = await runningContainer(runtime, request);
    const { command, tty } = request;
    await serveSession(world, stream, () => runtime.Exec(id, command, { tty }), request, 'command');
  };
  const attach: StreamHandler = async (stream, { head }) => {
    const request = sessionRequest(head);
    const { id } = await runningContainer(runtime, request);
    await serveSession(world, stream, () => runtime.Attach(id), request, 'attachment');
  };
  const command = bounded('command', sessionsMax.command);
  return {
    'kubelet.exec': command(exec),
    'kubelet.attach': command(attach),
    'kubelet.portForward': bounded('connection', sessionsMax.connection)(portForward(runtime)),
  };
}

function bounded(what: string, max: number): (handler: StreamHandler) => StreamHandler {
  let running = 0;
  return (handler) => async (stream, request, context) => {
    if (running >= max)
      throw new WireError('resourceExhausted', `this kubelet serves ${max} streams of this sort (${what})`);
    running += 1;
    try {
      await handler(stream, request, context);
    } finally {
      running -= 1;
    }
  };
}

interface SessionRequest {
  readonly uid: string;
  readonly container: string;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

function sessionRequest(head: unknown): SessionRequest {
  const command = field(head, 'command');
  return {
    uid: String(field(head, 'uid') ?? ''),
    container: String(field(head, 'container') ?? ''),
    command: Array.isArray(command) ? command.map(String) : [],
    stdin: field(head, 'stdin') === true,
    stdout: field(head, 'stdout') === true,
    stderr: field(head, 'stderr') === true,
    tty: field(head, 'tty') === true,
  };
}

function field(head: unknown, name: string): unknown {
  return typeof head === 'object' && head !== null ? Reflect.get(head, name) : undefined;
}

async function runningContainer(
  runtime: ContainerRuntime,
  { uid, container }: SessionRequest,
): Promise<ContainerStatus> {
  const found = (await runtime.ListContainers(uid)).find(
    ({ name, state }) => name === container && state === 'CONTAINER_RUNNING',
  );
  if (found !== undefined) return found;
  throw new WireError('notFound', `container not found ("${container}")`);
}

/** One TCP connection: payloads both ways; each side's end is the end of its half. */
function portForward(runtime: ContainerRuntime): StreamHandler {
  return async (stream, { head }) => {
    const port = Number(field(head, 'port'));
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new WireError('invalidArgument', `port: ${port} is none`);
    const connection = await runtime
      .PortForward(String(field(head, 'uid') ?? ''), port)
      .catch((error: unknown) => {
        if (!(error instanceof RuntimeError)) throw error;
        throw new WireError('failedPrecondition', error.message);
      });
    const close = () => connection.close();
    if (stream.signal.aborted) close();
    stream.signal.addEventListener('abort', close, { once: true });
    stream.send({ head: { code: 101 }, payload: noBytes });
    const sending = async () => {
      try {
        for await (const { payload } of stream) if (payload.length > 0) await connection.write(payload);
      } catch (error) {
        if (!(error instanceof WireError)) throw error; // The client went; the connection is closed.
      }
      connection.end();
    };
    const sent = sending();
    try {
      for await (const payload of connection.data) {
        if (!stream.send({ head: null, payload })) break;
        await stream.writable();
      }
      stream.end();
      await sent;
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      throw new WireError('unavailable', error.message);
    } finally {
      connection.close();
    }
  };
}
