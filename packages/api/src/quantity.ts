/**
 * A Kubernetes quantity (apimachinery pkg/api/resource): exact, in thousandths of the unit as Kubernetes
 * compares most of them.
 */
export interface Quantity {
  /** Value times 10^9, exact. */
  readonly nanos: bigint;
  /** Canonical form: `1000m` -> `1`, `1024Mi` -> `1Gi`. */
  readonly text: string;
}

const form = /^([+-]?)(\d+\.?\d*|\.\d+)(?:(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)|[eE]([+-]?\d{1,2}))?$/;
/** Longer texts are no amounts of anything. */
const textLengthMax = 64;
const nano = 1_000_000_000n;
/** Larger amounts are this one: 2^63 - 1 units. */
const nanosMax = (2n ** 63n - 1n) * nano;
const decimal: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binary = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** Undefined for what is no quantity. */
export function parseQuantity(input: string): Quantity | undefined {
  const match = input.length <= textLengthMax ? form.exec(input) : null;
  if (match === null) return undefined;
  const [, sign, digits = '0', suffix = '', exponent] = match;
  const [whole = '0', fraction = ''] = digits.split('.');
  const unscaled = BigInt(`${whole === '' ? '0' : whole}${fraction}`);
  const isBinary = binary.includes(suffix);
  const power = (exponent === undefined ? (decimal[suffix] ?? 0) : Number(exponent)) - fraction.length + 9;
  const multiplier = isBinary ? 1024n ** BigInt(binary.indexOf(suffix) + 1) : 1n;
  const scaled = unscaled * multiplier;
  // Below a billionth is rounded up, as Kubernetes does.
  const divisor = power < 0 ? 10n ** BigInt(-power) : 1n;
  const exact = power >= 0 ? scaled * 10n ** BigInt(power) : (scaled + divisor - 1n) / divisor;
  const magnitude = exact > nanosMax ? nanosMax : exact;
  const nanos = sign === '-' ? -magnitude : magnitude;
  if (isBinary) return binaryQuantity(nanos);
  return { nanos, text: exponent === undefined ? decimalText(nanos) : exponentText(nanos) };
}

/** Value of a quantity text in its unit; 0 when absent or unreadable. For cpu: cores; for memory: bytes. */
export function quantityValue(input: string | undefined): number {
  const quantity = input === undefined ? undefined : parseQuantity(input);
  return quantity === undefined ? 0 : Number(quantity.nanos) / 1e9;
}

export function compareQuantities(a: string, b: string): number {
  const left = parseQuantity(a)?.nanos ?? 0n;
  const right = parseQuantity(b)?.nanos ?? 0n;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Below 1024 as a decimal; above it whole, away from zero: `0.5Ki` -> `512`, `0.1Mi` -> `104858`. */
function binaryQuantity(exact: bigint): Quantity {
  const isSmall = exact > -1024n * nano && exact < 1024n * nano;
  if (isSmall) return { nanos: exact, text: decimalText(exact) };
  const away = exact < 0n ? 1n - nano : nano - 1n;
  const units = (exact + away) / nano;
  let value = units;
  let at = -1;
  while (value % 1024n === 0n && at < binary.length - 1) {
    value /= 1024n;
    at += 1;
  }
  return { nanos: units * nano, text: `${value}${at < 0 ? '' : binary[at]}` };
}

/** `12e6` stays `12e6`: the exponent is a multiple of three, none for units. */
function exponentText(nanos: bigint): string {
  if (nanos === 0n) return '0';
  let value = nanos;
  let exponent = -9;
  while (value % 1000n === 0n) {
    value /= 1000n;
    exponent += 3;
  }
  return `${value}${exponent === 0 ? '' : `e${exponent}`}`;
}

function decimalText(nanos: bigint): string {
  if (nanos === 0n) return '0';
  const suffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
  let value = nanos;
  let at = 0;
  while (value % 1000n === 0n && at < suffixes.length - 1) {
    value /= 1000n;
    at += 1;
  }
  return `${value}${suffixes[at]}`;
}

/** Sum in the first's form (`1Gi` and `1` make `1073741825`); in the second's when the first is nothing. */
export function addQuantities(a: string, b: string): string {
  return combined(a, b, 1n);
}

export function subtractQuantities(a: string, b: string): string {
  return combined(a, b, -1n);
}

function combined(a: string, b: string, sign: bigint): string {
  const left = parseQuantity(a)?.nanos ?? 0n;
  const nanos = left + sign * (parseQuantity(b)?.nanos ?? 0n);
  const form = left === 0n ? b : a;
  return form.endsWith('i') ? binaryQuantity(nanos).text : decimalText(nanos);
}
