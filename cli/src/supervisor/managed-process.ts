import type { Logger } from '@kubelab/telemetry';
import type { ChildProcess, ExitStatus, Timer, World } from '@kubelab/world';
import type { ComponentSpec } from '../topology.js';

export type ProcessState = 'running' | 'paused' | 'restarting' | 'stopped';

/** First pause before a restart; doubled for each exit that came sooner than `steadyMs` after its start. */
const restartDelayMinMs = 250;
const restartDelayMaxMs = 10_000;
const steadyMs = 10_000;
/** Of what the process last wrote to stderr, kept to tell people why it ended. */
const errorBytesMax = 2_000;

export interface ProcessHost {
  readonly world: World;
  readonly log: Logger;
  /** The Node.js executable. */
  readonly node: string;
  /** The project's root: working directory of every component. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logDirectory: string;
}

/**
 * One component's process: started, watched, started again when it ends by itself, until it is told to stay
 * down.
 */
export class ManagedProcess {
  readonly spec: ComponentSpec;
  restarts = 0;
  /** Exits since the process last ran steadily: how `up` tells a component that cannot start. */
  exitsInARow = 0;
  lastError: string | undefined;
  readonly #host: ProcessHost;
  #child: ChildProcess | undefined;
  #startedAtMs = 0;
  #paused = false;
  #stayDown = true;
  #restartTimer: Timer | undefined;
  #starting: Promise<void> | undefined;

  constructor(host: ProcessHost, spec: ComponentSpec) {
    this.#host = host;
    this.spec = spec;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get state(): ProcessState {
    if (this.#child !== undefined) return this.#paused ? 'paused' : 'running';
    return this.#stayDown ? 'stopped' : 'restarting';
  }

  /** Starts it unless it runs; from now on it is started again whenever it ends. */
  async start(): Promise<void> {
    this.#stayDown = false;
    this.#restartTimer?.cancel();
    this.#restartTimer = undefined;
    if (this.#child !== undefined) return;
    this.#starting ??= this.#spawn().finally(() => {
      this.#starting = undefined;
    });
    await this.#starting;
  }

  /** SIGKILL, as `kill -9` would. With `stayDown` it is not started again before start(). */
  kill(options: { stayDown: boolean }): void {
    if (options.stayDown) this.#hold();
    this.#signal('SIGKILL');
  }

  pause(): void {
    this.#paused = this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
    this.#paused = false;
  }

  /** Asks it to end, makes it end after graceMs, and leaves it down. Resolves when the process is gone. */
  async stop(graceMs: number): Promise<void> {
    this.#hold();
    await this.#starting;
    const child = this.#child;
    if (child === undefined) return;
    if (this.#paused) this.resume();
    child.kill('SIGTERM');
    const force = this.#host.world.timers.setTimeout(() => child.kill('SIGKILL'), graceMs);
    await child.exited;
    force.cancel();
  }

  #hold(): void {
    this.#stayDown = true;
    this.#restartTimer?.cancel();
    this.#restartTimer = undefined;
  }

  #signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): boolean {
    this.#child?.kill(signal);
    return this.#child !== undefined;
  }

  get #errorPath(): string {
    return `${this.#host.logDirectory}/${this.spec.name}.err`;
  }

  async #spawn(): Promise<void> {
    const { world, node, root, env } = this.#host;
    await world.disk.remove(this.#errorPath);
    const child = await world.processes.spawn({
      command: node,
      args: ['--enable-source-maps', this.spec.entry, ...this.spec.args],
      env,
      workingDirectory: root,
      outputPath: this.#errorPath,
      detached: true,
    });
    this.#child = child;
    this.#paused = false;
    this.#startedAtMs = world.clock.monotonicMs();
    this.#host.log.info({ name: this.spec.name, pid: child.pid }, 'component started');
    void child.exited.then((exit) => this.#exited(exit));
  }

  async #exited(exit: ExitStatus): Promise<void> {
    const { world, log } = this.#host;
    const { name } = this.spec;
    this.#child = undefined;
    this.#paused = false;
    const error = await this.#readError();
    if (error !== undefined) this.lastError = error;
    log.info({ name, exitCode: exit.exitCode, signal: exit.signal, output: error }, 'component ended');
    if (this.#stayDown) return;
    const steady = world.clock.monotonicMs() - this.#startedAtMs >= steadyMs;
    this.exitsInARow = steady ? 1 : this.exitsInARow + 1;
    const delayMs = Math.min(restartDelayMaxMs, restartDelayMinMs * 2 ** (this.exitsInARow - 1));
    this.#restartTimer = world.timers.setTimeout(() => {
      this.restarts += 1;
      this.start().catch((failure: unknown) => log.error({ name, error: failure }, 'cannot be started'));
    }, delayMs);
  }

  /** The last lines that it wrote to stdout or stderr, which a healthy component leaves empty. */
  async #readError(): Promise<string | undefined> {
    try {
      const bytes = await this.#host.world.disk.readFile(this.#errorPath);
      const text = new TextDecoder().decode(bytes.subarray(-errorBytesMax)).trim();
      return text === '' ? undefined : text;
    } catch {
      return undefined; // No output file: the process wrote nothing before it ended.
    }
  }
}
