import type { World } from '@kubelab/world';
import { destination, type Logger as PinoLogger, pino } from 'pino';
import type { LogFields, Logger, Telemetry } from './contract.js';
import { createMessageCollector } from './message-collector.js';
import { traceIdOf } from './trace-context.js';
import { createTracer } from './tracer.js';

const causesMax = 8;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface TelemetryOptions {
  readonly component: string;
  readonly instance: string;
  readonly world: Pick<World, 'clock' | 'random'>;
  /** Of the traces that begin here, the share that is kept. Default 0.01. */
  readonly samplingRatio?: number | undefined;
  readonly level?: LogLevel | undefined;
  /** File to append lines to; absent: standard output. */
  readonly logPath?: string | undefined;
  /** Takes the lines instead of a file or standard output. */
  readonly destination?: { write(line: string): void } | undefined;
}

/** One component's logs (a JSON object a line) and its collector of messages. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { component, instance, world } = options;
  // Synchronous writes: the last lines before a crash are the ones that people want.
  const sink = options.destination ?? destination({ dest: options.logPath ?? 1, sync: true, mkdir: true });
  const logger = pino(
    {
      level: options.level ?? 'info',
      base: { component, instance },
      timestamp: () => `,"time":"${new Date(world.clock.nowMs()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    sink,
  );
  const tracer = createTracer(options);
  return { component, instance, log: wrap(logger), messages: createMessageCollector(), tracer };
}

/** Keeps nothing: for tests and for commands that only look. */
export function silentTelemetry(
  world: Pick<World, 'clock' | 'random'>,
  component: string,
  instance: string,
): Telemetry {
  return createTelemetry({
    component,
    instance,
    world,
    level: 'silent',
    destination: { write: () => undefined },
  });
}

function wrap(logger: PinoLogger): Logger {
  return {
    debug: (fields, message) => logger.isLevelEnabled('debug') && logger.debug(plain(fields), message),
    info: (fields, message) => logger.isLevelEnabled('info') && logger.info(plain(fields), message),
    warn: (fields, message) => logger.isLevelEnabled('warn') && logger.warn(plain(fields), message),
    error: (fields, message) => logger.isLevelEnabled('error') && logger.error(plain(fields), message),
    child: (fields) => wrap(logger.child(plain(fields))),
  };
}

function plain(fields: LogFields): Record<string, unknown> {
  const { trace, error, ...rest } = fields;
  const traceId = traceIdOf(trace);
  return {
    ...rest,
    ...(traceId === undefined ? {} : { traceId }),
    ...(error === undefined ? {} : { error: describeError(error) }),
  };
}

/** Message, code and stack, down the chain of causes, which may be a ring. */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return String(error);
  const code: unknown = Reflect.get(error, 'code');
  return {
    name: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    stack: error.stack,
    ...(error.cause === undefined || depth >= causesMax
      ? {}
      : { cause: describeError(error.cause, depth + 1) }),
  };
}
