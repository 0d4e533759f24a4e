import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Job, JobReport } from './job.js';

const run = promisify(execFile);
const members = [0, 1, 2] as const;
const jobTimeoutMs = 900_000;
const driverOutputBytesMax = 1 << 20;

export interface Tls {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** Three members of one kind on this machine, that can be stopped, started again, and killed. */
export abstract class BenchCluster {
  abstract readonly name: string;
  abstract readonly version: string;
  readonly directory: string;
  readonly tlsOf: (name: string) => Tls;
  readonly #processes = new Map<number, ChildProcess>();

  constructor(directory: string, tlsOf: (name: string) => Tls) {
    this.directory = directory;
    this.tlsOf = tlsOf;
  }

  protected abstract command(member: number): readonly string[];
  protected abstract driver(): readonly string[];
  abstract endpoint(member: number): string;
  /** Where it speaks etcd's gRPC. */
  abstract etcdEndpoint(member: number): string;

  start(...which: readonly number[]): void {
    mkdirSync(this.directory, { recursive: true });
    for (const member of which.length > 0 ? which : members) {
      const [program = '', ...args] = this.command(member);
      const log = openSync(join(this.directory, `${member}.log`), 'a');
      this.#processes.set(member, spawn(program, args, { stdio: ['ignore', log, log] }));
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM', ...which: readonly number[]): Promise<void> {
    const chosen = [...this.#processes].filter(([member]) => which.length === 0 || which.includes(member));
    await Promise.all(
      chosen.map(async ([member, child]) => {
        this.#processes.delete(member);
        if (child.exitCode !== null || child.signalCode !== null) return;
        const exited = new Promise((resolve) => child.once('exit', resolve));
        child.kill(signal);
        await exited;
      }),
    );
  }

  wipe(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  async job(job: Omit<Job, 'endpoints' | keyof Tls>): Promise<JobReport> {
    const [program = '', ...args] = this.driver();
    const endpoints = members.map((member) => this.endpoint(member));
    const whole: Job = { ...job, endpoints, ...this.tlsOf('driver') };
    const { stdout } = await run(program, [...args, JSON.stringify(whole)], {
      timeout: jobTimeoutMs,
      maxBuffer: driverOutputBytesMax,
    });
    return JSON.parse(stdout);
  }

  /** With etcdctl, over gRPC, from the first member; gives how long it took, ms. */
  async saveSnapshot(): Promise<number> {
    const { caFile, certFile, keyFile } = this.tlsOf('driver');
    const file = join(this.directory, 'saved.db');
    const connection = [
      `--endpoints=https://${this.etcdEndpoint(0)}`,
      ...[`--cacert=${caFile}`, `--cert=${certFile}`, `--key=${keyFile}`],
    ];
    const startedMs = performance.now();
    await run('etcdctl', [...connection, 'snapshot', 'save', file], {
      timeout: jobTimeoutMs,
      env: { ...process.env, ETCDCTL_API: '3' },
    });
    const tookMs = performance.now() - startedMs;
    rmSync(file);
    return tookMs;
  }

  /** Resident memory of each member, bytes; the largest. */
  residentBytes(): number {
    const sizes = [...this.#processes.values()].map((child) => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
    });
    return Math.max(...sizes);
  }

  protected log(member: number): string {
    return readFileSync(join(this.directory, `${member}.log`), 'utf8');
  }

  /** Which member leads, by its own log; the latest word counts. */
  abstract leader(): number;
}

/** For profiles: `KUBELAB_BENCH_NODE_FLAGS='--cpu-prof --cpu-prof-dir=DIR'`. */
function nodeFlags(): string[] {
  return (process.env.KUBELAB_BENCH_NODE_FLAGS ?? '').split(' ').filter((flag) => flag !== '');
}

/** Where each member listens: a block of ports of its own. */
const port = (base: number, member: number) => base + member;

export class KubelabCluster extends BenchCluster {
  readonly name = 'kubelab';
  readonly version = `Node.js ${process.versions.node}`;
  readonly #root: string;
  readonly #backend: string;

  constructor(directory: string, tlsOf: (name: string) => Tls, root: string, backend = 'memory') {
    super(directory, tlsOf);
    this.#root = root;
    this.#backend = backend;
  }

  endpoint(member: number): string {
    return `127.0.0.1:${port(19_470, member)}`;
  }

  etcdEndpoint(member: number): string {
    return `127.0.0.1:${port(19_475, member)}`;
  }

  protected command(member: number): readonly string[] {
    const name = `etcd-raft-${member}`;
    const tls = this.tlsOf(name);
    const cluster = members.map((other) => `etcd-raft-${other}=${this.endpoint(other)}`).join(',');
    return [
      process.execPath,
      ...nodeFlags(),
      join(this.#root, 'services/etcd-raft/dist/src/main.js'),
      ...['--name', name, '--listen', this.endpoint(member), '--data-dir', join(this.directory, name)],
      ...['--ca-file', tls.caFile, '--cert-file', tls.certFile, '--key-file', tls.keyFile],
      ...['--initial-cluster', cluster, '--election-timeout', '1000', '--heartbeat-interval', '100'],
      ...['--backend', this.#backend, '--quota-backend-bytes', '8000000000'],
      ...['--listen-client', this.etcdEndpoint(member)],
    ];
  }

  protected driver(): readonly string[] {
    return [process.execPath, ...nodeFlags(), join(this.#root, 'bench/dist/src/store/driver-main.js')];
  }

  leader(): number {
    const terms = members.map((member) => {
      const led = this.log(member)
        .split('\n')
        .filter((line) => line.includes('"role":"leader"'));
      return Number(/"term":(\d+)/.exec(led.at(-1) ?? '')?.[1] ?? 0);
    });
    return terms.indexOf(Math.max(...terms));
  }
}

/** Debian's etcd-server 3.4, with the same certificates, and a driver in Go: etcd's own client library. */
export class EtcdCluster extends BenchCluster {
  readonly name = 'etcd';
  readonly version: string;
  readonly #driver: string;

  constructor(directory: string, tlsOf: (name: string) => Tls, driver: string) {
    super(directory, tlsOf);
    this.#driver = driver;
    const { stdout } = spawnSync('etcd', ['--version'], { encoding: 'utf8' });
    this.version = /etcd Version: (\S+)/.exec(stdout ?? '')?.[1] ?? '';
    if (this.version === '') throw new Error('there is no etcd to compare with: apt-get install etcd-server');
  }

  endpoint(member: number): string {
    return `127.0.0.1:${port(19_480, member)}`;
  }

  etcdEndpoint(member: number): string {
    return this.endpoint(member);
  }

  protected command(member: number): readonly string[] {
    const name = `m${member}`;
    const { caFile, certFile, keyFile } = this.tlsOf(`etcd-raft-${member}`);
    const client = `https://${this.endpoint(member)}`;
    const peer = (other: number) => `https://127.0.0.1:${port(19_490, other)}`;
    const cluster = members.map((other) => `m${other}=${peer(other)}`).join(',');
    return [
      'etcd',
      ...['--name', name, '--data-dir', join(this.directory, name), '--quota-backend-bytes', '8000000000'],
      ...['--listen-client-urls', client, '--advertise-client-urls', client],
      ...['--listen-peer-urls', peer(member), '--initial-advertise-peer-urls', peer(member)],
      ...['--initial-cluster', cluster, '--logger', 'zap', '--log-outputs', 'stderr', '--log-level', 'info'],
      ...['--trusted-ca-file', caFile, '--cert-file', certFile, '--key-file', keyFile, '--client-cert-auth'],
      ...['--peer-trusted-ca-file', caFile, '--peer-cert-file', certFile, '--peer-key-file', keyFile],
      '--peer-client-cert-auth',
    ];
  }

  protected driver(): readonly string[] {
    return [this.#driver];
  }

  leader(): number {
    const terms = members.map((member) => {
      const led = [...this.log(member).matchAll(/became leader at term (\d+)/g)];
      return Number(led.at(-1)?.[1] ?? 0);
    });
    return terms.indexOf(Math.max(...terms));
  }
}

/** Compiles the driver against Debian's packaging of etcd's client library; kept for the next run. */
export function buildEtcdDriver(root: string, cache: string): string {
  const program = join(cache, 'etcd-driver');
  if (existsSync(program)) return program;
  const source = join(root, 'bench/etcd-driver/main.go');
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '' };
  const built = spawnSync('go', ['build', '-o', program, source], { encoding: 'utf8', env });
  if (built.status === 0) return program;
  const why = built.error?.message ?? built.stderr;
  throw new Error(
    `etcd's driver was not built: ${why}\nIt needs: apt-get install golang-go golang-etcd-server-dev etcd-server`,
  );
}
