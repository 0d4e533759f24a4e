import { loadTls } from '@kubelab/pki/load';
import {
  createTelemetry,
  exportSpans,
  formatLogLine,
  type LogLevel,
  type Telemetry,
} from '@kubelab/telemetry';
import { createLinks } from '@kubelab/wire';
import { createRealWorld, type World } from '@kubelab/world';
import type { ComponentConfig, RunningComponent } from './contract.js';
import { debugService } from './debug-service.js';
import { FlagError, type FlagSpec, type Flags, helpText, parseFlags } from './flags.js';

const stopGraceMs = 5_000;
const parentCheckMs = 1_000;
const logLevels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

/** Flags that every component has. */
export const commonFlags = {
  name: { kind: 'string', description: "this instance's name, as in its certificate's file name" },
  listen: { kind: 'address', description: 'where it serves other components and operators' },
  'ca-file': { kind: 'path', description: "the cluster's CA certificate" },
  'cert-file': { kind: 'path', description: "this instance's certificate" },
  'key-file': { kind: 'path', description: "this instance's key" },
  'log-level': { kind: 'string', description: `one of ${logLevels.join(', ')}`, default: 'info' },
  'log-file': {
    kind: 'path',
    description: 'append JSON lines here instead of to standard output',
    default: '',
  },
  'tracing-sampling-rate-per-million': {
    kind: 'int',
    description: 'of the traces that begin here, how many are kept; a sampled caller is always followed',
    default: '10000',
  },
  'exit-with-parent': { kind: 'boolean', description: 'end when the process that started it is gone' },
} as const satisfies Readonly<Record<string, FlagSpec>>;

export interface ComponentDefinition<S extends Readonly<Record<string, FlagSpec>>> {
  /** `scheduler`; also the folder under services/. */
  readonly component: string;
  /** One line for --help. */
  readonly about: string;
  readonly flags: S;
  /** The part of an example command line that is this component's own. */
  readonly example: string;
  readonly start: (world: World, config: ComponentConfig, flags: Flags<S>) => Promise<RunningComponent>;
}

/**
 * A component's whole main(): flags, logs, certificates, signals, and one clear line when it cannot start.
 */
export async function runComponent<S extends Readonly<Record<string, FlagSpec>>>(
  definition: ComponentDefinition<S>,
): Promise<void> {
  const args = process.argv.slice(2);
  const command = `node services/${definition.component}/dist/src/main.js`;
  const specs = { ...commonFlags, ...definition.flags };
  if (args.includes('--help')) {
    const example = `--name X-0 --listen 127.0.0.1:7000 --ca-file ca.crt --cert-file X-0.crt --key-file X-0.key ${definition.example}`;
    process.stdout.write(helpText(command, definition.about, specs, example));
    return;
  }
  try {
    const common = parseFlags(commonFlags, ownArgs(args, specs, commonFlags));
    const flags = parseFlags(definition.flags, ownArgs(args, specs, definition.flags));
    await run(definition, common, flags);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    process.stderr.write(`${definition.component}: ${error.message} (see --help)\n`);
    process.exit(2);
  }
}

/** The arguments that belong to `wanted`, once all are known to belong to somebody. */
function ownArgs(
  args: readonly string[],
  all: Readonly<Record<string, FlagSpec>>,
  wanted: Readonly<Record<string, FlagSpec>>,
): string[] {
  const own: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    const [flag = '', inline] = argument.split(/=(.*)/s, 2);
    const name = flag.replace(/^--/, '');
    const spec = all[name];
    if (!flag.startsWith('--') || spec === undefined) throw new FlagError(`unknown argument '${argument}'`);
    const takesNext = inline === undefined && spec.kind !== 'boolean';
    const parts = takesNext ? [argument, args[index + 1] ?? ''] : [argument];
    if (takesNext && args[index + 1] === undefined) throw new FlagError(`--${name} wants a value`);
    if (name in wanted) own.push(...parts);
    if (takesNext) index += 1;
  }
  return own;
}

const terminal = {
  write: (line: string) => void process.stdout.write(`${formatLogLine(line, { colour: true })}\n`),
};

async function run<S extends Readonly<Record<string, FlagSpec>>>(
  definition: ComponentDefinition<S>,
  common: Flags<typeof commonFlags>,
  flags: Flags<S>,
): Promise<void> {
  const world = createRealWorld({ host: common.name });
  const level = logLevels.find((known) => known === common['log-level']);
  if (level === undefined)
    throw new FlagError(`--log-level is one of ${logLevels.join(', ')}, not '${common['log-level']}'`);
  const logPath = common['log-file'] === '' ? undefined : common['log-file'];
  const telemetry = createTelemetry({
    component: definition.component,
    instance: common.name,
    world,
    level,
    logPath,
    samplingRatio: common['tracing-sampling-rate-per-million'] / 1e6,
    destination: logPath === undefined && process.stdout.isTTY ? terminal : undefined,
  });
  dieLoudly(telemetry);
  const exporter = exporterOf(telemetry);
  const links = createLinks();
  let running: RunningComponent | undefined;
  try {
    const tls = await loadTls(world, {
      caFile: common['ca-file'],
      certFile: common['cert-file'],
      keyFile: common['key-file'],
    });
    const debug = debugService({
      world,
      name: common.name,
      component: definition.component,
      telemetry,
      links,
      running: () => running,
      processInfo: () => ({ pid: process.pid, memoryBytes: process.memoryUsage.rss() }),
    });
    running = await definition.start(
      world,
      { name: common.name, listen: common.listen, tls, telemetry, links, debug },
      flags,
    );
  } catch (error) {
    cannotStart(definition.component, common.name, telemetry, error, level === 'debug');
    return;
  }
  telemetry.log.info(
    { address: `${running.address.host}:${running.address.port}`, pid: process.pid },
    'serving',
  );
  stopOnSignals(telemetry, running, exporter);
  if (common['exit-with-parent']) stopWithParent();
}

function cannotStart(
  component: string,
  name: string,
  telemetry: Telemetry,
  error: unknown,
  withStack: boolean,
): void {
  const message = error instanceof Error ? error.message : String(error);
  telemetry.log.error({ error }, 'cannot start');
  process.stderr.write(`${component} ${name} cannot start: ${message}\n`);
  if (withStack && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}

/** A broken invariant ends the process: what it would do next nobody knows. The supervisor starts it anew. */
function dieLoudly(telemetry: Telemetry): void {
  const die = (what: string) => (error: unknown) => {
    telemetry.log.error({ error }, what);
    process.stderr.write(
      `${telemetry.instance}: ${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(1);
  };
  process.on('uncaughtException', die('uncaught exception'));
  process.on('unhandledRejection', die('unhandled rejection'));
}

/** OpenTelemetry's own variable says where spans go beside the built-in collector. */
function exporterOf({ tracer, log }: Telemetry): { stop(): Promise<void> } | undefined {
  const endpoint = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? '';
  return endpoint === '' ? undefined : exportSpans({ endpoint, tracer, log });
}

function stopOnSignals(
  telemetry: Telemetry,
  running: RunningComponent,
  exporter: { stop(): Promise<void> } | undefined,
): void {
  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    telemetry.log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), stopGraceMs).unref();
    await running.stop();
    await exporter?.stop();
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
}

/** A supervisor that was killed takes its components along: no process is left behind. */
function stopWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, parentCheckMs).unref();
}
