import { once } from 'node:events';
import { request } from 'node:https';
import { connect } from 'node:tls';
import { channelHead, channels } from '@kubelab/api';
import { silentTelemetry } from '@kubelab/telemetry';
import { createLinks, noBytes, serveWire, WireError, type WireServer } from '@kubelab/wire';
import t from 'tap';
import { WebSocket } from 'ws';
import { proxyReference } from '../src/endpoints/proxy.js';
import { eventually, readyServer, type TestServer } from './harness.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const pods = '/api/v1/namespaces/default/pods';
const heads: unknown[] = [];

/** As much of a kubelet as this needs: a command that repeats its input, a port that speaks a little HTTP. */
async function kubelet(server: TestServer): Promise<WireServer> {
  const { 'apiserver-0': tls } = server.identities;
  if (tls === undefined) throw new Error('no certificate');
  const telemetry = silentTelemetry(server.world, 'kubelet', 'node-1');
  const context = { world: server.world, telemetry, links: createLinks() };
  return serveWire(context, {
    address: { host: '127.0.0.1', port: 0 },
    tls,
    services: [
      {
        stream: {
          'kubelet.exec': async (stream, { head }) => {
            heads.push(head);
            if (Reflect.get(Object(head), 'command')?.[0] === 'gone')
              throw new WireError('notFound', 'container not found ("main")');
            stream.send({ head: { code: 101 }, payload: noBytes });
            // Not `for await`: to leave it early is to cut the stream off.
            const reader = stream[Symbol.asyncIterator]();
            for (let next = await reader.next(); next.done !== true; next = await reader.next()) {
              const about = channelHead(next.value.head);
              if (about?.channel !== channels.stdin) continue;
              const { payload } = next.value;
              if (payload.length > 0) stream.send({ head: { channel: channels.stdout }, payload });
              if (about.end === true) break;
            }
            stream.send({ head: { channel: channels.error }, payload: bytes('{"status":"Success"}') });
          },
          'kubelet.portForward': async (stream, { head }) => {
            if (Reflect.get(Object(head), 'port') === 9)
              throw new WireError('failedPrecondition', 'connection refused');
            stream.send({ head: { code: 101 }, payload: noBytes });
            for await (const { payload } of stream) {
              const text = Buffer.from(payload).toString();
              const answer = `seen: ${text.replace(/\r?\n/g, '|')}`;
              const more = 'location: /there\r\nconnection: close';
              stream.send({
                head: null,
                payload: bytes(
                  `HTTP/1.1 202 Ok\r\n${more}\r\ncontent-length: ${answer.length}\r\n\r\n${answer}`,
                ),
              });
            }
          },
        },
        unary: {
          'kubelet.page': () => ({ head: { code: 200, contentType: 'text/plain' }, payload: bytes('ok') }),
        },
      },
    ],
  });
}

async function withPod() {
  const server = await readyServer();
  const served = await kubelet(server);
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: served.address.port } },
  };
  await server.call('POST', '/api/v1/nodes', { body: { metadata: { name: 'node-1' }, status } });
  await server.call('PATCH', '/api/v1/nodes/node-1/status', {
    body: { status },
    headers: { 'content-type': 'application/merge-patch+json' },
  });
  const containers = [{ name: 'main', image: 'busybox', ports: [{ name: 'web', containerPort: 80 }] }];
  for (const name of ['box', 'nowhere'])
    await server.call('POST', pods, { body: { metadata: { name }, spec: { containers } } });
  await server.call('POST', `${pods}/box/binding`, { body: { target: { kind: 'Node', name: 'node-1' } } });
  return { server, close: () => Promise.all([served.close(0), server.stop()]) };
}

const certificateOf = (server: TestServer, who = 'admin') => {
  const identity = server.identities[who];
  return { ca: server.caPem, cert: identity?.certPem ?? '', key: identity?.keyPem ?? '' };
};

function dial(server: TestServer, path: string, protocols: string[], who = 'admin'): WebSocket {
  const { port } = server.apiserver.secureAddress;
  return new WebSocket(`wss://127.0.0.1:${port}${path}`, protocols, certificateOf(server, who));
}

/** The answer to a handshake that is refused. */
async function refusal(ws: WebSocket): Promise<{ code: number; text: string }> {
  const [, answer] = await once(ws, 'unexpected-response');
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return { code: answer.statusCode, text: Buffer.concat(chunks).toString() };
}

/** A request with headers of its own; the code and text of an answer that upgrades nothing. */
function plain(server: TestServer, method: string, path: string, headers: Record<string, string>) {
  return new Promise<{ code: number; text: string }>((resolve, reject) => {
    const { port } = server.apiserver.secureAddress;
    const sent = request({
      host: '127.0.0.1',
      port,
      method,
      path,
      headers,
      agent: false,
      ...certificateOf(server),
    });
    sent.on('error', reject);
    sent.on('upgrade', () => reject(new Error('upgraded')));
    sent.on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({ code: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    sent.end();
  });
}

t.test('streams', async (t) => {
  const { server, close } = await withPod();
  t.teardown(close);
  const exec = `${pods}/box/exec?command=cat&command=-u&stdin=true&stdout=true&container=main`;

  t.test('exec in every WebSocket protocol', async (t) => {
    for (const protocol of ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io']) {
      const ws = dial(server, exec, ['unknown', protocol]);
      const heard: string[] = [];
      ws.on('message', (data, binary) =>
        heard.push(
          `${binary ? 'binary' : 'text'} ${Buffer.isBuffer(data) ? data.toString('latin1') : 'no buffer'}`,
        ),
      );
      await once(ws, 'open');
      t.equal(ws.protocol, protocol);
      const text = protocol.includes('base64');
      ws.send(text ? `0${Buffer.from('hello').toString('base64')}` : Buffer.from('\0hello'));
      await eventually('it comes back', () => heard.length > 0);
      t.same(heard, [text ? `text 1${Buffer.from('hello').toString('base64')}` : 'binary \x01hello']);
      if (protocol.startsWith('v5')) {
        ws.send(Uint8Array.of(255, 0));
        const [code] = await once(ws, 'close');
        t.equal(code, 1000);
        t.equal(heard[1], 'binary \x03{"status":"Success"}');
      } else {
        ws.send(text ? '255' : Uint8Array.of(255, 0));
        ws.close();
        await once(ws, 'close');
        t.equal(heard.length, 1, 'before version 5 nothing ends a channel');
      }
    }
    t.match(heads[0], {
      command: ['cat', '-u'],
      container: 'main',
      stdin: true,
      stdout: true,
      stderr: false,
    });
  });

  t.test('port-forward as libraries do it: two channels for each port', async (t) => {
    const ws = dial(server, `${pods}/box/portforward?ports=80&ports=9`, ['v4.channel.k8s.io']);
    const heard: string[][] = [[], [], [], []];
    ws.on('message', (data) => {
      if (Buffer.isBuffer(data)) heard[data[0] ?? 0]?.push(data.subarray(1).toString('latin1'));
    });
    await once(ws, 'open');
    ws.send(Buffer.from('\0hello'));
    await eventually('both have answered', () => heard[0]?.length === 2 && heard[3]?.length === 2);
    t.match(heard[0]?.[1], /seen: hello/);
    t.same(heard[1], ['P\0']);
    t.same(heard[2], ['\t\0']);
    t.same(heard[3], ['\t\0', 'error forwarding port 9: connection refused']);
    ws.close();
    t.equal(
      (await refusal(dial(server, `${pods}/box/portforward?ports=x`, ['v4.channel.k8s.io']))).code,
      400,
    );
  });

  t.test('what cannot be upgraded is answered like every other request', async (t) => {
    const v5 = ['v5.channel.k8s.io'];
    const refused = async (path: string) => refusal(dial(server, path, v5));
    t.equal((await refused(`${pods}/none/exec?command=a&stdout=1`)).code, 404);
    t.match(await refused(`${pods}/nowhere/exec?command=a&stdout=1`), {
      code: 400,
      text: /pod nowhere does not have a host assigned/,
    });
    t.match(await refused(`${pods}/box/exec?command=a&stdout=1&container=x`), {
      code: 400,
      text: /container x is not valid for pod box/,
    });
    t.match(await refused(`${pods}/box/exec?command=a`), { code: 400, text: /at least 1 of stdin/ });
    t.match(await refused(`${pods}/box/exec?stdout=1`), { code: 400, text: /at least 1 command/ });
    t.match(await refused(`${pods}/box/exec?stdout=1&command=gone`), {
      code: 404,
      text: 'container not found ("main")',
    });
    t.match(await refusal(dial(server, exec, ['v9.channel.k8s.io'])), { code: 400, text: /v9\.channel/ });
    t.match(await plain(server, 'POST', exec, {}), { code: 400, text: /Upgrade request required/ });
    const spdy = { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'v1' };
    t.match(await plain(server, 'POST', exec, spdy), { code: 403, text: /unable to negotiate protocol/ });
    const other = { connection: 'Upgrade', upgrade: 'h2c' };
    t.match(await plain(server, 'GET', `${pods}/box`, other), { code: 200, text: /"name":"box"/ });
  });

  t.test('whatever comes after an upgrade harms nobody else', async (t) => {
    const { random, timers } = server.world;
    const { port } = server.apiserver.secureAddress;
    const upgrades = [
      { path: exec, version: 'v4.channel.k8s.io' },
      { path: `${pods}/box/portforward`, version: 'portforward.k8s.io' },
    ];
    let answered = 0;
    for (let round = 0; round < 40; round += 1) {
      const { path, version } = upgrades[round % 2] ?? { path: '', version: '' };
      const headers = `Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${version}`;
      const socket = connect({ host: '127.0.0.1', port, ...certificateOf(server) });
      socket.on('error', () => undefined);
      socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`);
      const [first] = await once(socket, 'data');
      if (String(first).startsWith('HTTP/1.1 101')) answered += 1;
      // As often as not a frame that begins well.
      const head = random.int(2) === 0 ? [] : [0x80, 3, 0, 1 + random.int(9), 0, 0, 0, random.int(40)];
      socket.write(Buffer.concat([Uint8Array.from(head), random.bytes(60)]));
      await timers.sleep(5);
      socket.destroy();
    }
    t.equal(answered, 40);
    for (const garbage of ['', '\xff', '4not json', '9x', 'x']) {
      const ws = dial(server, exec, ['v5.channel.k8s.io']);
      await once(ws, 'open');
      ws.send(Buffer.from(garbage, 'latin1'));
      await timers.sleep(5);
      ws.terminate();
    }
    t.equal((await server.call('GET', `${pods}/box`)).code, 200);
  });

  t.test('a WebSocket needs the right to create, as SPDY does', async (t) => {
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
    const role = (verbs: string[]) => ({
      metadata: { name: 'streams' },
      rules: [{ apiGroups: [''], resources: ['pods/exec'], verbs }],
    });
    await server.call('POST', `${rbac}/roles`, { body: role(['get']) });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'streams' };
    const subjects = [{ kind: 'User', name: 'reader', apiGroup: 'rbac.authorization.k8s.io' }];
    await server.call('POST', `${rbac}/rolebindings`, {
      body: { metadata: { name: 's' }, roleRef, subjects },
    });
    const asReader = () => dial(server, exec, ['v5.channel.k8s.io'], 'reader');
    await eventually('get alone is not enough', async () =>
      /cannot create resource \\"pods\/exec\\"/.test((await refusal(asReader())).text),
    );
    await server.call('PUT', `${rbac}/roles/streams`, { body: role(['get', 'create']) });
    await server.world.timers.sleep(200);
    const ws = asReader();
    await once(ws, 'open');
    ws.close();
    t.pass('served');
  });

  t.test('proxy: another server’s answer, through the kubelet', async (t) => {
    const get = (path: string) => plain(server, 'GET', path, { 'x-mine': '1' });
    const answer = await get(`${pods}/box/proxy/a%20b/?q=1&q=2`);
    t.equal(answer.code, 202);
    t.match(answer.text, /^seen: GET \/a%20b\/\?q=1&q=2 HTTP\/1\.1\|host: /);
    t.match(answer.text, /x-mine: 1/);
    t.match(await get(`${pods}/box:9/proxy/`), {
      code: 503,
      text: /error trying to reach service: connection refused/,
    });
    t.equal((await get(`${pods}/box/proxy`)).code, 301);
    t.match(await get('/api/v1/nodes/node-1/proxy/healthz'), { code: 200, text: 'ok' });
    t.match(await get('/api/v1/namespaces/default/services/none/proxy/'), { code: 404 });
    t.same(proxyReference('https:box:web'), { scheme: 'https', name: 'box', port: 'web' });
    t.throws(() => proxyReference('ftp:box:1'), /invalid proxy request/);
  });
});
