import { request } from 'node:https';
import { gunzipSync } from 'node:zlib';
import { createAuthority, issueCertificate } from '@kubelab/pki';
import t from 'tap';
import { WebSocket } from 'ws';
import { pick, readyServer, type TestServer } from './harness.js';

interface Pair {
  readonly certPem: string;
  readonly keyPem: string;
}

interface Got {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

function get(
  server: TestServer,
  path: string,
  options: { pair?: Pair; headers?: Record<string, string>; method?: string } = {},
) {
  return new Promise<Got>((resolve, reject) => {
    const { pair, headers = {}, method = 'GET' } = options;
    const { port } = server.apiserver.secureAddress;
    const tls = pair === undefined ? {} : { cert: pair.certPem, key: pair.keyPem };
    const sent = request({
      host: '127.0.0.1',
      port,
      path,
      method,
      ca: server.caPem,
      headers,
      agent: false,
      ...tls,
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          code: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(
            response.headers['content-encoding'] === undefined ? 'utf8' : 'latin1',
          ),
        }),
      );
    });
    sent.end();
  });
}

t.test('HTTPS', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const { admin: pair } = server.identities;

  t.test('a certificate says who asks', async (t) => {
    t.equal((await get(server, '/api/v1/pods', pair === undefined ? {} : { pair })).code, 200);
    t.equal((await get(server, '/version')).code, 200);
    const anonymous = await get(server, '/api/v1/pods');
    t.equal(anonymous.code, 403);
    t.match(anonymous.text, 'User \\"system:anonymous\\" cannot list resource');
  });

  t.test('a certificate of another authority, or a token, is nobody', async (t) => {
    const options = { nowMs: Date.now(), days: 1, serialNumber: new Uint8Array(16).fill(7) };
    const authority = await createAuthority('other', options);
    const subject = { commonName: 'kubernetes-admin', organizations: ['system:masters'], hosts: [] };
    const foreign = await issueCertificate(authority, subject, options);
    t.equal((await get(server, '/version', { pair: foreign })).code, 401);
    t.equal((await get(server, '/version', { headers: { authorization: 'Bearer x' } })).code, 401);
  });

  t.test('discovery echoes the content type that was asked for', async (t) => {
    if (pair === undefined) throw new Error('no certificate');
    for (const version of ['v2', 'v2beta1']) {
      const type = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
      const headers = { accept: `${type},application/json` };
      const apis = await get(server, '/apis', { pair, headers });
      t.equal(apis.headers['content-type'], type);
      t.match(JSON.parse(apis.text), {
        kind: 'APIGroupDiscoveryList',
        apiVersion: `apidiscovery.k8s.io/${version}`,
      });
    }
    t.match(JSON.parse((await get(server, '/apis', { pair })).text), { kind: 'APIGroupList' });
    const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    const openApi = await get(server, '/openapi/v2', { pair, headers: { accept } });
    t.equal(openApi.headers['content-type'], 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
  });

  t.test('every answer can be followed; people get it indented, large ones come compressed', async (t) => {
    if (pair === undefined) throw new Error('no certificate');
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const answer = await get(server, '/api/v1/namespaces', { pair, headers: { traceparent: trace } });
    t.match(answer.headers.traceparent, /^00-0af7651916cd43dd8448eb211c80319c-/);
    t.match(answer.headers['audit-id'], /./);
    t.match((await get(server, '/version?pretty=true', { pair })).text, /^\{\n {2}"/);
    const data = { big: 'x'.repeat(200_000) };
    await server.call('POST', '/api/v1/namespaces/default/configmaps', {
      body: { metadata: { name: 'big' }, data },
    });
    const path = '/api/v1/namespaces/default/configmaps/big';
    const zipped = await get(server, path, { pair, headers: { 'accept-encoding': 'gzip' } });
    t.equal(zipped.headers['content-encoding'], 'gzip');
    const plain = await get(server, path, { pair });
    t.equal(pick(JSON.parse(plain.text), 'data.big'), data.big);
  });

  t.test('a watch over a WebSocket brings a message for each event', async (t) => {
    if (pair === undefined) throw new Error('no certificate');
    const { port } = server.apiserver.secureAddress;
    const path = '/api/v1/namespaces/default/configmaps';
    const url = `wss://127.0.0.1:${port}${path}?watch=1&resourceVersion=0&timeoutSeconds=2`;
    const ws = new WebSocket(url, { ca: server.caPem, cert: pair.certPem, key: pair.keyPem });
    const messages: unknown[] = [];
    ws.on('message', (data, isBinary) => messages.push(isBinary ? 'binary' : JSON.parse(String(data))));
    await new Promise((resolve) => ws.once('open', resolve));
    const closed = new Promise<number>((resolve) => ws.once('close', resolve));
    await server.call('POST', path, { body: { metadata: { name: 'by-socket' } } });
    t.equal(await closed, 1000);
    t.match(messages.at(-1), { type: 'ADDED', object: { metadata: { name: 'by-socket' } } });
  });

  t.test('a method that nobody serves is refused', async (t) => {
    if (pair === undefined) throw new Error('no certificate');
    for (const method of ['OPTIONS', 'TRACE']) {
      const refused = await get(server, '/api/v1/pods', { pair, method });
      t.match([refused.code, JSON.parse(refused.text)], [405, { reason: 'MethodNotAllowed', code: 405 }]);
    }
    const head = await get(server, '/api/v1/pods', { pair, method: 'HEAD' });
    t.same([head.code, head.text], [200, '']);
  });

  t.test('a long list is compressed as it is sent', async (t) => {
    if (pair === undefined) throw new Error('no certificate');
    const path = '/api/v1/namespaces/kube-system/configmaps';
    for (const name of ['z1', 'z2', 'z3'])
      await server.call('POST', path, { body: { metadata: { name }, data: { big: name.repeat(40_000) } } });
    const zipped = await get(server, path, { pair, headers: { 'accept-encoding': 'gzip' } });
    t.match(zipped.headers, {
      'content-encoding': 'gzip',
      vary: 'Accept-Encoding',
      'transfer-encoding': 'chunked',
    });
    const plain = await get(server, path, { pair });
    t.equal(plain.headers['content-encoding'], undefined);
    t.equal(gunzipSync(Buffer.from(zipped.text, 'latin1')).toString(), plain.text);
  });

  t.test('metrics count what was asked', async (t) => {
    if (pair === undefined) throw new Error('no certificate');
    const { text } = await get(server, '/metrics', { pair });
    t.match(text, /apiserver_request_total\{verb="LIST",.*resource="pods",.*code="200"\} \d+/);
  });
});
