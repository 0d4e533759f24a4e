import { createHmac, generateKeyPairSync } from 'node:crypto';
import { request } from 'node:https';
import {
  generateSigningKeyPem,
  readSigningKey,
  serviceAccountKeys,
  signLegacyToken,
  signToken,
  type TokenClaims,
} from '@kubelab/pki/tokens';
import { silentTelemetry } from '@kubelab/telemetry';
import { createRealWorld } from '@kubelab/world';
import t from 'tap';
import { anonymous, authenticate, bearerToken, type Credentials } from '../src/auth/authenticate.js';
import { ownTokenConfig } from '../src/auth/tokens/index.js';
import { readStaticTokens } from '../src/auth/tokens/static-tokens.js';
import type { ApiCall } from '../src/endpoints/contract.js';
import { serveHttps } from '../src/transport/https.adapter.js';
import { eventually, pick, readyServer, type TestServer } from './harness.js';
import { openTestStore } from './test-store.js';

interface Heard {
  readonly code: number;
  at(path: string): unknown;
}

/** Over HTTPS, as clients ask: only there are tokens read. */
function ask(
  server: TestServer,
  path: string,
  options: { token?: string; method?: string; body?: object; headers?: Record<string, string> } = {},
): Promise<Heard> {
  const { token, method = 'GET', body, headers = {} } = options;
  const { port } = server.apiserver.secureAddress;
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        ca: server.caPem,
        agent: false,
        headers: {
          ...headers,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
      },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString();
        const isJson = text.startsWith('{');
        resolve({
          code: response.statusCode ?? 0,
          at: (inside) => pick(isJson ? JSON.parse(text) : {}, inside),
        });
      },
    );
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const whoamiPath = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const whoami = (server: TestServer, token?: string) =>
  ask(server, whoamiPath, { method: 'POST', body: {}, ...(token === undefined ? {} : { token }) });
const accounts = '/api/v1/namespaces/default/serviceaccounts';

async function account(server: TestServer, name: string): Promise<string> {
  const made = await server.call('POST', accounts, { body: { metadata: { name } } });
  return String(made.at('metadata.uid'));
}

async function tokenOf(server: TestServer, name: string, spec: object = {}): Promise<string> {
  const made = await server.call('POST', `${accounts}/${name}/token`, { body: { spec } });
  if (made.code !== 201) throw new Error(made.text);
  return String(made.at('status.token'));
}

t.test('tokens of service accounts', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const { call } = server;
  const uid = await account(server, 'robot');

  t.test('a token is asked for, tells whose it is, and is good for this API', async (t) => {
    const made = await call('POST', `${accounts}/robot/token`, {
      body: { spec: { expirationSeconds: 1200 } },
    });
    t.equal(made.code, 201);
    t.match(made.json, {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name: 'robot', namespace: 'default' },
      spec: { audiences: ['https://kubernetes.default.svc.cluster.local'], expirationSeconds: 1200 },
    });
    const leftMs = Date.parse(String(made.at('status.expirationTimestamp'))) - Date.now();
    t.ok(leftMs > 1_100_000 && leftMs <= 1_200_000, `${leftMs} ms`);
    const token = String(made.at('status.token'));
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    t.match(claims, {
      iss: 'https://kubernetes.default.svc.cluster.local',
      sub: 'system:serviceaccount:default:robot',
      aud: ['https://kubernetes.default.svc.cluster.local'],
      'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'robot', uid } },
      jti: /^[-0-9a-f]{36}$/,
    });
    const me = await whoami(server, token);
    t.match(me.at('status.userInfo'), {
      username: 'system:serviceaccount:default:robot',
      uid,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [/^JTI=/] },
    });
    t.equal((await ask(server, '/api/v1/pods', { token })).code, 403, 'known, and without rights');
  });

  t.test('what is asked is checked, in the words of Kubernetes', async (t) => {
    const refused = async (spec: object, metadata: object = {}) => {
      const answer = await call('POST', `${accounts}/robot/token`, { body: { metadata, spec } });
      return [answer.code, answer.at('message')];
    };
    const invalid = 'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value';
    t.same(await refused({ expirationSeconds: 599 }), [
      422,
      `${invalid}: 599: may not specify a duration less than 10 minutes`,
    ]);
    t.same(await refused({ expirationSeconds: 2 ** 32 + 1 }), [
      422,
      `${invalid}: 4294967297: may not specify a duration larger than 2^32 seconds`,
    ]);
    t.equal((await refused({}, { name: 'other' }))[0], 422);
    t.equal((await refused({}, { namespace: 'other' }))[0], 422);
    const boundTo = (kind: string, name: string, more: object = {}) => ({
      boundObjectRef: { apiVersion: 'v1', kind, name, ...more },
    });
    t.same(await refused(boundTo('Pod', 'absent')), [404, 'pods "absent" not found']);
    t.same(await refused(boundTo('ConfigMap', 'x')), [
      400,
      'cannot bind token to object of type /v1, Kind=ConfigMap',
    ]);
    await call('POST', '/api/v1/namespaces/default/secrets', { body: { metadata: { name: 'here' } } });
    t.same(await refused(boundTo('Secret', 'here', { uid: 'other' })), [
      409,
      'Operation cannot be fulfilled on Secret "here": the UID in the bound object reference (other) does not match ' +
        'the UID in record. The object might have been deleted and then recreated',
    ]);
    t.equal((await call('POST', `${accounts}/absent/token`, { body: { spec: {} } })).code, 404);
    t.equal((await call('GET', `${accounts}/robot/token`)).code, 405);
  });

  t.test('a token that is bound to an object ends with that very object', async (t) => {
    const pods = '/api/v1/namespaces/default/pods';
    const spec = { serviceAccountName: 'robot', containers: [{ name: 'c', image: 'nginx' }] };
    const makePod = async () => {
      const made = await call('POST', pods, { body: { metadata: { name: 'p' }, spec } });
      return String(made.at('metadata.uid'));
    };
    const podUid = await makePod();
    await call('POST', '/api/v1/nodes', { body: { metadata: { name: 'n' } } });
    await call('POST', `${pods}/p/binding`, { body: { target: { kind: 'Node', name: 'n' } } });
    const token = await tokenOf(server, 'robot', {
      expirationSeconds: 3607,
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: podUid },
    });
    t.match((await whoami(server, token)).at('status.userInfo.extra'), {
      'authentication.kubernetes.io/pod-name': ['p'],
      'authentication.kubernetes.io/pod-uid': [podUid],
      'authentication.kubernetes.io/node-name': ['n'],
    });
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    t.equal(claims.exp - claims.iat, 365 * 86_400, 'put off for clients that never read it again');
    t.equal(claims['kubernetes.io'].warnafter - claims.iat, 3607);
    await account(server, 'second');
    const other = await call('POST', `${accounts}/second/token`, {
      body: { spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } } },
    });
    t.equal(
      other.at('message'),
      'cannot bind token for serviceaccount "second" to pod running with different serviceaccount name.',
    );
    await call('DELETE', `${pods}/p`, { query: { gracePeriodSeconds: '0' } });
    await eventually('the pod is gone', async () => (await whoami(server, token)).code === 401);
    await makePod();
    t.equal((await whoami(server, token)).code, 401, 'another pod of that name is another pod');
  });

  t.test('a token ends with its secret, its node, its account', async (t) => {
    await account(server, 'passing');
    await call('POST', '/api/v1/namespaces/default/secrets', { body: { metadata: { name: 'leash' } } });
    await call('POST', '/api/v1/nodes', { body: { metadata: { name: 'short' } } });
    const bound = (kind: string, name: string) =>
      tokenOf(server, 'passing', { boundObjectRef: { apiVersion: 'v1', kind, name } });
    const [secret, node, own] = [
      await bound('Secret', 'leash'),
      await bound('Node', 'short'),
      await tokenOf(server, 'passing'),
    ];
    for (const token of [secret, node, own]) t.equal((await whoami(server, token)).code, 201);
    await call('DELETE', '/api/v1/namespaces/default/secrets/leash');
    await eventually('the secret is gone', async () => (await whoami(server, secret)).code === 401);
    await call('DELETE', '/api/v1/nodes/short');
    await eventually('the node is gone', async () => (await whoami(server, node)).code === 401);
    await call('DELETE', `${accounts}/passing`);
    await eventually('the account is gone', async () => (await whoami(server, own)).code === 401);
    await account(server, 'passing');
    t.equal((await whoami(server, own)).code, 401, 'another account of that name is another account');
  });

  t.test('nothing but a signature of the cluster makes a token', async (t) => {
    const { signingKey } = server.tokens.keys;
    const nowSeconds = Math.floor(Date.now() / 1000);
    const claims: TokenClaims = {
      namespace: 'default',
      serviceAccount: { name: 'robot', uid },
      audiences: server.tokens.audiences,
      issuedAt: nowSeconds - 100,
      expires: nowSeconds + 600,
      id: 'x',
    };
    const signed = (more: Partial<TokenClaims> = {}, key = signingKey, issuer = server.tokens.issuer) =>
      signToken(key, issuer, { ...claims, ...more });
    const good = signed();
    t.equal((await whoami(server, good)).code, 201);
    const [head = '', body = '', signature = ''] = good.split('.');
    const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const publicPem = String(signingKey.publicKey.export({ type: 'spki', format: 'pem' }));
    const symmetric = `${base64url({ alg: 'HS256', kid: signingKey.kid })}.${body}`;
    const hmac = createHmac('sha256', publicPem).update(symmetric).digest('base64url');
    const elevated = base64url({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), sub: 'root' });
    const table: readonly (readonly [string, string])[] = [
      ['expired', signed({ expires: nowSeconds - 1 })],
      ['not valid yet', signed({ issuedAt: nowSeconds + 300 })],
      ['for somebody else', signed({ audiences: ['vault'] })],
      ['for nobody', signed({ audiences: [] })],
      ['of another issuer', signed({}, signingKey, 'https://elsewhere.example.com')],
      ['of another key', signed({}, readSigningKey(generateSigningKeyPem()))],
      ['of an unknown account', signed({ serviceAccount: { name: 'ghost', uid } })],
      ['of another uid', signed({ serviceAccount: { name: 'robot', uid: 'other' } })],
      ['unsigned', `${head}.${body}.`],
      ['without an algorithm', `${base64url({ alg: 'none' })}.${body}.`],
      ['signed with the public key', `${symmetric}.${hmac}`],
      ['with other claims', `${head}.${elevated}.${signature}`],
      ['cut off', good.slice(0, -8)],
      ['with four parts', `${good}.x`],
      ['no JSON', `a.b.c`],
      ['very long', `${good}${'A'.repeat(12_000)}`],
      ['words', 'let-me-in'],
    ];
    for (const [what, token] of table) {
      const answer = await whoami(server, token);
      t.equal(answer.code, 401, what);
      t.equal(answer.at('message'), 'Unauthorized', what);
      t.equal(answer.at('reason'), 'Unauthorized', what);
    }
  });

  t.test('TokenReview tells whose a token is, for whom it is meant, or what is wrong with it', async (t) => {
    const review = async (spec: object) => {
      const answer = await call('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { body: { spec } });
      return { code: answer.code, status: answer.at('status'), message: answer.at('message') };
    };
    const token = await tokenOf(server, 'robot');
    const { code, status } = await review({ token });
    t.equal(code, 201);
    t.match(status, {
      authenticated: true,
      user: { username: 'system:serviceaccount:default:robot', uid },
      audiences: server.tokens.audiences,
    });
    const forVault = await tokenOf(server, 'robot', { audiences: ['vault', 'db'] });
    t.equal((await whoami(server, forVault)).code, 401, 'meant for others');
    t.match((await review({ token: forVault, audiences: ['db', 'x'] })).status, {
      authenticated: true,
      audiences: ['db'],
    });
    t.same((await review({ token: forVault })).status, {
      user: {},
      error:
        '[invalid bearer token, token audiences ["vault" "db"] is invalid for the target audiences ' +
        '["https://kubernetes.default.svc.cluster.local"]]',
    });
    t.same((await review({ token: 'nonsense' })).status, { user: {}, error: 'invalid bearer token' });
    t.equal((await review({})).code, 400);
  });

  t.test('a token in a Secret is good as long as the Secret holds it', async (t) => {
    const legacyUid = await account(server, 'old');
    const secrets = '/api/v1/namespaces/default/secrets';
    const serviceAccount = { name: 'old', uid: legacyUid };
    const token = signLegacyToken(server.tokens.keys.signingKey, {
      namespace: 'default',
      secretName: 'old-token',
      serviceAccount,
    });
    t.equal((await whoami(server, token)).code, 401, 'no such Secret');
    await call('POST', secrets, {
      body: {
        metadata: { name: 'old-token', annotations: { 'kubernetes.io/service-account.name': 'old' } },
        type: 'kubernetes.io/service-account-token',
        data: { token: Buffer.from(token).toString('base64') },
      },
    });
    const me = await whoami(server, token);
    t.match(me.at('status.userInfo'), { username: 'system:serviceaccount:default:old', uid: legacyUid });
    await call('PATCH', `${secrets}/old-token`, {
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { data: { token: Buffer.from('another').toString('base64') } },
    });
    await eventually('changed', async () => (await whoami(server, token)).code === 401);
  });

  t.test('a bootstrap token is a Secret of kube-system', async (t) => {
    const secrets = '/api/v1/namespaces/kube-system/secrets';
    const make = (id: string, more: Record<string, string> = {}) =>
      call('POST', secrets, {
        body: {
          metadata: { name: `bootstrap-token-${id}` },
          type: 'bootstrap.kubernetes.io/token',
          stringData: {
            'token-id': id,
            'token-secret': '0123456789abcdef',
            'usage-bootstrap-authentication': 'true',
            ...more,
          },
        },
      });
    await make('abc001', { 'auth-extra-groups': 'system:bootstrappers:workers' });
    await make('abc002', { expiration: '2020-01-01T00:00:00Z' });
    await make('abc003', { 'usage-bootstrap-authentication': 'false' });
    await make('abc004', { 'auth-extra-groups': 'system:masters' });
    const as = (id: string, secret = '0123456789abcdef') => whoami(server, `${id}.${secret}`);
    t.same((await as('abc001')).at('status.userInfo'), {
      username: 'system:bootstrap:abc001',
      groups: ['system:bootstrappers', 'system:bootstrappers:workers', 'system:authenticated'],
    });
    t.equal((await as('abc001', '0123456789abcdee')).code, 401);
    for (const id of ['abc002', 'abc003', 'abc004', 'abc005']) t.equal((await as(id)).code, 401, id);
  });

  t.test('others verify tokens with what is published', async (t) => {
    const token = await tokenOf(server, 'robot');
    const configuration = await ask(server, '/.well-known/openid-configuration', { token });
    t.equal(configuration.code, 200);
    t.equal(configuration.at('issuer'), 'https://kubernetes.default.svc.cluster.local');
    t.equal(configuration.at('jwks_uri'), 'https://127.0.0.1:6443/openid/v1/jwks');
    t.same(configuration.at('id_token_signing_alg_values_supported'), ['ES256']);
    const keys = await ask(server, '/openid/v1/jwks', { token });
    const { kid } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
    t.match(keys.at('keys.0'), { use: 'sig', kty: 'EC', crv: 'P-256', alg: 'ES256', kid });
    t.equal((await ask(server, '/openid/v1/jwks')).code, 403, 'not for the anonymous');
  });

  t.test('who shows nothing is anonymous', async (t) => {
    const headers = { authorization: 'Basic YTpi' };
    const version = await ask(server, '/version', { headers });
    t.equal(version.code, 200, 'another scheme is nobody');
    const answer = await ask(server, '/api/v1/pods');
    t.equal(answer.code, 403);
    t.match(answer.at('message'), /User "system:anonymous" cannot list resource "pods"/);
  });
});

t.test('instances take tokens of one another, and those of a former key', async (t) => {
  const store = await openTestStore(createRealWorld({ host: 'test' }));
  const one = await readyServer(store, 'apiserver-0');
  t.teardown(() => one.stop());
  const keyPem = generateSigningKeyPem();
  const former = String(one.tokens.keys.signingKey.publicKey.export({ type: 'spki', format: 'pem' }));
  const rotated = { ...one.tokens, keys: serviceAccountKeys(keyPem, former) };
  const two = await readyServer(store, 'apiserver-1', rotated);
  t.teardown(() => two.stop());
  await account(one, 'robot');
  const [ofOne, ofTwo] = [await tokenOf(one, 'robot'), await tokenOf(two, 'robot')];
  t.equal((await whoami(two, ofOne)).code, 201, 'its key is accepted still');
  t.equal((await whoami(two, ofTwo)).code, 201);
  t.equal((await whoami(one, ofTwo)).code, 401, 'one that was not told the new key does not take it');
});

t.test('a cluster may sign with RSA', async (t) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = String(privateKey.export({ type: 'pkcs1', format: 'pem' }));
  const server = await readyServer(undefined, undefined, {
    ...ownTokenConfig(),
    keys: serviceAccountKeys(pem, ''),
  });
  t.teardown(() => server.stop());
  await account(server, 'robot');
  const token = await tokenOf(server, 'robot');
  t.match(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString(), /"alg":"RS256"/);
  t.equal((await whoami(server, token)).code, 201);
});

t.test('a file of static tokens', async (t) => {
  const text = 'secret-1,ann,7,"devs,ops"\n\n# nobody\nsecret-2,bob,8\n';
  const staticTokens = readStaticTokens(text);
  const server = await readyServer(undefined, undefined, { ...ownTokenConfig(), staticTokens });
  t.teardown(() => server.stop());
  t.same((await whoami(server, 'secret-1')).at('status.userInfo'), {
    username: 'ann',
    uid: '7',
    groups: ['devs', 'ops', 'system:authenticated'],
  });
  t.same((await whoami(server, 'secret-2')).at('status.userInfo.groups'), ['system:authenticated']);
  t.equal((await whoami(server, 'secret-3')).code, 401);
  t.notMatch(JSON.stringify([...staticTokens]), /secret-1/, 'tokens are not kept');
  try {
    readStaticTokens('only-a-token');
    t.fail('a line of one field');
  } catch (error) {
    t.match(String(error), /line 1/);
    t.notMatch(String(error), /only-a-token/);
  }
});

t.test('a token goes no further than the transport', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const tls = server.identities['apiserver-0'];
  if (tls === undefined) throw new Error('no certificate');
  const { messages, log, tracer } = silentTelemetry(server.world, 'apiserver', 'apiserver-9');
  const seen: ApiCall[] = [];
  const https = await serveHttps({
    world: server.world,
    address: { host: '127.0.0.1', port: 0 },
    tls,
    name: 'apiserver-9',
    messages,
    tracer,
    log,
    authenticate: async () => anonymous,
    handler: async (call) => {
      seen.push(call);
      return { code: 200, headers: {}, body: new Uint8Array(0) };
    },
  });
  t.teardown(() => https.close());
  const heard = await ask(
    { ...server, apiserver: { ...server.apiserver, secureAddress: https.address } },
    '/x',
    {
      token: 'very-secret',
      headers: { 'x-other': 'shown' },
    },
  );
  t.equal(heard.code, 200);
  t.equal(seen[0]?.headers['x-other'], 'shown');
  const { signal: _signal, ...told } = seen[0] ?? {};
  t.notMatch(JSON.stringify(told), /very-secret/);
});

t.test('a certificate, then a token, then nobody', async (t) => {
  const ann = { name: 'ann', groups: [] };
  const bob = { name: 'bob', groups: [] };
  const tokens = {
    authenticate: async (token: string) =>
      token === 'good'
        ? { holds: true as const, user: bob, audiences: [] }
        : { holds: false as const, why: 'unknown' },
  };
  const table: readonly (readonly [Partial<Credentials>, unknown])[] = [
    [{ certificate: ann, authorization: 'Bearer good' }, ann],
    [{ certificate: ann, authorization: 'Bearer bad' }, ann],
    [{ authorization: 'Bearer good' }, bob],
    [{ authorization: 'bearer good' }, bob],
    [{ authorization: 'Bearer bad' }, undefined],
    [{ authorization: 'Bearer ' }, anonymous],
    [{ authorization: 'Basic x' }, anonymous],
    [{}, anonymous],
    [{ certificate: 'invalid' }, undefined],
    [{ certificate: 'invalid', authorization: 'Bearer good' }, bob],
  ];
  for (const [given, expected] of table) {
    const credentials = { certificate: undefined, authorization: '', ...given };
    t.same(await authenticate(tokens, credentials), expected, JSON.stringify(given));
  }
  const protocols = `v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.${Buffer.from('good').toString('base64url')}`;
  t.equal(
    bearerToken({ certificate: undefined, authorization: '', webSocketProtocols: protocols }),
    'good',
    'browsers put it among the protocols',
  );
});
