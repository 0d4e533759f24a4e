/**
 * kubectl transcripts: what a person types at a shell, and what a Kubernetes cluster prints, as text.
 *
 *     ## a word on what follows
 *     $ kubectl create namespace demo          typed into bash; stdout and stderr as a terminal shows them
 *     namespace/demo created
 *     $ kubectl apply -f - <<END               a command of several lines: the others begin with `> `
 *     > kind: ...
 *     $~ kubectl get pods                      asked again until it prints this (for 40 s)
 *     $[1.30+] ... $[-1.29] ...                only with a kubectl of these versions
 *     [1]                                      the exit code, where it isn't 0, follows the output
 *     ...                                      any number of lines, of which none may be empty handed: also none
 *
 * Inside of a line: `<age>`, `<ip>`, `<uid>`, `<hash>` (of a pod template or a generated name), `<time>`, `<n>`
 * (a number) and `<*>` (anything) stand for what differs from run to run; `<ns>` is the transcript's namespace.
 * Runs of two and more blanks inside of a line count as one separation: the width of columns follows from ages.
 */
export interface Step {
  readonly line: number;
  readonly command: string;
  readonly expected: readonly string[];
  /** Repeated until it prints what is expected. */
  readonly eventually: boolean;
  readonly versions: { readonly from: number; readonly to: number };
}

const placeholders: Readonly<Record<string, string>> = {
  age: String.raw`(?:<invalid>|(?:\d+[smhdy]){1,2})`,
  ip: String.raw`\d+\.\d+\.\d+\.\d+`,
  uid: '[0-9a-f]{8}-[0-9a-f-]{27}',
  hash: '[a-z0-9]+(?:-[a-z0-9]+)?',
  time: String.raw`(?:\d{4}-\d\d-\d\dT[0-9:.]+Z|\w{3}, \d\d \w{3} \d{4} [0-9:]+ [+-]\d{4})`,
  n: String.raw`\d+`,
  '*': '.*',
};

export function parseTranscript(text: string): Step[] {
  const steps: { -readonly [Key in keyof Step]: Step[Key] }[] = [];
  let expected: string[] = [];
  text.split('\n').forEach((line, index) => {
    const head = /^\$(~?)(?:\[([\d.]*)([+-]?)([\d.]*)\])? (.*)$/.exec(line);
    const last = steps.at(-1);
    if (head !== null) {
      const [, mark, first = '', sign = '', second = '', command = ''] = head;
      expected = [];
      steps.push({
        line: index + 1,
        command,
        expected,
        eventually: mark === '~',
        versions: versionRange({ first, sign, second }),
      });
    } else if (last !== undefined && expected.length === 0 && /^>( |$)/.test(line)) {
      last.command += `\n${line.slice(2)}`;
    } else if (last !== undefined && !/^##( |$)/.test(line)) expected.push(line);
  });
  return steps.map((step) => ({ ...step, expected: trimmed(step.expected) }));
}

/** `1.30+`, `-1.29`, `1.28-1.30`, `1.31`: the minor versions from and to. */
function versionRange({ first, sign, second }: Record<'first' | 'sign' | 'second', string>) {
  const minor = (version: string) => Number(version.split('.')[1]);
  const from = first === '' ? 0 : minor(first);
  if (sign === '') return { from, to: first === '' ? Number.POSITIVE_INFINITY : from };
  return { from, to: second === '' ? Number.POSITIVE_INFINITY : minor(second) };
}

function trimmed(lines: readonly string[]): string[] {
  let end = lines.length;
  while (end > 0 && lines[end - 1]?.trim() === '') end -= 1;
  return lines.slice(0, end);
}

/** What was printed, with the exit code, as the lines that a transcript has. */
export function printedLines(output: string, code: number): string[] {
  const lines = trimmed(output.split('\n').map((line) => line.trimEnd()));
  return code === 0 ? lines : [...lines, `[${code}]`];
}

/** The first line of what was printed that is not as expected, or undefined if all is. */
export function mismatch(
  expected: readonly string[],
  printed: readonly string[],
  namespace: string,
): string | undefined {
  const pattern = expected.map((line) => (line.trim() === '...' ? '...' : linePattern(line, namespace)));
  if (matches(pattern, printed, 0, 0)) return undefined;
  // For the message only: how far the lines agree before the first `...`.
  const differs = pattern.findIndex((one, index) => one === '...' || !fits(one, printed[index]));
  return `line ${differs + 1}: expected ${expected[differs] ?? 'no more'}, printed ${printed[differs] ?? 'no more'}`;
}

type LinePattern = RegExp | '...';

function fits(pattern: RegExp, line: string | undefined): boolean {
  return line !== undefined && pattern.test(squeezed(line));
}

function matches(
  pattern: readonly LinePattern[],
  printed: readonly string[],
  at: number,
  from: number,
): boolean {
  const one = pattern[at];
  if (one === undefined) return from === printed.length;
  if (one !== '...') return fits(one, printed[from]) && matches(pattern, printed, at + 1, from + 1);
  for (let next = from; next <= printed.length; next += 1)
    if (matches(pattern, printed, at + 1, next)) return true;
  return false;
}

function squeezed(line: string): string {
  return line.trimEnd().replace(/(?<=\S) {2,}/g, '  ');
}

function linePattern(line: string, namespace: string): RegExp {
  const source = squeezed(line.replaceAll('<ns>', namespace))
    .replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replace(
      /<(age|ip|uid|hash|time|n|\\\*)>/g,
      (_, name: string) => placeholders[name.replace('\\', '')] ?? '',
    );
  return new RegExp(`^${source}$`);
}
