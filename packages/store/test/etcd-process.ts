import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address } from '@kubelab/world';

/** One member. */
export interface EtcdMember {
  readonly client: Address;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** With the data that it has; resolves when it serves. */
  start(): Promise<void>;
  /** Neither answers nor closes connections, until it is resumed. */
  pause(): void;
  resume(): void;
}

export interface EtcdCluster {
  readonly endpoints: readonly Address[];
  readonly members: readonly EtcdMember[];
  stop(): Promise<void>;
}

export interface EtcdClusterOptions {
  readonly members?: number;
  /** Clients must come with a certificate of this CA. */
  readonly tls?: { readonly caFile: string; readonly certFile: string; readonly keyFile: string };
}

/** Debian's etcd (package etcd-server) on loopback. Nothing is synced to disk: a test survives no power cut. */
export async function startEtcd({ members = 1, tls }: EtcdClusterOptions = {}): Promise<EtcdCluster> {
  const directory = await mkdtemp(join(tmpdir(), 'etcd-'));
  const ports = await freePorts(2 * members);
  const peers = ports.slice(members).map((port) => `http://127.0.0.1:${port}`);
  const initialCluster = peers.map((url, at) => `m${at}=${url}`).join(',');
  const security =
    tls === undefined
      ? []
      : [
          ['--cert-file', tls.certFile],
          ['--key-file', tls.keyFile],
          ['--trusted-ca-file', tls.caFile],
          ['--client-cert-auth=true'],
        ];
  const started = ports.slice(0, members).map((port, at) => {
    const clientUrl = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
    const peerUrl = peers[at] ?? '';
    const args = [
      ['--name', `m${at}`],
      ['--data-dir', join(directory, `m${at}`)],
      ['--listen-client-urls', clientUrl],
      ['--advertise-client-urls', clientUrl],
      ['--listen-peer-urls', peerUrl],
      ['--initial-advertise-peer-urls', peerUrl],
      ['--initial-cluster', initialCluster],
      ['--heartbeat-interval', '50'],
      ['--election-timeout', '500'],
      ['--unsafe-no-fsync=true'],
      ...security,
    ];
    return new Member({ host: '127.0.0.1', port }, args.flat());
  });
  const stop = async () => {
    await Promise.all(started.map((member) => member.kill()));
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await Promise.all(started.map((member) => member.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoints: started.map(({ client }) => client), members: started, stop };
}

class Member implements EtcdMember {
  readonly client: Address;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  #over: Promise<void> = Promise.resolve();

  constructor(client: Address, args: readonly string[]) {
    this.client = client;
    this.#args = args;
  }

  async start(): Promise<void> {
    // It dies with this process, however that ends.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'etcd', ...this.#args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    this.#over = new Promise((resolve) => child.on('close', () => resolve()));
    let log = '';
    await new Promise<void>((resolve, reject) => {
      const absent = (cause?: Error) =>
        reject(
          new Error('this test needs etcd: apt-get install etcd-server etcd-client util-linux', { cause }),
        );
      child.on('error', absent);
      child.stderr.on('data', (data: Buffer) => {
        if (log.length < 100_000) log += data.toString();
        if (/ready to serve client requests|serving client (traffic|requests)/.test(log)) resolve();
      });
      child.on('close', (code) => {
        if (code === 127) absent();
        else reject(new Error(`etcd ended with ${code}:\n${log}`));
      });
    });
  }

  kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    return this.#over;
  }

  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }
}

/** All are held at once, so that no two are the same. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no free port');
    return address.port;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
