const own = new Set(['level', 'time', 'component', 'instance', 'traceId', 'msg', 'error']);
const marks: Readonly<Record<string, { readonly mark: string; readonly colour: number }>> = {
  debug: { mark: 'D', colour: 90 },
  info: { mark: 'I', colour: 32 },
  warn: { mark: 'W', colour: 33 },
  error: { mark: 'E', colour: 31 },
};

/**
 * A line of log for the eyes of people: `10:04:05.678 I etcd-raft-0  raft state  role=leader term=3  trace=0af76519`.
 * What is no line of ours comes out as it is. An error's stack follows on lines of its own.
 */
export function formatLogLine(line: string, options: { readonly colour: boolean }): string {
  const fields = parse(line);
  if (fields === undefined) return line.trimEnd();
  const paint = (colour: number, text: string) =>
    options.colour ? `\u001b[${colour}m${text}\u001b[0m` : text;
  const { mark, colour } = marks[String(fields.level)] ?? { mark: '?', colour: 0 };
  const time = String(fields.time).slice(11, 23);
  const rest = Object.entries(fields)
    .filter(([name]) => !own.has(name))
    .map(([name, value]) => `${paint(90, `${name}=`)}${shown(value)}`);
  const trace =
    fields.traceId === undefined ? [] : [paint(90, `trace=${String(fields.traceId).slice(0, 8)}`)];
  const who = String(fields.instance).padEnd(20);
  const parts = [
    paint(90, time),
    paint(colour, mark),
    paint(36, who),
    String(fields.msg ?? ''),
    ...rest,
    ...trace,
  ];
  return [parts.join(' '), ...errorLines(fields.error)].join('\n');
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isLog = typeof value === 'object' && value !== null && 'instance' in value && 'level' in value;
    return isLog ? { ...value } : undefined;
  } catch {
    return undefined; // Not JSON: something else wrote to the same output.
  }
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text !== undefined && /^[^\s"]+$/.test(text) ? text : JSON.stringify(value);
}

function errorLines(error: unknown): string[] {
  if (error === undefined) return [];
  const stack: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'stack') : undefined;
  const text = typeof stack === 'string' ? stack : shown(error);
  return text.split('\n').map((one) => `    ${one.trim()}`);
}
