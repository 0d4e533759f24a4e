import type { ComponentStatus } from './supervisor/contract.js';

/**
 * The terminal as commands see it: stdout for results, stderr for progress, colour only where a person looks.
 */
export interface Terminal {
  /** A line of the command's result. */
  print(line: string): void;
  /** Raw bytes of the result, as they are (logs). */
  write(bytes: Uint8Array): void;
  /** A line for the person who waits. */
  progress(line: string): void;
  readonly colour: boolean;
}

/** An error that is the person's to mend: printed as one line, without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode: number;
  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';
const codes: Readonly<Record<Style, string>> = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33' };

export function styled(terminal: Terminal, style: Style, text: string): string {
  return terminal.colour ? `\u001b[${codes[style]}m${text}\u001b[0m` : text;
}

/** Columns as wide as their widest cell, three spaces apart, as kubectl prints. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('   '),
  );
}

const stateStyles: Readonly<Record<ComponentStatus['state'], Style>> = {
  running: 'green',
  starting: 'yellow',
  restarting: 'yellow',
  paused: 'yellow',
  unresponsive: 'red',
  stopped: 'red',
};

export function statusTable(terminal: Terminal, components: readonly ComponentStatus[]): string[] {
  const header = ['NAME', 'STATE', 'ROLE', 'PID', 'ADDRESS', 'RESTARTS', 'MEMORY'];
  const rows = components.map((component) => [
    component.name,
    component.state,
    component.role === '' ? '-' : component.role,
    component.pid === null ? '-' : String(component.pid),
    component.address,
    String(component.restarts),
    component.memoryBytes === null ? '-' : `${Math.round(component.memoryBytes / 2 ** 20)} MiB`,
  ]);
  const [head = '', ...lines] = columns([header, ...rows]);
  const painted = lines.map((line, index) => {
    const state = components[index]?.state;
    return state === undefined ? line : line.replace(state, styled(terminal, stateStyles[state], state));
  });
  return [styled(terminal, 'bold', head), ...painted];
}
