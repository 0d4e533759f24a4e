/**
 * A command line that runs a command at a terminal of its own. util-linux's `script` (part of every
 * Debian's base system) makes the pty, so that no native module is compiled for each Node.js: it
 * copies its own stdin and stdout to and from the terminal, byte by byte, and ends with the command's
 * exit code. Before the command begins, one line `PID TERMINAL` is written to `report` (a path, or an
 * open descriptor), for signals and resizing (`resizeCommand`).
 */
export function terminalCommand(
  argv: readonly string[],
  options: { readonly report: string | number; readonly shell: string | undefined },
): readonly string[] {
  const shell = options.shell === undefined ? 'unset SHELL' : `export SHELL=${quoted(options.shell)}`;
  const onDescriptor = typeof options.report === 'number';
  const target = onDescriptor ? `&${options.report}` : quoted(options.report);
  const close = onDescriptor ? `exec ${options.report}>&-; ` : '';
  const line = `echo "$$ $(tty)" >${target}; ${close}${shell}; exec ${argv.map(quoted).join(' ')}`;
  // `script` runs the line with $SHELL: that one must be a POSIX shell, whatever the command is told.
  return ['env', 'SHELL=/bin/sh', 'script', '-q', '-e', '-f', '-E', 'always', '-c', line, '/dev/null'];
}

/** The kernel tells the terminal's foreground processes (SIGWINCH). */
export function resizeCommand(
  terminal: string,
  size: { readonly columns: number; readonly rows: number },
): readonly string[] {
  return ['stty', '-F', terminal, 'rows', String(size.rows), 'cols', String(size.columns)];
}

/** What terminalCommand reported; undefined when it is not whole yet. */
export function terminalReport(
  text: string,
): { readonly pid: number; readonly terminal: string } | undefined {
  const [, pid = '', terminal = ''] = /^(\d+) (\/dev\/\S+)\n/.exec(text) ?? [];
  return terminal === '' ? undefined : { pid: Number(pid), terminal };
}

/** One word of a POSIX shell, whatever is in it. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
