import { isIP } from '@kubelab/api';
import type { Environment } from '@marcbachmann/cel-js';

/** An address as a number of 32 or 128 bits. */
class IpValue {
  readonly version: 4 | 6;
  readonly bits: bigint;
  readonly text: string;
  constructor(text: string, version: 4 | 6) {
    this.text = text;
    this.version = version;
    this.bits = version === 4 ? bitsOf4(text) : bitsOf6(text);
  }
}

class CidrValue {
  readonly ip: IpValue;
  readonly prefix: number;
  constructor(ip: IpValue, prefix: number) {
    this.ip = ip;
    this.prefix = prefix;
  }
}

class UrlValue {
  readonly url: URL | undefined;
  readonly path: string;
  /** As written: URL leaves out ports that are a scheme's own. */
  readonly host: string;
  constructor(text: string) {
    this.host = /^[^:/?#]+:\/\/(?:[^@/?#]*@)?([^/?#]*)/.exec(text)?.[1] ?? '';
    this.url = text.startsWith('/') ? undefined : new URL(text);
    this.path = text.startsWith('/')
      ? text
      : this.url?.pathname === '/' && !/[^/]\/($|\?|#)/.test(text)
        ? ''
        : (this.url?.pathname ?? '');
  }
}

function bitsOf4(text: string): bigint {
  return text.split('.').reduce((all, part) => all * 256n + BigInt(part), 0n);
}

function bitsOf6(text: string): bigint {
  const at = text.lastIndexOf(':') + 1;
  const tail = text.slice(at);
  const plain = tail.includes('.')
    ? `${text.slice(0, at)}${(bitsOf4(tail) >> 16n).toString(16)}:${(bitsOf4(tail) & 0xffffn).toString(16)}`
    : text;
  const [head = '', rest] = plain.split('::');
  const groups = (half: string) => (half === '' ? [] : half.split(':'));
  const first = groups(head);
  const last = rest === undefined ? [] : groups(rest);
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return [...first, ...zeros, ...last].reduce((all, group) => all * 65_536n + BigInt(`0x${group}`), 0n);
}

/** RFC 5952. */
function canonical({ version, bits }: IpValue): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join('.');
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((bits >> BigInt(112 - 16 * at)) & 0xffffn).toString(16),
  );
  const text = groups.join(':');
  const longest = [...text.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].reduce<string>(
    (best, [found]) => (found.replace(/^:/, '').length > best.replace(/^:/, '').length ? found : best),
    '',
  );
  if (longest === '') return text;
  const cut = text.indexOf(longest);
  const before = text.slice(0, cut);
  const after = text.slice(cut + longest.length);
  return `${before}::${after.replace(/^:/, '')}`;
}

function parseIp(text: string): IpValue {
  const version = isIP(text);
  if (version === 0)
    throw new Error(`IP Address ${JSON.stringify(text)} parse error during conversion from string`);
  return new IpValue(text, version);
}

function parseCidr(text: string): CidrValue {
  const [address = '', prefix = '', ...more] = text.split('/');
  const version = isIP(address);
  const fits = /^(0|[1-9]\d*)$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128);
  if (version === 0 || !fits || more.length > 0)
    throw new Error(
      `network address parse error during conversion from string: invalid CIDR ${JSON.stringify(text)}`,
    );
  return new CidrValue(new IpValue(address, version), Number(prefix));
}

function masked({ ip, prefix }: CidrValue): bigint {
  const free = BigInt((ip.version === 4 ? 32 : 128) - prefix);
  return (ip.bits >> free) << free;
}

function containsIp(cidr: CidrValue, ip: IpValue): boolean {
  if (cidr.ip.version !== ip.version) return false;
  const free = BigInt((ip.version === 4 ? 32 : 128) - cidr.prefix);
  return ip.bits >> free === cidr.ip.bits >> free;
}

function works(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false; // What does not parse is none: that is the question here.
  }
}

class IpNamespace {}

/** Libraries ip, cidr and url. */
export function registerNetwork(environment: Environment): void {
  registerIp(environment);
  registerCidr(environment);
  registerUrl(environment);
}

function registerIp(environment: Environment): void {
  const type = 'net.IP';
  const v4 = (ip: IpValue, test: (first: bigint, second: bigint) => boolean) =>
    ip.version === 4 && test(ip.bits >> 24n, (ip.bits >> 16n) & 255n);
  environment
    .registerType(type, IpValue)
    .registerType('IpNamespace', IpNamespace)
    .registerConstant('ip', 'IpNamespace', new IpNamespace())
    .registerFunction(
      'IpNamespace.isCanonical(string): bool',
      (_: unknown, text: string) => canonical(parseIp(text)) === text,
    )
    .registerFunction(`ip(string): ${type}`, parseIp)
    .registerFunction('isIP(string): bool', (text: string) => isIP(text) !== 0)
    .registerFunction(`string(${type}): string`, canonical)
    .registerFunction(`${type}.family(): int`, (ip: IpValue) => BigInt(ip.version))
    .registerFunction(`${type}.isLoopback(): bool`, (ip: IpValue) =>
      ip.version === 4 ? v4(ip, (first) => first === 127n) : ip.bits === 1n,
    )
    .registerFunction(`${type}.isUnspecified(): bool`, (ip: IpValue) => ip.bits === 0n)
    .registerFunction(`${type}.isGlobalUnicast(): bool`, (ip: IpValue) =>
      ip.version === 4
        ? v4(
            ip,
            (first, second) =>
              first !== 127n && first < 224n && ip.bits !== 0n && !(first === 169n && second === 254n),
          )
        : ip.bits > 1n && ip.bits >> 120n !== 255n && ip.bits >> 118n !== 0x3fan,
    )
    .registerFunction(`${type}.isLinkLocalUnicast(): bool`, (ip: IpValue) =>
      ip.version === 4
        ? v4(ip, (first, second) => first === 169n && second === 254n)
        : ip.bits >> 118n === 0x3fan,
    )
    .registerFunction(`${type}.isLinkLocalMulticast(): bool`, (ip: IpValue) =>
      ip.version === 4 ? ip.bits >> 8n === 0xe00000n : ip.bits >> 112n === 0xff02n,
    )
    .registerOperator(
      `${type} == ${type}`,
      (a: IpValue, b: IpValue) => a.version === b.version && a.bits === b.bits,
    );
}

function registerCidr(environment: Environment): void {
  const type = 'net.CIDR';
  environment
    .registerType(type, CidrValue)
    .registerFunction(`cidr(string): ${type}`, parseCidr)
    .registerFunction('isCIDR(string): bool', (text: string) => works(() => parseCidr(text)))
    .registerFunction(`string(${type}): string`, (cidr: CidrValue) => `${canonical(cidr.ip)}/${cidr.prefix}`)
    .registerFunction(`${type}.ip(): net.IP`, (cidr: CidrValue) => cidr.ip)
    .registerFunction(`${type}.prefixLength(): int`, (cidr: CidrValue) => BigInt(cidr.prefix))
    .registerFunction(`${type}.masked(): ${type}`, (cidr: CidrValue) => {
      const ip = new IpValue(cidr.ip.text, cidr.ip.version);
      return new CidrValue(Object.assign(ip, { bits: masked(cidr) }), cidr.prefix);
    })
    .registerFunction(`${type}.containsIP(net.IP): bool`, containsIp)
    .registerFunction(`${type}.containsIP(string): bool`, (cidr: CidrValue, text: string) =>
      containsIp(cidr, parseIp(text)),
    )
    .registerFunction(
      `${type}.containsCIDR(${type}): bool`,
      (a: CidrValue, b: CidrValue) => b.prefix >= a.prefix && containsIp(a, b.ip),
    )
    .registerFunction(`${type}.containsCIDR(string): bool`, (a: CidrValue, text: string) => {
      const b = parseCidr(text);
      return b.prefix >= a.prefix && containsIp(a, b.ip);
    })
    .registerOperator(
      `${type} == ${type}`,
      (a: CidrValue, b: CidrValue) =>
        a.prefix === b.prefix && a.ip.version === b.ip.version && a.ip.bits === b.ip.bits,
    );
}

function registerUrl(environment: Environment): void {
  const type = 'kubernetes.URL';
  const parse = (text: string) => {
    if (!works(() => new UrlValue(text)))
      throw new Error(`URL parse error during conversion from string: ${text}`);
    return new UrlValue(text);
  };
  environment
    .registerType(type, UrlValue)
    .registerFunction(`url(string): ${type}`, parse)
    .registerFunction('isURL(string): bool', (text: string) => works(() => parse(text)))
    .registerFunction(`${type}.getScheme(): string`, ({ url }: UrlValue) => url?.protocol.slice(0, -1) ?? '')
    .registerFunction(`${type}.getHost(): string`, ({ host }: UrlValue) => host)
    .registerFunction(
      `${type}.getHostname(): string`,
      ({ url }: UrlValue) => url?.hostname.replace(/^\[|\]$/g, '') ?? '',
    )
    .registerFunction(`${type}.getPort(): string`, ({ host }: UrlValue) => /:(\d+)$/.exec(host)?.[1] ?? '')
    .registerFunction(`${type}.getEscapedPath(): string`, ({ path }: UrlValue) => path)
    .registerFunction(`${type}.getQuery(): map<string, list<string>>`, ({ url }: UrlValue) => {
      const found = new Map<string, string[]>();
      for (const [key, value] of url?.searchParams ?? []) found.set(key, [...(found.get(key) ?? []), value]);
      return found;
    });
}
