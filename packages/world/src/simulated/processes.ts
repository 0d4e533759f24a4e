import type { ChildProcess, InteractiveProcess, Processes, ProcessReference, Signal } from '../world.js';
import type { Kernel } from './kernel.js';

/** What a simulated command does: it ends by itself after a while, or runs until it is killed. */
export interface Behaviour {
  readonly runMs?: number;
  readonly exitCode: number;
  readonly stdout?: string;
  /** Interactive only: it answers with what it is told, and ends when its input does. */
  readonly echoes?: boolean;
}

interface Running {
  readonly reference: ProcessReference;
  readonly end: (exitCode: number | null, signal: string | null) => void;
}

/**
 * Child processes that are only said to run. They live through a crash of the process that started them, not
 * through one of the host.
 */
export class SimulatedProcesses {
  readonly #kernel: Kernel;
  readonly #behaviours = new Map<string, Behaviour>();
  readonly #running = new Map<number, Running>();
  #nextPid = 100;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  define(command: string, behaviour: Behaviour): void {
    this.#behaviours.set(command, behaviour);
  }

  /** The power went: nobody is left to hear how they ended. */
  crash(): void {
    this.#running.clear();
  }

  view(): Processes {
    return {
      spawn: async (options) => {
        await this.#kernel.delay(1);
        return this.#spawn(this.#behaviour(options.command));
      },
      run: async (options) => {
        const { runMs = 1, exitCode, stdout = '' } = this.#behaviour(options.command);
        const timedOut = runMs > options.timeoutMs;
        await this.#kernel.delay(Math.min(runMs, options.timeoutMs));
        const output = new TextEncoder().encode(stdout).subarray(0, options.outputBytesMax);
        return {
          exitCode: timedOut ? null : exitCode,
          signal: timedOut ? 'SIGKILL' : null,
          stdout: output,
          stderr: new Uint8Array(0),
          timedOut,
        };
      },
      interactive: async (options) => {
        await this.#kernel.delay(1);
        return this.#interactive(this.#behaviour(options.command));
      },
      reference: async (pid) => this.#running.get(pid)?.reference,
      isAlive: async (reference) =>
        this.#running.get(reference.pid)?.reference.startToken === reference.startToken,
      signal: async (reference, signal) => this.#signal(reference, signal),
    };
  }

  #behaviour(command: string): Behaviour {
    const known = this.#behaviours.get(command);
    if (known === undefined) throw new Error(`no simulated command is called ${command}`);
    return known;
  }

  #spawn({ runMs, exitCode }: Behaviour): ChildProcess {
    this.#nextPid += 1;
    const pid = this.#nextPid;
    let ended: (status: { exitCode: number | null; signal: string | null }) => void = () => {};
    const exited = new Promise<{ exitCode: number | null; signal: string | null }>((resolve) => {
      ended = resolve;
    });
    const reference = { pid, startToken: `${pid}@${this.#kernel.nowMs}` };
    const end = (code: number | null, signal: string | null) => {
      if (this.#running.delete(pid)) ended({ exitCode: code, signal });
    };
    this.#running.set(pid, { reference, end });
    if (runMs !== undefined) this.#kernel.schedule(runMs, () => end(exitCode, null));
    return { pid, exited, kill: (signal) => void this.#signal(reference, signal) };
  }

  #interactive(behaviour: Behaviour): InteractiveProcess {
    const { exitCode, stdout = '', echoes = false, runMs = 1 } = behaviour;
    const child = this.#spawn(echoes ? { exitCode } : { exitCode, runMs });
    const output = new Output();
    if (stdout !== '') output.push(new TextEncoder().encode(stdout));
    void child.exited.then(() => output.end());
    const silent = new Output();
    silent.end();
    return {
      ...child,
      stdout: output,
      stderr: silent,
      write: async (data) => {
        if (echoes) output.push(data);
      },
      endInput: () => {
        if (echoes) this.#running.get(child.pid)?.end(exitCode, null);
      },
      resize: async () => {},
      release: () => output.end(),
    };
  }

  #signal(reference: ProcessReference, signal: Signal): boolean {
    const running = this.#running.get(reference.pid);
    if (running === undefined || running.reference.startToken !== reference.startToken) return false;
    if (['SIGTERM', 'SIGKILL', 'SIGINT', 'SIGHUP'].includes(signal)) running.end(null, signal);
    return true;
  }
}

/** What a simulated command prints; the tests that make it bound it. */
class Output implements AsyncIterable<Uint8Array> {
  readonly #chunks: Uint8Array[] = [];
  #ended = false;
  #wake: () => void = () => {};

  push(chunk: Uint8Array): void {
    if (this.#ended) return;
    this.#chunks.push(chunk);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) yield chunk;
      else if (this.#ended) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
