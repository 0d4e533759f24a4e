import fc from 'fast-check';
import t, { type Test } from 'tap';
import { WireError } from '../src/contract.js';
import { decodeFrames, type Frame, FrameBatch, ProtocolError, protocolVersion } from '../src/frame.js';
import { type Message, noBytes } from '../src/index.js';
import { limits } from '../src/limits.js';
import { Hosts, tlsOf } from './two-hosts.js';

const encode = (...frames: readonly Frame[]): Uint8Array => {
  const batch = new FrameBatch();
  for (const frame of frames) batch.add(frame);
  return new Uint8Array(Buffer.concat(batch.take()));
};
const decode = (bytes: Uint8Array) => [...decodeFrames(bytes)].map(({ frame }) => frame);
const head = fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.string(), fc.array(fc.integer()));
const messages = fc.record({ head, payload: fc.uint8Array({ maxLength: 64 }) });
const ids = fc.integer({ min: 1, max: 2 ** 40 });
const traces = fc.option(fc.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/), { nil: undefined });
const deadlines = fc.oneof(fc.integer({ min: 0, max: 1e9 }), fc.constant(Number.POSITIVE_INFINITY));
const frames: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({
    type: fc.constantFrom('request' as const, 'streamOpen' as const),
    id: ids,
    method: fc.string(),
    message: messages,
    deadlineMs: deadlines,
    trace: traces,
  }),
  fc.record({ type: fc.constant('response' as const), id: ids, message: messages }),
  fc.record({ type: fc.constant('streamMessage' as const), id: ids, message: messages, trace: traces }),
  fc.record({
    type: fc.constant('datagram' as const),
    method: fc.string(),
    message: messages,
    trace: traces,
  }),
  fc.record({ type: fc.constant('window' as const), id: ids, bytes: fc.integer({ min: 1, max: 2 ** 21 }) }),
  fc.record({ type: fc.constantFrom('cancel' as const, 'streamEnd' as const), id: ids }),
  fc.record({ type: fc.constantFrom('ping' as const, 'pong' as const, 'goAway' as const) }),
);

t.test('frames come out as they went in, however many travel together', async () => {
  fc.assert(
    fc.property(fc.array(frames, { minLength: 1, maxLength: 20 }), (sent) => {
      t.same(decode(encode(...sent)), sent);
    }),
    { numRuns: 200 },
  );
});

t.test('large payloads are not copied, and stand where they belong', async (t) => {
  const small = { type: 'response', id: 1, message: { head: 'a', payload: new Uint8Array([1, 2]) } } as const;
  const large = {
    type: 'response',
    id: 2,
    message: { head: null, payload: new Uint8Array(20_000).fill(7) },
  } as const;
  const batch = new FrameBatch();
  for (const frame of [small, large, small]) batch.add(frame);
  const size = batch.bytes;
  const parts = batch.take();
  t.ok(parts.includes(large.message.payload));
  t.equal(batch.bytes, 0);
  const bytes = new Uint8Array(Buffer.concat(parts));
  t.equal(bytes.byteLength, size);
  t.same(decode(bytes), [small, large, small]);
});

t.test('errors keep code, flags and details', async (t) => {
  const error = new WireError('outOfRange', 'compacted', {
    retryable: true,
    mayHaveExecuted: true,
    details: { compactRevision: 17 },
  });
  const [frame] = decode(encode({ type: 'error', id: 1, error }));
  t.match(frame, {
    error: { code: 'outOfRange', retryable: true, mayHaveExecuted: true, details: { compactRevision: 17 } },
  });
});

t.test('bytes that no encoder made are a ProtocolError, never another', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (noise, framed) => {
      const bytes = framed ? new Uint8Array([noise.byteLength, 0, 0, 0, ...noise]) : noise;
      try {
        decode(bytes);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
      }
    }),
    { numRuns: 2_000 },
  );
});

/** A peer that says what no client of ours would. */
async function rude(t: Test, ...said: readonly Frame[]): Promise<void> {
  const hosts = new Hosts();
  const [a, b] = [hosts.host('a'), hosts.host('b')];
  await hosts.run(async () => {
    const hang = () => new Promise<Message>(() => undefined);
    await hosts.serve(a, [{ unary: { hang }, stream: { flow: () => hang().then(() => undefined) } }]);
    const connection = await b.world.network.connect({
      address: { host: 'a', port: 1 },
      tls: tlsOf('b'),
      messageBytesMax: limits.messageBytesMax,
      timeoutMs: 1_000,
    });
    const closed = new Promise<number>((resolve) => {
      connection.start({ message: () => undefined, drain: () => undefined, close: (code) => resolve(code) });
    });
    for (const frame of said) connection.send([encode(frame)]);
    t.equal(await closed, 1002);
  });
}

const hello: Frame = { type: 'hello', version: protocolVersion, name: 'b' };
const call = { id: 1, message: { head: null, payload: noBytes }, deadlineMs: 1_000, trace: undefined };

t.test('a peer that breaks the protocol is cut off', async (t) => {
  await rude(t, { type: 'request', method: 'hang', ...call });
  await rude(t, { type: 'hello', version: 99, name: 'b' });
  await rude(t, hello, hello);
  await rude(
    t,
    hello,
    { type: 'request', method: 'hang', ...call },
    { type: 'request', method: 'hang', ...call },
  );
  await rude(t, hello, { type: 'streamOpen', method: 'flow', ...call }, { type: 'window', id: 1, bytes: 1 });
  await rude(t, hello, { type: 'streamOpen', method: 'flow', ...call }, { type: 'window', id: 1, bytes: -5 });
  await rude(t, hello, { type: 'response', id: 1, message: call.message });
});
