#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTelemetry, silentTelemetry } from '@kubelab/telemetry';
import { createLinks } from '@kubelab/wire';
import { createRealWorld, DiskError, NetworkError } from '@kubelab/world';
import type { CommandHost } from './command-host.js';
import { UsageError } from './output.js';
import { createProgram } from './program.js';

const entry = fileURLToPath(import.meta.url);
const root = resolve(dirname(entry), '../../..');
const world = createRealWorld({ host: 'kubelab' });

function interruptible(): CommandHost['onInterrupt'] {
  const handlers: (() => Promise<void>)[] = [];
  let interrupted = false;
  const interrupt = async () => {
    if (interrupted) process.exit(130);
    interrupted = true;
    await Promise.all(handlers.map((handler) => handler()));
  };
  return (handler) => {
    if (handlers.length === 0) {
      process.on('SIGINT', () => void interrupt());
      process.on('SIGTERM', () => void interrupt());
    }
    handlers.push(handler);
  };
}

/** More than this on standard input is hardly a manifest. */
const manifestBytesMax = 16 * 2 ** 20;

async function readStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    size += bytes.byteLength;
    if (size > manifestBytesMax)
      throw new UsageError(`standard input is larger than ${manifestBytesMax} bytes: apply it in parts`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

const host: CommandHost = {
  world,
  terminal: {
    print: (line) => void process.stdout.write(`${line}\n`),
    write: (bytes) => void process.stdout.write(bytes),
    progress: (line) => void process.stderr.write(`${line}\n`),
    colour: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
  },
  node: process.execPath,
  root,
  cliEntry: entry,
  pid: process.pid,
  // npm runs scripts at the project's root and keeps where the person was in INIT_CWD.
  resolvePath: (path) => resolve(process.env.INIT_CWD ?? process.cwd(), path),
  env: process.env,
  childEnv: {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: process.env.HOME ?? '/',
    LANG: process.env.LANG ?? 'C.UTF-8',
    ...(process.env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
      ? {}
      : { OTEL_EXPORTER_OTLP_ENDPOINT: process.env.OTEL_EXPORTER_OTLP_ENDPOINT }),
  },
  wireContext: (name, logPath) => {
    const identity = { component: 'cli', instance: name, world };
    const telemetry =
      logPath === undefined ? silentTelemetry(world, 'cli', name) : createTelemetry({ ...identity, logPath });
    return { world, telemetry, links: createLinks() };
  },
  readStdin,
  onInterrupt: interruptible(),
  runForeground: (command, args, env) =>
    new Promise((done, failed) => {
      const child = spawn(command, args, { env, stdio: 'inherit' });
      child.on('error', failed);
      child.on('exit', (code, signal) => done(signal === null ? (code ?? 1) : 130));
    }),
};

// A reader that went away (`kubelab trace | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  // A cluster started in the background is a child that nobody waits for.
  const code = await createProgram(host, (early) => process.exit(early)).run(process.argv.slice(2));
  // A pipe takes what was written later than it was written: long answers would be cut off.
  await new Promise<void>((flushed) => void process.stdout.write('', () => flushed()));
  process.exit(code);
} catch (error) {
  if (!(error instanceof UsageError || error instanceof DiskError || error instanceof NetworkError))
    throw error;
  process.stderr.write(`kubelab: ${error.message}\n`);
  process.exit(error instanceof UsageError ? error.exitCode : 1);
}
