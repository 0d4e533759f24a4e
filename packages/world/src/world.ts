/**
 * Everything a component may know of the outside: time, chance, the network, the disk and child processes.
 *
 * There is a real world (`createRealWorld`) and a simulated one (`createSimulation`). A component receives a
 * World
 * and reaches nothing around it; that is what lets the same code run as a process, embedded, and simulated
 * from a seed.
 */
export interface World {
  /** The host's name on the (real or simulated) network and in logs, for example `etcd-raft-0`. */
  readonly host: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly network: Network;
  readonly disk: Disk;
  readonly processes: Processes;
}

export interface Clock {
  /** Wall time, milliseconds since the epoch. May jump; for humans and timestamps, never for intervals. */
  nowMs(): number;
  /**
   * Milliseconds since an arbitrary point; never goes back. Fractions allowed. For intervals and deadlines.
   */
  monotonicMs(): number;
}

export interface Timer {
  /** The callback does not run after cancel() returns. Idempotent. */
  cancel(): void;
}

export interface Timers {
  setTimeout(callback: () => void, delayMs: number): Timer;
  setInterval(callback: () => void, periodMs: number): Timer;
  /** Runs after the I/O events of this event-loop turn: the place where work of one turn is batched. */
  setImmediate(callback: () => void): Timer;
  /** Resolves after delayMs; rejects with the signal's reason when aborted before. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, maxExclusive). */
  int(maxExclusive: number): number;
  bytes(length: number): Uint8Array;
  /** RFC 9562 version 4. */
  uuid(): string;
  /** URL-safe identifier of `size` characters (default 21, as nanoid). */
  id(size?: number): string;
}

/* ---------------------------------------------------------------- network: ordered, message-framed connections */

export interface Address {
  readonly host: string;
  /** 0 in listen() asks for a free port; the listener says which. */
  readonly port: number;
}

/** Who a certificate names: subject CN and O, which Kubernetes reads as user and groups. */
export interface Identity {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

/** A certificate with its key and the CA that both sides trust. Keys are never logged. */
export interface TlsMaterial {
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
  /** What certPem says of its subject; the simulated network presents it without cryptography. */
  readonly identity: Identity;
}

export interface Network {
  /** Rejects with NetworkError `addressInUse` or `addressNotAvailable`, naming the address. */
  listen(options: ListenOptions): Promise<Listener>;
  /** Rejects with NetworkError (`refused`, `timeout`, `unreachable`, `tls`, `aborted`). */
  connect(options: ConnectOptions): Promise<Connection>;
}

export interface ListenOptions {
  readonly address: Address;
  /** Client certificates signed by tls.caPem are required (mutual TLS). */
  readonly tls: TlsMaterial;
  /** Largest message accepted; a larger one closes the connection with code 1009. */
  readonly messageBytesMax: number;
  /** Called once per connection; must call connection.start() in the same turn. */
  readonly accept: (connection: Connection) => void;
}

export interface ConnectOptions {
  readonly address: Address;
  readonly tls: TlsMaterial;
  readonly messageBytesMax: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface Listener {
  /** The bound address, with the real port. */
  readonly address: Address;
  /** Stops accepting and closes all of its connections. */
  close(): Promise<void>;
}

export interface ConnectionHandlers {
  /**
   * One whole message, in the order sent. The bytes are the receiver's own: they may be kept without copying.
   */
  message(data: Uint8Array): void;
  /** bufferedBytes went back to (almost) zero after it had grown. */
  drain(): void;
  /** Exactly once, also after close(). `code` is the WebSocket close code; 1006 when the connection broke. */
  close(code: number, reason: string): void;
}

/**
 * A connection of whole binary messages. Reliable and in order, as TCP is, until it breaks; then nothing
 * tells which of the
 * last messages arrived. In reality a WebSocket over mutual TLS.
 */
export interface Connection {
  /** From the peer's verified certificate. */
  readonly peer: Identity;
  /** host:port of the other side, for messages to people. */
  readonly remote: string;
  /** Accepted by send() and not yet handed to the network. Callers bound their own sending by it. */
  readonly bufferedBytes: number;
  start(handlers: ConnectionHandlers): void;
  /**
   * Sends one message made of `parts` laid end to end (so that a head and a payload need no copy). The parts
   * must not change afterwards.
   * After close it does nothing. With `datagram` the message may be lost, doubled or overtaken on a faulty
   * (simulated) link;
   * without, faults only delay it or break the connection.
   */
  send(parts: readonly Uint8Array[], options?: { readonly datagram?: boolean }): void;
  close(code: number, reason: string): void;
}

export type NetworkErrorCode =
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'addressInUse'
  | 'addressNotAvailable'
  | 'tls'
  | 'aborted';

export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly code: NetworkErrorCode;
  constructor(code: NetworkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/* ---------------------------------------------------------------- disk */

/**
 * Files below one root; paths are relative to the world's working directory or absolute. What was not synced
 * may be lost, or
 * in part, when the machine fails: file contents need File.sync(), and a file's name (create, rename, remove)
 * needs syncDirectory()
 * of its folder. Every call may reject with DiskError.
 */
export interface Disk {
  /** `create`: make it when absent. Without it, an absent file rejects with `notFound`. */
  open(path: string, options?: { readonly create?: boolean; readonly truncate?: boolean }): Promise<DiskFile>;
  readFile(path: string): Promise<Uint8Array>;
  /** All or nothing, and durable when it resolves: temporary file, sync, rename, directory sync. */
  writeFileAtomic(
    path: string,
    data: Uint8Array | string,
    options?: { readonly mode?: number },
  ): Promise<void>;
  /** Names in the folder, sorted. */
  list(path: string): Promise<string[]>;
  exists(path: string): Promise<boolean>;
  makeDirectory(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a whole folder; an absent path is no error. */
  remove(path: string): Promise<void>;
  syncDirectory(path: string): Promise<void>;
  /** Bytes free for an unprivileged writer. */
  freeBytes(path: string): Promise<number>;
}

export interface DiskFile {
  readonly path: string;
  size(): Promise<number>;
  /** Reads up to `length` bytes at `position`; fewer only at the end of the file. */
  read(position: number, length: number): Promise<Uint8Array>;
  /** Writes all of `parts` end to end at `position`. */
  write(position: number, parts: readonly Uint8Array[]): Promise<void>;
  truncate(size: number): Promise<void>;
  /** fdatasync: after it resolves, everything written before the call survives a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export type DiskErrorCode = 'notFound' | 'noSpace' | 'readOnly' | 'permission' | 'notDirectory' | 'io';

export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly code: DiskErrorCode;
  readonly path: string;
  constructor(code: DiskErrorCode, path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.path = path;
  }
}

/* ---------------------------------------------------------------- processes */

export type Signal =
  | 'SIGTERM'
  | 'SIGKILL'
  | 'SIGINT'
  | 'SIGSTOP'
  | 'SIGCONT'
  | 'SIGHUP'
  | 'SIGUSR1'
  | 'SIGUSR2';

export interface SpawnOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** The child's whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** File that stdout and stderr are appended to; absent: both are discarded. */
  readonly outputPath?: string;
  /** A session and process group of its own; survives the parent. kill() then reaches the whole group. */
  readonly detached?: boolean;
}

export interface ExitStatus {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

export interface ChildProcess {
  readonly pid: number;
  readonly exited: Promise<ExitStatus>;
  kill(signal: Signal): void;
}

/** A command that somebody talks to while it runs: `kubectl exec`. */
export interface InteractiveOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** The child's whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** Runs at a terminal of its own (a pty); what it prints, errors too, comes as stdout. */
  readonly terminal?: boolean;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/**
 * A child with pipes or a terminal. Who reads its output slowly makes it wait: what is read ahead of the reader is
 * bounded by the pipes (64 KiB each here and in the kernel).
 */
export interface InteractiveProcess {
  readonly pid: number;
  /** When the command itself ended; what it printed may still be unread. A terminal's command that a signal ended has 128 + signal. */
  readonly exited: Promise<ExitStatus>;
  /** May be read once. Ends when every process that holds the pipe has ended, or with release(). */
  readonly stdout: AsyncIterable<Uint8Array>;
  readonly stderr: AsyncIterable<Uint8Array>;
  /** Resolves when the child's pipe took it, or when nobody is left to read it. */
  write(data: Uint8Array): Promise<void>;
  endInput(): void;
  /** Does nothing without a terminal. */
  resize(size: TerminalSize): Promise<void>;
  /** Reaches its whole process group. */
  kill(signal: Signal): void;
  /** Closes this side of every stream: what still runs writes to nobody. Idempotent. */
  release(): void;
}

/** What tells a process from a later one with the same pid. */
export interface ProcessReference {
  readonly pid: number;
  /** Opaque; equal only for the same process (on Linux: start time in ticks since boot, and the boot id). */
  readonly startToken: string;
}

export interface Processes {
  /** Rejects when the command cannot be started (absent, not executable). */
  spawn(options: SpawnOptions): Promise<ChildProcess>;
  /** As spawn, with streams to talk to it. It has a session of its own; it does not outlive what reads it for long. */
  interactive(options: InteractiveOptions): Promise<InteractiveProcess>;
  /**
   * Runs to the end and gathers output, cut at `outputBytesMax` each. Kills the child's group on timeout or
   * abort.
   */
  run(
    options: SpawnOptions & {
      readonly timeoutMs: number;
      readonly outputBytesMax: number;
      readonly stdin?: Uint8Array;
      readonly signal?: AbortSignal;
    },
  ): Promise<
    ExitStatus & { readonly stdout: Uint8Array; readonly stderr: Uint8Array; readonly timedOut: boolean }
  >;
  /** A reference to hold on to over restarts; undefined when there is no such process. */
  reference(pid: number): Promise<ProcessReference | undefined>;
  /** Whether that very process (not a later one with its pid) still runs; zombies count as gone. */
  isAlive(process: ProcessReference): Promise<boolean>;
  /** Signals that very process, or with `group` its whole process group; false when it was gone. */
  signal(process: ProcessReference, signal: Signal, options?: { readonly group?: boolean }): Promise<boolean>;
}
