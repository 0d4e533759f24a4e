import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address } from '@kubelab/world';

export interface EtcdProcess {
  readonly client: Address;
  /** Ends it as a crash would, and starts it again with the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Debian's etcd (package etcd-server) as a cluster of one on loopback. */
export async function startEtcd(): Promise<EtcdProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'etcd-'));
  const [client, peer] = [await freePort(), await freePort()];
  const clientUrl = `http://127.0.0.1:${client}`;
  const peerUrl = `http://127.0.0.1:${peer}`;
  const args = [
    ['--data-dir', directory],
    ['--listen-client-urls', clientUrl],
    ['--advertise-client-urls', clientUrl],
    ['--listen-peer-urls', peerUrl],
    ['--initial-advertise-peer-urls', peerUrl],
    ['--initial-cluster', `default=${peerUrl}`],
    ['--unsafe-no-fsync=true'],
  ].flat();
  let running = await run(args);
  return {
    client: { host: '127.0.0.1', port: client },
    restart: async () => {
      await running.kill();
      running = await run(args);
    },
    stop: async () => {
      await running.kill();
      await rm(directory, { recursive: true });
    },
  };
}

async function run(args: readonly string[]): Promise<{ kill(): Promise<void> }> {
  const child = spawn('etcd', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const over = new Promise<void>((resolve) => child.on('close', () => resolve()));
  let log = '';
  await new Promise<void>((resolve, reject) => {
    child.on('error', (cause) =>
      reject(new Error('this test needs etcd: install the Debian package etcd-server', { cause })),
    );
    child.stderr.on('data', (data: Buffer) => {
      if (log.length < 100_000) log += data.toString();
      if (/ready to serve client requests/.test(log)) resolve();
    });
    child.on('close', (code) => reject(new Error(`etcd ended with ${code}:\n${log}`)));
  });
  return {
    kill: () => {
      child.kill('SIGKILL');
      return over;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
