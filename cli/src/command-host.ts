import type { WireContext } from '@kubelab/wire';
import type { World } from '@kubelab/world';
import type { Terminal } from './output.js';

/** What main.ts knows of this process and hands to the commands. */
export interface CommandHost {
  readonly world: World;
  readonly terminal: Terminal;
  /** The Node.js executable. */
  readonly node: string;
  /** The project's root. */
  readonly root: string;
  readonly cliEntry: string;
  readonly pid: number;
  /** A path as the person typed it, made absolute against where they are. */
  resolvePath(path: string): string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Environment for components and pods' supervisors: what they need, nothing more. */
  readonly childEnv: Readonly<Record<string, string>>;
  /** A wire identity for this command; logs to the file, or nowhere. */
  wireContext(name: string, logPath?: string): WireContext;
  /** Called (once) on the first SIGINT or SIGTERM; a second one ends the process at once. */
  onInterrupt(handler: () => Promise<void>): void;
  /** All of standard input, bounded (16 MiB). */
  readStdin(): Promise<Uint8Array>;
  /** Runs a command on this terminal and gives its exit code. */
  runForeground(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<number>;
}
