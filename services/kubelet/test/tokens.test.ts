import { ApiError, type Pod, statusErrors } from '@kubelab/api';
import { type ApiRequest, type ApiTransport, Client } from '@kubelab/client';
import t from 'tap';
import { ServiceAccountTokens } from '../src/pod/service-account-tokens.js';

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'team', uid: 'pod-uid' },
  spec: { serviceAccountName: 'runner', containers: [] },
};

/** Gives tokens that live as long as was asked; counts them. */
function server(nowMs: () => number) {
  const requests: { path: string; body: Record<string, Record<string, unknown>> }[] = [];
  let broken = false;
  const transport: ApiTransport = {
    request: async (request: ApiRequest) => {
      const body = JSON.parse(Buffer.from(request.body ?? []).toString());
      requests.push({ path: request.path, body });
      if (broken) throw statusErrors.serviceUnavailable('away');
      const expiresMs = nowMs() + Number(body.spec.expirationSeconds) * 1000;
      const status = {
        token: `token-${requests.length}`,
        expirationTimestamp: new Date(expiresMs).toISOString(),
      };
      return { code: 201, headers: {}, body: Buffer.from(JSON.stringify({ ...body, status })) };
    },
    stream: () => Promise.reject(new Error('nothing is watched')),
    close: async () => undefined,
  };
  return {
    requests,
    client: new Client(transport),
    break: (value: boolean) => {
      broken = value;
    },
  };
}

async function setUp() {
  let nowMs = 1_700_000_000_000;
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const api = server(clock.nowMs);
  const tokens = new ServiceAccountTokens({ clock }, api.client);
  const pass = async (seconds: number) => {
    nowMs += seconds * 1000;
  };
  return { api, tokens, pass };
}

t.test('a token is asked for once, bound to the pod, and renewed at 80% of its life', async (t) => {
  const { api, tokens, pass } = await setUp();
  const source = { audience: 'vault', expirationSeconds: 1000 };
  t.equal(tokens.refreshInMs('pod-uid'), Number.POSITIVE_INFINITY, 'no token, nothing to renew');
  t.equal(await tokens.get(pod, source), 'token-1');
  t.same(api.requests[0], {
    path: '/api/v1/namespaces/team/serviceaccounts/runner/token',
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: ['vault'],
        expirationSeconds: 1000,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'pod-uid' },
      },
    },
  });
  t.equal(tokens.refreshInMs('pod-uid'), 800_000);
  await pass(799);
  t.equal(await tokens.get(pod, source), 'token-1');
  await pass(1);
  t.equal(tokens.refreshInMs('pod-uid'), 0);
  t.equal(await tokens.get(pod, source), 'token-2');
  t.equal(tokens.refreshInMs('pod-uid'), 800_000);
  tokens.forget('pod-uid');
  t.equal(await tokens.get(pod, source), 'token-3', 'a pod that ended is forgotten');
});

t.test('tokens for several audiences are several, and the first to age is told', async (t) => {
  const { tokens } = await setUp();
  t.equal(await tokens.get(pod, { expirationSeconds: 3600 }), 'token-1');
  t.equal(await tokens.get(pod, { audience: 'vault', expirationSeconds: 600 }), 'token-2');
  t.equal(await tokens.get(pod, { expirationSeconds: 3600 }), 'token-1');
  t.equal(tokens.refreshInMs('pod-uid'), 480_000);
});

t.test('a long token is renewed after a day', async (t) => {
  const { tokens } = await setUp();
  await tokens.get(pod, { expirationSeconds: 365 * 86_400 });
  t.equal(tokens.refreshInMs('pod-uid'), 86_400_000);
});

t.test('one that cannot be renewed serves until it expires', async (t) => {
  const { api, tokens, pass } = await setUp();
  const source = { expirationSeconds: 1000 };
  await tokens.get(pod, source);
  api.break(true);
  await pass(900);
  t.equal(await tokens.get(pod, source), 'token-1');
  t.equal(api.requests.length, 2);
  t.equal(tokens.refreshInMs('pod-uid'), 10_000, 'and is tried again');
  t.equal(await tokens.get(pod, source), 'token-1');
  t.equal(api.requests.length, 2, 'not at every look');
  await pass(101);
  await t.rejects(tokens.get(pod, source), ApiError);
  api.break(false);
  t.equal(await tokens.get(pod, source), 'token-4');
});
