import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandHost } from '../command-host.js';
import { trace } from './trace.js';
import { traceApply } from './trace-apply.js';
import { traceObject } from './trace-object.js';

interface TraceOptions {
  readonly follow: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly kind?: string;
  readonly limit?: number;
  readonly namespace: string;
  readonly all: boolean;
  readonly output: 'text' | 'json';
}

interface ApplyOptions {
  readonly filename: string;
  readonly timeout: number;
  readonly namespace: string;
  readonly all: boolean;
  readonly output: 'text' | 'json';
}

/** `kubelab trace`: messages as they pass, what one apply set off, and how an object came to be as it is. */
export function addTrace(
  program: Command,
  host: CommandHost,
  data: () => string,
  withCode: (work: Promise<number>) => Promise<void>,
): void {
  const command = program
    .command('trace')
    .description('what components say to each other; with KIND/NAME, how that object came to be as it is')
    .argument('[object]', 'deployment/web: its revisions, who made them, and what followed')
    .option('-f, --follow', 'go on with what comes', false)
    .option('--from <component>', 'only what this one sends (a name or a kind: etcd-raft-0, etcd-raft)')
    .option('--to <component>', 'only what is sent to this one')
    .option('--kind <text>', 'only kinds that hold the text: AppendEntries, store.txn, MODIFIED')
    .option('--limit <n>', 'end after so many messages', wholeNumber)
    .option('-n, --namespace <name>', 'of the object', 'default')
    .option('--all', 'of an object: every span', false)
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      `\nExamples:\n${[
        'kubelab trace --follow --from scheduler',
        'kubelab trace -f --kind AppendEntries -o json',
        'kubelab trace apply -f examples/echo.yaml',
        'kubelab trace deployment/echo',
      ]
        .map((line) => `  ${line}`)
        .join('\n')}`,
    )
    .action((object: string | undefined, options: TraceOptions) =>
      object === undefined
        ? trace(host, data(), options)
        : withCode(traceObject(host, data(), { object, ...options })),
    );
  command
    .command('apply')
    .description('apply manifests, wait until they are ready and serve, and print what every component did')
    .requiredOption('-f, --filename <file>', 'manifests; - is standard input')
    .option('--timeout <seconds>', 'how long to wait', wholeNumber, 60)
    .option('-n, --namespace <name>', 'of manifests that name none', 'default')
    .option('--all', 'every span: Raft, admission, Events, and what led to nothing too', false)
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'))
    .action(({ filename, timeout, namespace, output, all }: ApplyOptions) => {
      return withCode(
        traceApply(host, data(), { file: filename, timeoutMs: timeout * 1_000, namespace, output, all }),
      );
    });
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is needed.');
  return Number(text);
}
