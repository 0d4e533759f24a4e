import t from 'tap';
import {
  type Connection,
  createInProcessNetwork,
  createRealWorld,
  type ListenOptions,
  NetworkError,
  type TlsMaterial,
} from '../src/index.js';

const { timers } = createRealWorld({ host: 'test' });
const tls = (commonName: string, caPem = 'ca'): TlsMaterial => ({
  ...{ caPem, certPem: '', keyPem: '' },
  identity: { commonName, organizations: ['o'] },
});
const address = { host: 'server', port: 0 };
const connectOptions = { tls: tls('client'), messageBytesMax: 100, timeoutMs: 1_000 };

interface Heard {
  readonly messages: string[];
  readonly closes: string[];
  drains: number;
}

function listenTo(connection: Connection): Heard {
  const heard: Heard = { messages: [], closes: [], drains: 0 };
  connection.start({
    message: (data) => heard.messages.push(Buffer.from(data).toString()),
    drain: () => {
      heard.drains += 1;
    },
    close: (code, reason) => heard.closes.push(`${code} ${reason}`),
  });
  return heard;
}

const turns = async (count = 4) => {
  for (let at = 0; at < count; at += 1) await new Promise((resolve) => setImmediate(resolve));
};
const send = (connection: Connection, ...parts: string[]) =>
  connection.send(parts.map((part) => Buffer.from(part)));

async function connected(more: Partial<ListenOptions> = {}) {
  const network = createInProcessNetwork(timers);
  const accepted: { connection: Connection; heard: Heard }[] = [];
  const listener = await network.listen({
    ...{ address, tls: tls('server'), messageBytesMax: 100 },
    accept: (connection) => accepted.push({ connection, heard: listenTo(connection) }),
    ...more,
  });
  const client = await network.connect({ ...connectOptions, address: listener.address });
  const [server] = accepted;
  if (server === undefined) throw new Error('not accepted');
  return { network, listener, client, heard: listenTo(client), server };
}

const refused = async (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (error: unknown) => (error instanceof NetworkError ? error.code : String(error)),
  );

t.test('messages arrive whole, in order, later, and say from whom', async (t) => {
  const { client, heard, server } = await connected();
  send(client, 'a', 'b');
  send(client, 'c');
  send(server.connection, 'd');
  t.strictSame(server.heard.messages, [], 'not in the turn in which they are sent');
  t.equal(client.bufferedBytes, 3);
  await turns();
  t.strictSame(server.heard.messages, ['ab', 'c']);
  t.strictSame(heard.messages, ['d']);
  t.equal(client.bufferedBytes, 0);
  t.equal(server.connection.peer.commonName, 'client');
  t.equal(client.peer.commonName, 'server');
});

t.test('what was sent before a close arrives, each side hears of it once, and nothing follows', async (t) => {
  const { client, heard, server } = await connected();
  send(client, 'last');
  client.close(1000, 'done');
  client.close(1000, 'again');
  send(client, 'late');
  await turns();
  t.strictSame(server.heard, { messages: ['last'], closes: ['1000 done'], drains: 0 });
  t.strictSame(heard.closes, ['1000 done']);
});

t.test('a message over the limit breaks the connection', async (t) => {
  const { client, heard, server } = await connected();
  send(client, 'x'.repeat(101));
  await turns();
  t.strictSame(server.heard, { messages: [], closes: ['1009 message too big'], drains: 0 });
  t.strictSame(heard.closes, ['1009 message too big']);
});

t.test('a closed listener takes its connections along and frees its address', async (t) => {
  const { network, listener, heard } = await connected();
  const options = { address: listener.address, tls: tls('server'), messageBytesMax: 1, accept: () => {} };
  t.equal(await refused(network.listen(options)), 'addressInUse');
  await listener.close();
  await turns();
  t.strictSame(heard.closes, ['1001 the listener closed']);
  t.equal(await refused(network.connect({ ...connectOptions, address: listener.address })), 'refused');
  t.equal(await refused(network.listen(options)), 'none');
});

t.test('another CA, another network and a given-up call are refused', async (t) => {
  const { network, listener } = await connected();
  const to = { ...connectOptions, address: listener.address };
  t.equal(await refused(network.connect({ ...to, tls: tls('client', 'other') })), 'tls');
  t.equal(await refused(createInProcessNetwork(timers).connect(to)), 'refused');
  t.equal(await refused(network.connect({ ...to, signal: AbortSignal.abort() })), 'aborted');
});
