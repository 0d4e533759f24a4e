import { apiError, channelHead, channels, exitStatusOf, terminalSizeOf } from '@kubelab/api';
import { noBytes, WireError, type WireStream } from '@kubelab/wire';
import type { World } from '@kubelab/world';
import { type CommandStreams, RuntimeError } from '../runtime/cri.js';

/** A command is over; a process that it left behind may hold its output open for so long without writing. */
const quietMs = 500;

export interface SessionOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** Of an attached container the exit code is in its pod's status: to attach succeeded. */
export type EndOf = 'command' | 'attachment';

/**
 * A command's streams over a wire stream: first a message that says that it is served, then messages whose head names their channel, the
 * last one a Status on the error channel. When the client goes, the command's streams are closed.
 */
export async function serveSession(
  world: World,
  stream: WireStream,
  open: () => Promise<CommandStreams>,
  options: SessionOptions,
  endOf: EndOf,
): Promise<void> {
  stream.send({ head: { code: 101 }, payload: noBytes });
  let session: CommandStreams;
  try {
    session = await open();
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    const { status } = apiError(
      'InternalError',
      `Internal error occurred: error executing command in container: ${error.message}`,
    );
    sendStatus(stream, status);
    return;
  }
  const close = () => session.close();
  if (stream.signal.aborted) close();
  stream.signal.addEventListener('abort', close, { once: true });
  if (!options.stdin) session.endInput();
  void feed(stream, session, options.stdin);
  const { stdout, stderr } = session;
  const pumps = [
    new Pump(stream, options.stdout ? channels.stdout : undefined, stdout),
    new Pump(stream, options.stderr ? channels.stderr : undefined, stderr),
  ];
  const exited = session.exited.then((code) => {
    void closeWhenQuiet(world, pumps, session);
    return code;
  });
  try {
    await Promise.all(pumps.map((pump) => pump.run()));
    const exitCode = await exited;
    sendStatus(stream, exitStatusOf(endOf === 'command' ? exitCode : 0));
  } finally {
    session.close();
  }
}

/** The command is over: what it left behind and what says nothing any more does not hold the session up. */
async function closeWhenQuiet(world: World, pumps: readonly Pump[], session: CommandStreams): Promise<void> {
  for (;;) {
    const before = pumps.map(({ turns }) => turns);
    await world.timers.sleep(quietMs);
    if (pumps.every(({ done }) => done)) return;
    // One that waits for the client to take something is not quiet.
    if (pumps.every(({ done, turns, reading }, index) => done || (reading && turns === before[index])))
      return session.close();
  }
}

function sendStatus(stream: WireStream, status: object): void {
  const payload = new TextEncoder().encode(JSON.stringify(status));
  stream.send({ head: { channel: channels.error }, payload });
}

/** What the client says, at the pace at which the command takes it: what is not read is not granted. */
async function feed(stream: WireStream, session: CommandStreams, stdin: boolean): Promise<void> {
  try {
    for await (const { head, payload } of stream) {
      const about = channelHead(head);
      if (about?.channel === channels.stdin && stdin) {
        if (payload.length > 0) await session.write(payload);
        if (about.end === true) session.endInput();
      }
      const size = about?.channel === channels.resize ? terminalSizeOf(payload) : undefined;
      if (size !== undefined) await session.resize(size);
    }
    session.endInput();
  } catch (error) {
    // A WireError: the client went, and the signal's listener closes the session.
    if (!(error instanceof WireError)) stream.fail(new WireError('internal', String(error)));
  }
}

/** One output to its end. `channel` undefined: nobody asked for it, and it is let go by. */
class Pump {
  readonly #stream: WireStream;
  readonly #channel: number | undefined;
  readonly #output: AsyncIterable<Uint8Array>;
  turns = 0;
  reading = true;
  done = false;

  constructor(stream: WireStream, channel: number | undefined, output: AsyncIterable<Uint8Array>) {
    this.#stream = stream;
    this.#channel = channel;
    this.#output = output;
  }

  async run(): Promise<void> {
    try {
      for await (const payload of this.#output) {
        this.turns += 1;
        if (this.#channel === undefined) continue;
        this.reading = false;
        const taken = this.#stream.send({ head: { channel: this.#channel }, payload });
        await this.#stream.writable();
        this.reading = true;
        if (!taken) break;
      }
    } finally {
      this.done = true;
    }
  }
}
