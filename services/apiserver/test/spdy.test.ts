import { deflateSync } from 'node:zlib';
import { channels } from '@kubelab/api';
import { noBytes, WireError } from '@kubelab/wire';
import { createRealWorld } from '@kubelab/world';
import t from 'tap';
import { commandOverSpdy } from '../src/streaming/spdy/command.js';
import type { ByteTransport } from '../src/streaming/spdy/connection.js';
import { headerDictionary } from '../src/streaming/spdy/dictionary.js';
import {
  dataFrames,
  type Frame,
  FrameReader,
  finFrame,
  joined,
  pingFrame,
  SpdyError,
  synStreamFrame,
} from '../src/streaming/spdy/frames.js';
import { HeaderCodec } from '../src/streaming/spdy/header-codec.js';
import { portForwardOverSpdy } from '../src/streaming/spdy/port-forward.js';
import { fakeWireStream, Pipe } from './stream-pair.js';

const world = createRealWorld({ host: 'spdy-test' });
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

/** A client as kubectl is one: it opens streams and says things; what the server says is gathered. */
class Client {
  readonly #codec = new HeaderCodec();
  readonly #reader = new FrameReader();
  readonly up = new Pipe<Uint8Array>();
  readonly frames: Frame[] = [];
  closed = false;

  readonly transport: ByteTransport = {
    source: this.up,
    write: async (data) => void this.frames.push(...this.#reader.push(data)),
    close: () => {
      this.closed = true;
      this.up.end();
    },
  };

  async open(stream: number, headers: Readonly<Record<string, string>>, fin = false): Promise<void> {
    this.up.put(synStreamFrame(stream, await this.#codec.encode(new Map(Object.entries(headers))), fin));
    await this.until((frame) => frame.type === 'synReply' && frame.stream === stream);
  }

  say(...frames: readonly Uint8Array[]): void {
    for (const frame of frames) this.up.put(frame);
  }

  async until(matches: (frame: Frame) => boolean): Promise<Frame> {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const found = this.frames.find(matches);
      if (found !== undefined) return found;
      await world.timers.sleep(10);
    }
    throw new Error(`not said: ${JSON.stringify(this.frames)}`);
  }

  said(stream: number): string {
    const parts = this.frames.flatMap((frame) =>
      frame.type === 'data' && frame.stream === stream ? [frame.payload] : [],
    );
    return text(joined(parts));
  }

  ended(stream: number): Promise<Frame> {
    return this.until((frame) => frame.type === 'data' && frame.stream === stream && frame.fin);
  }
}

t.test('frames come out whole, however their bytes come in', (t) => {
  const all = joined([
    synStreamFrame(1, bytes('block'), true),
    dataFrames(1, new Uint8Array(70_000).fill(7)),
    pingFrame(3),
    finFrame(1),
  ]);
  for (const size of [1, 3, 9, 4_096, all.length]) {
    const reader = new FrameReader();
    const frames: Frame[] = [];
    for (let at = 0; at < all.length; at += size) frames.push(...reader.push(all.subarray(at, at + size)));
    t.same(
      frames.map((frame) => frame.type),
      ['synStream', 'data', 'data', 'ping', 'data'],
    );
    const payload = frames.flatMap((frame) => (frame.type === 'data' ? [frame.payload] : []));
    t.equal(joined(payload).length, 70_000);
    t.match(frames[0], { stream: 1, fin: true });
    t.match(frames[4], { stream: 1, fin: true });
  }
  t.end();
});

t.test('what is no SPDY is refused, and never more than a frame is kept', (t) => {
  t.throws(() => new FrameReader().push(bytes('GET / HTTP/1.1\r\n\r\n')), SpdyError);
  t.throws(() => new FrameReader().push(Uint8Array.of(0x80, 2, 0, 1, 0, 0, 0, 0)), /SPDY version 2/);
  t.throws(() => new FrameReader().push(Uint8Array.of(0x80, 3, 0, 1, 0, 0, 0, 0)), SpdyError);
  for (let round = 0; round < 2_000; round += 1) {
    try {
      new FrameReader().push(world.random.bytes(40));
    } catch (error) {
      if (!(error instanceof SpdyError)) throw error;
    }
  }
  t.end();
});

t.test('header blocks: one compressed stream, begun with the dictionary of SPDY/3', async (t) => {
  const block = deflateSync(
    joined([
      Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 10),
      bytes('streamtype'),
      Uint8Array.of(0, 0, 0, 5),
      bytes('error'),
    ]),
    { dictionary: headerDictionary },
  );
  // RFC 1950: FDICT is set, and the dictionary's Adler-32 follows; that of SPDY/3 is known.
  t.equal((block[1] ?? 0) & 0x20, 0x20);
  t.equal(block.readUInt32BE(2), 0xe3c6a7c2);
  t.same([...(await new HeaderCodec().decode(block))], [['streamtype', 'error']]);
  const [one, other] = [new HeaderCodec(), new HeaderCodec()];
  for (const value of ['80', '8080', '443'])
    t.same([...(await other.decode(await one.encode(new Map([['port', value]]))))], [['port', value]]);
  const bomb = await one
    .encode(new Map([['port', 'x'.repeat(1_000_000)]]).set('a', 'b'))
    .catch(() => bytes('-'));
  await t.rejects(other.decode(bomb), SpdyError);
  await t.rejects(new HeaderCodec().decode(bytes('not zlib')), SpdyError);
});

t.test('a command: each channel is a stream, and the last word a Status', async (t) => {
  const client = new Client();
  const { stream, incoming, sent } = fakeWireStream();
  const wanted = { stdin: true, stdout: true, stderr: true, tty: false };
  let closed = 0;
  const close = () => {
    closed += 1;
  };
  incoming.put({ head: { channel: channels.stdout }, payload: bytes('early ') });
  const served = commandOverSpdy(world, client.transport, { type: 'command', wanted, stream, close });
  await client.open(1, { streamtype: 'error' }, true);
  await client.open(3, { streamtype: 'stdin' });
  t.equal(client.said(5), '', 'nothing is said before every stream is there');
  await client.open(5, { streamtype: 'stdout' });
  await client.open(7, { streamType: 'stderr' });
  client.say(dataFrames(3, bytes('hello')), finFrame(3), pingFrame(1));
  t.match(await sent.next(), { value: { head: { channel: 0 }, payload: bytes('hello') } });
  t.match(await sent.next(), { value: { head: { channel: 0, end: true } } });
  await client.until((frame) => frame.type === 'ping' && frame.id === 1);
  incoming.put({ head: { channel: channels.stdout }, payload: bytes('out') });
  incoming.put({ head: { channel: channels.stderr }, payload: bytes('err') });
  incoming.put({ head: { channel: channels.error }, payload: bytes('{"status":"Success"}') });
  incoming.end();
  for (const id of [1, 5, 7]) await client.ended(id);
  t.equal(client.said(5), 'early out');
  t.equal(client.said(7), 'err');
  t.equal(client.said(1), '{"status":"Success"}');
  await served;
  t.ok(client.closed);
  t.ok(closed > 0);
});

t.test('a kubelet that goes is told of on the error stream', async (t) => {
  const client = new Client();
  const { stream, incoming } = fakeWireStream();
  const wanted = { stdin: false, stdout: true, stderr: false, tty: false };
  const close = () => {};
  const served = commandOverSpdy(world, client.transport, { type: 'command', wanted, stream, close });
  await client.open(1, { streamtype: 'error' });
  await client.open(3, { streamtype: 'stdout' });
  incoming.end(new WireError('unavailable', 'the connection closed'));
  await client.ended(1);
  t.match(client.said(1), /"status":"Failure".*the connection closed/);
  await served;
});

t.test('forwarded connections are independent pairs of streams', async (t) => {
  const client = new Client();
  const wires = new Map<number, ReturnType<typeof fakeWireStream>>();
  const dial = (port: number) => {
    const wire = fakeWireStream();
    wires.set(port, wire);
    return wire.stream;
  };
  let closed = false;
  const close = () => {
    closed = true;
  };
  const served = portForwardOverSpdy(client.transport, { type: 'portForward', ports: [], dial, close });
  await client.open(1, { streamtype: 'error', port: '80', requestid: '0' }, true);
  await client.open(3, { streamtype: 'data', port: '80', requestid: '0' });
  await client.open(5, { streamtype: 'error', port: '81', requestid: '1' }, true);
  await client.open(7, { streamtype: 'data', port: '81', requestid: '1' });
  const [first, second] = [wires.get(80), wires.get(81)];
  if (first === undefined || second === undefined) throw new Error('not dialled');
  second.incoming.end(new WireError('failedPrecondition', 'connection refused'));
  await client.ended(7);
  t.match(client.said(5), /error forwarding port 81: connection refused/);
  client.say(dataFrames(3, bytes('ask')), finFrame(3));
  t.match(await first.sent.next(), { value: { payload: bytes('ask') } });
  t.equal((await first.sent.next()).done, true, 'its half is ended, and the answer still comes');
  first.incoming.put({ head: { code: 101 }, payload: noBytes });
  first.incoming.put({ head: null, payload: bytes('answer') });
  first.incoming.end();
  await client.ended(3);
  t.equal(client.said(3), 'answer');
  t.equal(client.said(1), '');
  client.up.end();
  await served;
  t.ok(closed);
});

t.test('a client that breaks the protocol loses its connection', async (t) => {
  const client = new Client();
  const dial = () => fakeWireStream().stream;
  const served = portForwardOverSpdy(client.transport, {
    type: 'portForward',
    ports: [],
    dial,
    close: () => {},
  });
  client.say(synStreamFrame(1, bytes('not zlib'), false));
  await t.rejects(served, SpdyError);
  t.ok(client.closed);
});
