import { compareQuantities, compilePattern, parseQuantity, quantityValue } from '@kubelab/api';
import type { Environment } from '@marcbachmann/cel-js';
import type { Meter } from './meter.js';
import { registerNetwork } from './network.js';

/** A text that a function makes may be no longer. */
const textLengthMax = 1_000_000;

/**
 * Kubernetes' CEL libraries (https://kubernetes.io/docs/reference/using-api/cel/#cel-options-language-features-and-libraries)
 * beside what the evaluator brings: strings, lists, sets, regex, quantity, URL, IP, CIDR, format.
 */
export function registerLibrary(environment: Environment, meter: Meter): void {
  registerStrings(environment, meter);
  registerLists(environment, meter);
  registerSets(environment, meter);
  registerQuantity(environment);
  registerNetwork(environment);
}

function registerStrings(environment: Environment, meter: Meter): void {
  const read = (text: string) => {
    meter.charge(1 + text.length / 10);
    return text;
  };
  const made = (text: string) => {
    if (text.length > textLengthMax) throw new Error(`a text of more than ${textLengthMax} characters`);
    return read(text);
  };
  const replace = (text: string, from: string, to: string, count: number) => {
    const parts = read(text).split(from);
    const times = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1);
    if (text.length + times * (to.length - from.length) > textLengthMax) made('x'.repeat(textLengthMax + 1));
    const head = parts.slice(0, times + 1).join(to);
    return made([head, ...parts.slice(times + 1)].join(from));
  };
  environment
    .registerFunction('string.matchesRe2(string): bool', (text: string, pattern: string) =>
      compilePattern(pattern).test(read(text)),
    )
    .registerFunction('matchesRe2(string, string): bool', (text: string, pattern: string) =>
      compilePattern(pattern).test(read(text)),
    )
    .registerFunction('string.charAt(int): string', (text: string, at: bigint) => {
      const letters = [...read(text)];
      if (at < 0n || at > BigInt(letters.length)) throw new Error(`index out of range: ${at}`);
      return letters[Number(at)] ?? '';
    })
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
      replace(text, from, to, -1),
    )
    .registerFunction(
      'string.replace(string, string, int): string',
      (text: string, from: string, to: string, count: bigint) => replace(text, from, to, Number(count)),
    )
    .registerFunction('string.reverse(): string', (text: string) => [...read(text)].reverse().join(''))
    .registerFunction('string.format(list): string', (text: string, values: unknown[]) =>
      made(format(text, values)),
    )
    .registerFunction(
      'string.find(string): string',
      (text: string, pattern: string) => firstMatch(read(text), pattern, 1)[0] ?? '',
    )
    .registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) =>
      firstMatch(read(text), pattern, -1),
    )
    .registerFunction(
      'string.findAll(string, int): list<string>',
      (text: string, pattern: string, max: bigint) => firstMatch(read(text), pattern, Number(max)),
    );
}

function firstMatch(text: string, pattern: string, max: number): string[] {
  return compilePattern(pattern).all(text, max);
}

/** `%s`, `%d`, `%f`, `%.2f`, `%x`, `%%` of cel-go's strings extension. */
function format(text: string, values: readonly unknown[]): string {
  let next = 0;
  return text.replace(
    /%(%|(?:\.(\d+))?([sdfexXob]))/g,
    (_whole, what: string, digits?: string, verb?: string) => {
      if (what === '%') return '%';
      if (next >= values.length) throw new Error(`index ${next} out of range`);
      const value = values[next];
      next += 1;
      switch (verb) {
        case 'f':
          return Number(value).toFixed(digits === undefined ? 6 : Number(digits));
        case 'e':
          return Number(value).toExponential(digits === undefined ? 6 : Number(digits));
        case 'x':
        case 'X': {
          const hex =
            typeof value === 'string' ? Buffer.from(value).toString('hex') : Number(value).toString(16);
          return verb === 'X' ? hex.toUpperCase() : hex;
        }
        case 'o':
          return Number(value).toString(8);
        case 'b':
          return typeof value === 'boolean' ? String(Number(value)) : Number(value).toString(2);
        default:
          return shown(value);
      }
    },
  );
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (value instanceof Map)
    return `{${[...value].map(([key, item]) => `${String(key)}: ${shown(item)}`).join(', ')}}`;
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z');
  return String(value);
}

type Ordered = string | number | bigint | boolean;

function registerLists(environment: Environment, meter: Meter): void {
  const read = <T>(list: readonly T[]) => {
    meter.charge(1 + list.length);
    return list;
  };
  const extreme = (list: readonly Ordered[], better: (a: Ordered, b: Ordered) => boolean, name: string) => {
    const [first] = read(list);
    if (first === undefined) throw new Error(`${name} called on empty list`);
    return list.reduce((best, one) => (better(one, best) ? one : best), first);
  };
  for (const type of ['int', 'double', 'string', 'bool', 'google.protobuf.Timestamp']) {
    environment
      .registerFunction(`list<${type}>.isSorted(): bool`, (list: Ordered[]) =>
        read(list).every((one, at) => at === 0 || (list[at - 1] ?? one) <= one),
      )
      .registerFunction(`list<${type}>.min(): ${type}`, (list: Ordered[]) =>
        extreme(list, (a, b) => a < b, 'min'),
      )
      .registerFunction(`list<${type}>.max(): ${type}`, (list: Ordered[]) =>
        extreme(list, (a, b) => a > b, 'max'),
      )
      .registerFunction(`list<${type}>.indexOf(${type}): int`, (list: Ordered[], value: Ordered) =>
        BigInt(read(list).indexOf(value)),
      )
      .registerFunction(`list<${type}>.lastIndexOf(${type}): int`, (list: Ordered[], value: Ordered) =>
        BigInt(read(list).lastIndexOf(value)),
      );
  }
  environment
    .registerFunction('list<int>.sum(): int', (list: bigint[]) =>
      read(list).reduce((sum, one) => sum + one, 0n),
    )
    .registerFunction('list<double>.sum(): double', (list: number[]) =>
      read(list).reduce((sum, one) => sum + one, 0),
    );
}

class SetsNamespace {}

function registerSets(environment: Environment, meter: Meter): void {
  const keysOf = (list: readonly unknown[]) => {
    meter.charge(1 + list.length);
    return new Set(list.map((item) => `${typeof item} ${shown(item)}`));
  };
  const holds = (a: readonly unknown[], b: readonly unknown[]) => {
    const all = keysOf(a);
    return [...keysOf(b)].every((key) => all.has(key));
  };
  environment
    .registerType('SetsNamespace', SetsNamespace)
    .registerConstant('sets', 'SetsNamespace', new SetsNamespace())
    .registerFunction('SetsNamespace.contains(list, list): bool', (_: unknown, a: unknown[], b: unknown[]) =>
      holds(a, b),
    )
    .registerFunction(
      'SetsNamespace.equivalent(list, list): bool',
      (_: unknown, a: unknown[], b: unknown[]) => holds(a, b) && holds(b, a),
    )
    .registerFunction(
      'SetsNamespace.intersects(list, list): bool',
      (_: unknown, a: unknown[], b: unknown[]) => {
        const all = keysOf(a);
        return [...keysOf(b)].some((key) => all.has(key));
      },
    );
}

class QuantityValue {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function registerQuantity(environment: Environment): void {
  const type = 'kubernetes.Quantity';
  const compare = (a: QuantityValue, b: QuantityValue) => compareQuantities(a.text, b.text);
  const from = (text: string) => {
    const quantity = parseQuantity(text);
    if (quantity === undefined)
      throw new Error(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      );
    return new QuantityValue(quantity.text);
  };
  const nanos = (value: QuantityValue) => parseQuantity(value.text)?.nanos ?? 0n;
  const billion = 1_000_000_000n;
  const sum = (value: bigint) => {
    const sign = value < 0n ? '-' : '';
    const size = value < 0n ? -value : value;
    return size % billion === 0n ? from(`${sign}${size / billion}`) : from(`${sign}${size}n`);
  };
  environment
    .registerType(type, QuantityValue)
    .registerFunction(`quantity(string): ${type}`, from)
    .registerFunction('isQuantity(string): bool', (text: string) => parseQuantity(text) !== undefined)
    .registerFunction(
      `${type}.isLessThan(${type}): bool`,
      (a: QuantityValue, b: QuantityValue) => compare(a, b) < 0,
    )
    .registerFunction(
      `${type}.isGreaterThan(${type}): bool`,
      (a: QuantityValue, b: QuantityValue) => compare(a, b) > 0,
    )
    .registerFunction(`${type}.compareTo(${type}): int`, (a: QuantityValue, b: QuantityValue) =>
      BigInt(Math.sign(compare(a, b))),
    )
    .registerFunction(`${type}.asInteger(): int`, (value: QuantityValue) => {
      if (nanos(value) % billion !== 0n) throw new Error('cannot convert value to integer');
      return nanos(value) / billion;
    })
    .registerFunction(`${type}.isInteger(): bool`, (value: QuantityValue) => nanos(value) % billion === 0n)
    .registerFunction(`${type}.asApproximateFloat(): double`, (value: QuantityValue) =>
      quantityValue(value.text),
    )
    .registerFunction(`${type}.sign(): int`, (value: QuantityValue) =>
      nanos(value) === 0n ? 0n : nanos(value) < 0n ? -1n : 1n,
    )
    .registerFunction(`${type}.add(${type}): ${type}`, (a: QuantityValue, b: QuantityValue) =>
      sum(nanos(a) + nanos(b)),
    )
    .registerFunction(`${type}.add(int): ${type}`, (a: QuantityValue, b: bigint) =>
      sum(nanos(a) + b * billion),
    )
    .registerFunction(`${type}.sub(${type}): ${type}`, (a: QuantityValue, b: QuantityValue) =>
      sum(nanos(a) - nanos(b)),
    )
    .registerFunction(`${type}.sub(int): ${type}`, (a: QuantityValue, b: bigint) =>
      sum(nanos(a) - b * billion),
    )
    .registerOperator(`${type} == ${type}`, (a: QuantityValue, b: QuantityValue) => compare(a, b) === 0);
}
