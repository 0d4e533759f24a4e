import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePki, kubeconfig } from '@kubelab/pki';
import { serviceAccountKeys } from '@kubelab/pki/tokens';
import { silentTelemetry } from '@kubelab/telemetry';
import { createLinks } from '@kubelab/wire';
import { createRealWorld, type TlsMaterial, type World } from '@kubelab/world';
import { ownTokenConfig, type TokenConfig } from '../src/auth/tokens/index.js';
import {
  createInProcessTransport,
  type RunningApiserver,
  serveApiserver,
  type UserInfo,
} from '../src/index.js';
import type { FaultyStore } from './faulty-store.js';
import { openTestStore } from './test-store.js';

export const admin: UserInfo = {
  name: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
};

export interface TestServer {
  readonly world: World;
  readonly store: FaultyStore;
  readonly apiserver: RunningApiserver;
  readonly directory: string;
  readonly caPem: string;
  readonly tokens: TokenConfig;
  /** Of `admin` and of `reader` (no groups). */
  readonly identities: Readonly<Record<string, TlsMaterial>>;
  /** File name of a kubeconfig for an identity. */
  kubeconfig(name: string): string;
  call(method: Method, path: string, options?: CallOptions): Promise<Answer>;
  stop(): Promise<void>;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export interface CallOptions {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly user?: UserInfo;
}
/** JSON as tests look at it: by path. */
export interface Answer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly json: unknown;
  at(path: string): unknown;
}

export function pick(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (found, key) => (typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined),
      value,
    );
}

/** An apiserver on ports of its own over a store of its own, or the store of another one. */
export async function startServer(
  shared?: FaultyStore,
  name = 'apiserver-0',
  sharedTokens?: TokenConfig,
): Promise<TestServer> {
  const world = createRealWorld({ host: name });
  const store = (shared ?? (await openTestStore(world))).use();
  const directory = mkdtempSync(join(tmpdir(), 'kubelab-apiserver-'));
  const hosts = ['127.0.0.1', 'localhost'];
  const subjects = {
    [name]: { commonName: name, organizations: ['kubelab:apiservers'] },
    admin: { commonName: 'kubernetes-admin', organizations: ['system:masters', 'kubelab:operators'] },
    reader: { commonName: 'reader', organizations: [] },
  };
  await ensurePki(
    world,
    directory,
    Object.entries(subjects).map(([file, subject]) => ({ name: file, hosts, ...subject })),
  );
  const read = (file: string) => readFileSync(join(directory, file), 'utf8');
  const caPem = read('ca.crt');
  const identities = Object.fromEntries(
    Object.entries(subjects).map(([file, identity]) => [
      file,
      { caPem, certPem: read(`${file}.crt`), keyPem: read(`${file}.key`), identity },
    ]),
  );
  const tls = identities[name];
  if (tls === undefined) throw new Error('no certificate');
  const free = { host: '127.0.0.1', port: 0 };
  const telemetry = silentTelemetry(world, 'apiserver', name);
  const config = {
    name,
    listen: free,
    secureListen: free,
    advertise: { host: '127.0.0.1', port: 6443 },
    tls,
  };
  const keys = serviceAccountKeys(read('sa.key'), read('sa.pub'));
  const tokens = sharedTokens ?? { ...ownTokenConfig(), keys };
  const rest = { telemetry, links: createLinks(), debug: {}, serviceCidr: '127.96.0.0/16', tokens };
  const apiserver = await serveApiserver(world, { ...config, ...rest, defaultTolerationSeconds: 5 }, store);
  return {
    world,
    store,
    apiserver,
    directory,
    caPem,
    tokens,
    identities,
    kubeconfig: (who) => {
      const found = identities[who];
      if (found === undefined) throw new Error(`no identity ${who}`);
      const server = `https://127.0.0.1:${apiserver.secureAddress.port}`;
      const path = join(directory, `${who}.kubeconfig`);
      writeFileSync(path, kubeconfig({ server, ...found, clusterName: 'test', userName: who }), {
        mode: 0o600,
      });
      return path;
    },
    call: async (method, path, options = {}) => call(world, apiserver, method, path, options),
    stop: async () => {
      await apiserver.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function call(
  world: World,
  apiserver: RunningApiserver,
  method: Method,
  path: string,
  { body, query, headers, user = admin }: CallOptions,
): Promise<Answer> {
  const transport = createInProcessTransport(world, apiserver.handler, user);
  const bytes =
    body instanceof Uint8Array ? body : body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const answer = await transport.request({
    method,
    path,
    ...(query === undefined ? {} : { query }),
    ...(headers === undefined ? {} : { headers }),
    ...(bytes === undefined ? {} : { body: bytes }),
  });
  const text = Buffer.from(answer.body).toString();
  const isJson = answer.headers['content-type']?.startsWith('application/json') === true;
  const json: unknown = isJson ? JSON.parse(text) : undefined;
  const { code, headers: shown, body: raw } = answer;
  return { code, headers: shown, text, bytes: raw, json, at: (inside) => pick(json, inside) };
}

/** Until it holds; fails after ten seconds. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`never: ${what}`);
}

export async function readyServer(
  store?: FaultyStore,
  name?: string,
  tokens?: TokenConfig,
): Promise<TestServer> {
  const server = await startServer(store, name, tokens);
  await eventually('ready', () => server.apiserver.ready());
  return server;
}
