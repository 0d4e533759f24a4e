import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { componentCertificates, ensurePki } from '@kubelab/pki';
import { createRealWorld } from '@kubelab/world';
import { root } from './cluster.js';
import { mustRun, type Result, run, until } from './run.js';

/** Debian's etcdctl (etcd-client, 3.4), unmodified, with the environment that says where and as whom. */
export interface Etcdctl {
  readonly environment: Readonly<Record<string, string>>;
  (...args: readonly string[]): Promise<string>;
  result(...args: readonly string[]): Promise<Result>;
  withInput(input: string, ...args: readonly string[]): Promise<string>;
  /** At this endpoint only: the flag is refused beside the environment. */
  at(endpoint: string): Etcdctl;
}

/** etcdctl gives up after 5 s by itself, which a busy machine takes for a login or two. */
const patience = '30s';

export function createEtcdctl(given: Readonly<Record<string, string>>): Etcdctl {
  const environment = { ETCDCTL_API: '3', ETCDCTL_COMMAND_TIMEOUT: patience, ...given };
  const call = (...args: readonly string[]) => mustRun('etcdctl', args, { env: environment });
  return Object.assign(call, {
    environment,
    result: (...args: readonly string[]) => run('etcdctl', args, { env: environment }),
    withInput: (input: string, ...args: readonly string[]) =>
      mustRun('etcdctl', args, { env: environment, input }),
    at: (endpoint: string) => createEtcdctl({ ...environment, ETCDCTL_ENDPOINTS: endpoint }),
  });
}

export interface StoreProcess {
  readonly etcdctl: Etcdctl;
  /** Ends it as a crash would. */
  stop(): Promise<void>;
}

/** Where certificate and key are, of a member and of its clients. */
export interface PkiFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Certificates for members of kubelab's store alone, made below `directory`. */
export async function memberPki(directory: string): Promise<PkiFiles> {
  const none = { apiservers: 0, standbys: 0, nodes: 0, addressesOf: () => [] };
  const requests = componentCertificates({
    ...none,
    etcdMembers: 1,
    kubernetesServiceAddress: '10.96.0.1',
  });
  await ensurePki(createRealWorld({ host: 'e2e' }), directory, requests);
  const file = (name: string) => join(directory, name);
  return { ca: file('ca.crt'), cert: file('etcd-raft-0.crt'), key: file('etcd-raft-0.key') };
}

/** Throws, with a word on what to install, where Debian's etcdctl or etcd is not here. */
export async function requireEtcd(): Promise<void> {
  for (const [command, args] of [
    ['etcdctl', ['version']],
    ['etcd', ['--version']],
  ] as const)
    if ((await run(command, args)).code !== 0)
      throw new Error(`there is no ${command} on this machine: apt-get install etcd-client etcd-server`);
}

export interface MemberOptions {
  readonly name: string;
  readonly dataDirectory: string;
  readonly pki: PkiFiles;
  /** For other members; then for clients. */
  readonly ports: { readonly peer: number; readonly client: number };
  /** Default: this member alone. */
  readonly initialCluster?: string;
  readonly flags?: readonly string[];
}

export function initialClusterOf({ name, ports, initialCluster }: MemberOptions): string {
  return initialCluster ?? `${name}=127.0.0.1:${ports.peer}`;
}

/** One member of kubelab's store as a process, without the rest of a cluster. Resolves when it answers. */
export function startMember(options: MemberOptions): Promise<StoreProcess> {
  const { name, dataDirectory, pki, ports, flags = [] } = options;
  const args = [
    join(root, 'services/etcd-raft/dist/src/main.js'),
    ...['--name', name, '--listen', `127.0.0.1:${ports.peer}`],
    ...['--listen-client', `127.0.0.1:${ports.client}`],
    ...['--ca-file', pki.ca, '--cert-file', pki.cert, '--key-file', pki.key],
    ...['--data-dir', dataDirectory, '--log-level', 'warn'],
    ...['--initial-cluster', initialClusterOf(options), ...flags],
  ];
  const endpoint = `https://127.0.0.1:${ports.client}`;
  return started(process.execPath, args, { ETCDCTL_ENDPOINTS: endpoint, ...clientTls(pki) });
}

/** Makes a member's data directory of a snapshot. Rejects with what the command said. */
export async function restoreMember(
  options: MemberOptions & { readonly snapshot: string; readonly restoreFlags?: readonly string[] },
): Promise<Result> {
  const { name, dataDirectory, snapshot, restoreFlags = [] } = options;
  const result = await run(process.execPath, [
    join(root, 'services/etcd-raft/dist/src/restore-main.js'),
    ...['--snapshot', snapshot, '--name', name, '--data-dir', dataDirectory],
    ...['--initial-cluster', initialClusterOf(options), ...restoreFlags],
  ]);
  if (result.code !== 0) throw new Error(result.stderr);
  return result;
}

/** Debian's etcd (etcd-server, 3.4), alone. With `pki`, clients must show a certificate; without, there is no TLS. */
export function startEtcd(
  options: Pick<MemberOptions, 'name' | 'dataDirectory' | 'ports'> & { readonly pki?: PkiFiles },
): Promise<StoreProcess> {
  const { name, dataDirectory, ports, pki } = options;
  const client = `${pki === undefined ? 'http' : 'https'}://127.0.0.1:${ports.client}`;
  const peer = etcdPeerUrl(options);
  const tls =
    pki === undefined
      ? []
      : [
          ...['--cert-file', pki.cert, '--key-file', pki.key],
          ...['--trusted-ca-file', pki.ca, '--client-cert-auth=true'],
        ];
  const args = [
    ...['--name', name, '--data-dir', dataDirectory, '--unsafe-no-fsync=true'],
    ...['--listen-client-urls', client, '--advertise-client-urls', client],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
    ...['--initial-cluster', `${name}=${peer}`, ...tls],
  ];
  return started('etcd', args, { ETCDCTL_ENDPOINTS: client, ...(pki === undefined ? {} : clientTls(pki)) });
}

function clientTls(pki: PkiFiles): Readonly<Record<string, string>> {
  return { ETCDCTL_CACERT: pki.ca, ETCDCTL_CERT: pki.cert, ETCDCTL_KEY: pki.key };
}

export function etcdPeerUrl({ ports }: Pick<MemberOptions, 'ports'>): string {
  return `http://127.0.0.1:${ports.peer}`;
}

async function started(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<StoreProcess> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const etcdctl = createEtcdctl(environment);
  const impatient = createEtcdctl({ ...environment, ETCDCTL_COMMAND_TIMEOUT: '1s' });
  const store = { etcdctl, stop: () => ended(child) };
  try {
    await until(
      `${command} answers`,
      async () => {
        if (child.exitCode !== null) throw new Error(Buffer.concat(said).toString());
        const { code, stderr } = await impatient.result('endpoint', 'status');
        if (code !== 0) throw new Error(stderr);
        return true;
      },
      { timeoutMs: 20_000 },
    );
  } catch (error) {
    await store.stop();
    throw error;
  }
  return store;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await exited;
}

/** Free a moment ago. */
export async function freePorts(): Promise<{ readonly peer: number; readonly client: number }> {
  const [peer, client] = [createServer(), createServer()];
  const portOf = async (server: typeof peer) => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no free port');
    return address.port;
  };
  const ports = { peer: await portOf(peer), client: await portOf(client) };
  await Promise.all([peer, client].map((server) => new Promise((done) => server.close(done))));
  return ports;
}
