import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { ensurePki, groups } from '@kubelab/pki';
import { createRealWorld } from '@kubelab/world';

const storePort = 19_510;
const wirePort = 19_511;
const httpsPort = 19_512;

export interface Answer {
  readonly code: number;
  readonly bytes: number;
  readonly body: Buffer;
}

/** One member of the store and one apiserver as processes, on real disk and TLS; and a client of it. */
export class ApiCluster {
  readonly #root: string;
  readonly #directory: string;
  readonly #main: string;
  readonly #processes: ChildProcess[] = [];
  readonly #agent: Agent;

  private constructor(options: { root: string; directory: string; main: string }, agent: Agent) {
    this.#root = options.root;
    this.#directory = options.directory;
    this.#main = options.main;
    this.#agent = agent;
  }

  /** `main`: the apiserver's main.js, for comparing two of them. */
  static async create(options: { root: string; directory: string; main: string }): Promise<ApiCluster> {
    const world = createRealWorld({ host: 'bench' });
    const hosts = ['localhost', '127.0.0.1'];
    const pki = join(options.directory, 'pki');
    await ensurePki(world, pki, [
      { name: 'etcd-raft-0', commonName: 'etcd-raft-0', organizations: [groups.etcdMembers], hosts },
      { name: 'apiserver-0', commonName: 'apiserver-0', organizations: ['kubelab:apiservers'], hosts },
      { name: 'driver', commonName: 'bench', organizations: ['system:masters'], hosts },
    ]);
    const read = (name: string) => readFileSync(join(pki, name));
    const tls = { ca: read('ca.crt'), cert: read('driver.crt'), key: read('driver.key') };
    return new ApiCluster(options, new Agent({ keepAlive: true, maxSockets: 2_000, ...tls }));
  }

  /** From the apiserver's start to its first "ready": milliseconds, and those of the processor. */
  async start(): Promise<{ readonly readyMs: number; readonly cpuMs: number }> {
    const address = (port: number) => `127.0.0.1:${port}`;
    this.#spawn('etcd-raft', join(this.#root, 'services/etcd-raft/dist/src/main.js'), [
      ...['--listen', address(storePort), '--data-dir', join(this.#directory, 'store')],
      ...['--initial-cluster', `etcd-raft-0=${address(storePort)}`],
    ]);
    await sleep(1_500);
    const startedMs = performance.now();
    this.#spawn('apiserver', this.#main, [
      ...['--listen', address(wirePort), '--secure-listen', address(httpsPort)],
      ...['--etcd-servers', address(storePort), '--advertise-address', address(httpsPort)],
    ]);
    for (;;) {
      const ready = await this.call('GET', '/readyz').catch(() => undefined);
      if (ready?.code === 200) return { readyMs: performance.now() - startedMs, cpuMs: this.#cpuMs() };
      if (performance.now() - startedMs > 60_000) throw new Error(`not ready; see ${this.#directory}`);
      await sleep(20);
    }
  }

  call(
    method: string,
    path: string,
    body?: object,
    type = 'application/json',
    accept = 'application/json',
  ): Promise<Answer> {
    const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const has = sent === undefined ? {} : { 'content-type': type, 'content-length': sent.byteLength };
    const headers = { accept, ...has };
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: httpsPort, method, path, agent: this.#agent, headers };
      const made = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const all = Buffer.concat(chunks);
          resolve({ code: response.statusCode ?? 0, bytes: all.byteLength, body: all });
        });
      });
      made.on('error', reject);
      made.end(sent);
    });
  }

  /** Calls `event` for each piece that a watch brings; resolves once it was answered. */
  watch(path: string, event: (piece: Buffer) => void): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: httpsPort, path, agent: this.#agent };
      const made = request(options, (response) => {
        response.on('data', event);
        response.on('error', () => {}); // Cut off by stop().
        resolve(() => made.destroy());
      });
      made.on('error', reject);
      made.end();
    });
  }

  /** Of the apiserver: largest delay of its event loop since the last call (where it tells), and memory. */
  async vitals(): Promise<{ readonly lagMs: number | undefined; readonly residentMiB: number }> {
    const { body } = await this.call('GET', '/metrics');
    const lag = /nodejs_eventloop_lag_seconds\{quantile="1"\} (\S+)/.exec(body.toString())?.[1];
    const apiserver = this.#processes.at(-1);
    const status = readFileSync(`/proc/${apiserver?.pid}/status`, 'utf8');
    const resident = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
    return { lagMs: lag === undefined ? undefined : Number(lag) * 1000, residentMiB: resident / 1024 };
  }

  /** User and system time of the apiserver, which Linux counts in hundredths of a second. */
  #cpuMs(): number {
    const stat = readFileSync(`/proc/${this.#processes.at(-1)?.pid}/stat`, 'utf8').split(' ');
    return (Number(stat[13]) + Number(stat[14])) * 10;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    // An end by SIGTERM lets a profile be written.
    await Promise.all(
      this.#processes.reverse().map(async (child) => {
        const exited = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await Promise.race([exited, sleep(8_000).then(() => child.kill('SIGKILL'))]);
      }),
    );
  }

  #spawn(name: string, main: string, args: readonly string[]): void {
    const pki = (file: string) => join(this.#directory, 'pki', file);
    const tls = [
      '--ca-file',
      pki('ca.crt'),
      '--cert-file',
      pki(`${name}-0.crt`),
      '--key-file',
      pki(`${name}-0.key`),
    ];
    const flags = (process.env.KUBELAB_BENCH_NODE_FLAGS ?? '').split(' ').filter(Boolean);
    const out = openSync(join(this.#directory, `${name}.log`), 'a');
    const child = spawn(process.execPath, [...flags, main, '--name', `${name}-0`, ...tls, ...args], {
      stdio: ['ignore', out, out],
    });
    this.#processes.push(child);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
