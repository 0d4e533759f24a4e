import { parseArgs } from 'node:util';
import type { Address } from '@kubelab/world';

/** A flag's kind decides how its text is read and what start() receives. */
export type FlagKind =
  | 'string'
  | 'path'
  | 'address'
  | 'addresses'
  | 'members'
  | 'int'
  | 'boolean'
  | 'cidr'
  | 'list';

export interface FlagSpec {
  readonly kind: FlagKind;
  readonly description: string;
  /** As it would be typed; a flag without a default is required. Booleans default to false. */
  readonly default?: string;
}

interface FlagValues {
  string: string;
  path: string;
  address: Address;
  addresses: readonly Address[];
  /** `etcd-raft-0=HOST:PORT,...` */
  members: Readonly<Record<string, Address>>;
  int: number;
  boolean: boolean;
  cidr: string;
  list: readonly string[];
}

export type Flags<S extends Readonly<Record<string, FlagSpec>>> = {
  readonly [N in keyof S]: FlagValues[S[N]['kind']];
};

/** The command line is wrong: said in one line, exit code 2. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

/** Reads a command line by its table of flags. Throws FlagError that names the flag and what it wants. */
export function parseFlags<S extends Readonly<Record<string, FlagSpec>>>(
  specs: S,
  args: readonly string[],
): Flags<S> {
  const given = split(specs, args);
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const text = given[name] ?? spec.default ?? (spec.kind === 'boolean' ? 'false' : undefined);
    if (text === undefined) throw new FlagError(`--${name} is required: ${spec.description}`);
    values[name] = read(name, spec.kind, text);
  }
  if (!isComplete(specs, values)) throw new FlagError('a flag is missing');
  return values;
}

function isComplete<S extends Readonly<Record<string, FlagSpec>>>(
  specs: S,
  values: object,
): values is Flags<S> {
  return Object.keys(specs).every((name) => name in values);
}

function split(specs: Readonly<Record<string, FlagSpec>>, args: readonly string[]): Record<string, string> {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      { type: spec.kind === 'boolean' ? 'boolean' : 'string' } as const,
    ]),
  );
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  } catch (error) {
    throw new FlagError(error instanceof Error ? error.message : String(error));
  }
}

function read(name: string, kind: FlagKind, text: string): FlagValues[FlagKind] {
  switch (kind) {
    case 'string':
    case 'path':
      return text;
    case 'boolean':
      return text === 'true';
    case 'int':
      if (!/^-?\d+$/.test(text)) throw new FlagError(`--${name} wants a whole number, not '${text}'`);
      return Number(text);
    case 'address':
      return address(name, text);
    case 'addresses':
      return text === '' ? [] : text.split(',').map((one) => address(name, one));
    case 'members':
      return Object.fromEntries(text.split(',').map((one) => member(name, one)));
    case 'cidr':
      if (!/^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/.test(text))
        throw new FlagError(`--${name} wants a CIDR like 10.96.0.0/16, not '${text}'`);
      return text;
    case 'list':
      return text === '' ? [] : text.split(',');
    default:
      return kind satisfies never;
  }
}

function address(name: string, text: string): Address {
  const match = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(text);
  const [, host, port] = match ?? [];
  if (host === undefined || Number(port) > 65_535)
    throw new FlagError(`--${name} wants HOST:PORT, not '${text}'`);
  return { host, port: Number(port) };
}

function member(name: string, text: string): [string, Address] {
  const at = text.indexOf('=');
  if (at < 1) throw new FlagError(`--${name} wants NAME=HOST:PORT,..., not '${text}'`);
  return [text.slice(0, at), address(name, text.slice(at + 1))];
}

/** What --help prints. */
export function helpText(
  command: string,
  about: string,
  specs: Readonly<Record<string, FlagSpec>>,
  example: string,
): string {
  const width = Math.max(...Object.keys(specs).map((name) => name.length));
  const lines = Object.entries(specs).map(([name, spec]) => {
    const fallback =
      spec.default === undefined
        ? spec.kind === 'boolean'
          ? ''
          : ' (required)'
        : ` (default ${spec.default || 'none'})`;
    return `  --${name.padEnd(width)}  ${spec.description}${fallback}`;
  });
  return [
    about,
    '',
    `Usage: ${command} [FLAGS]`,
    '',
    ...lines,
    '',
    'Example:',
    `  ${command} ${example}`,
    '',
  ].join('\n');
}
