import 'reflect-metadata';
import { createPrivateKey, X509Certificate as PlainCertificate, type webcrypto } from 'node:crypto';
import { identityOf } from '@kubelab/world';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
/** A clock that is a little behind must not find a fresh certificate "not yet valid". */
export const backdateMs = 3_600_000;

/** A certificate authority: PEM texts, as they are kept on disk. */
export interface AuthorityPem {
  readonly certPem: string;
  readonly keyPem: string;
}

export interface CertificateSubject {
  /** Subject CN: the Kubernetes user. */
  readonly commonName: string;
  /** Subject O, one each: the Kubernetes groups. */
  readonly organizations: readonly string[];
  /** DNS names and IP addresses that a server with it may be called by. */
  readonly hosts: readonly string[];
}

export interface IssueOptions {
  readonly nowMs: number;
  readonly days: number;
  readonly serialNumber: Uint8Array;
}

export async function createAuthority(commonName: string, options: IssueOptions): Promise<AuthorityPem> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    keys,
    signingAlgorithm: algorithm,
    ...validity(options),
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(
        KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature,
        true,
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certPem: `${certificate.toString('pem')}\n`, keyPem: await exportKey(keys.privateKey) };
}

/** A certificate for both ends of a connection: components serve and call with the same one. */
export async function issueCertificate(
  authority: AuthorityPem,
  subject: CertificateSubject,
  options: IssueOptions,
): Promise<AuthorityPem> {
  const issuer = new X509Certificate(authority.certPem);
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const names = subject.hosts.map((host) => ({
    type: isIp(host) ? ('ip' as const) : ('dns' as const),
    value: host,
  }));
  const certificate = await X509CertificateGenerator.create({
    subject: [
      { CN: [subject.commonName] },
      ...subject.organizations.map((organization) => ({ O: [organization] })),
    ],
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.keyPem),
    signingAlgorithm: algorithm,
    ...validity(options),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
    ],
  });
  return { certPem: `${certificate.toString('pem')}\n`, keyPem: await exportKey(keys.privateKey) };
}

/**
 * Whether a certificate and its key belong together, were issued by this authority to exactly this subject, and are valid
 * for another while. What is no certificate at all is not usable either.
 */
export function isUsable(
  authority: AuthorityPem,
  pair: AuthorityPem,
  wanted: CertificateSubject & { readonly untilMs: number },
): boolean {
  const read = readPair(pair);
  const issuer = readPair(authority);
  if (read === undefined || issuer === undefined) return false;
  const { certificate } = read;
  if (Date.parse(certificate.validTo) < wanted.untilMs) return false;
  const hosts = new X509Certificate(pair.certPem)
    .getExtension(SubjectAlternativeNameExtension)
    ?.names.items.map((name) => name.value);
  const { commonName, organizations } = identityOf(pair.certPem);
  return (
    commonName === wanted.commonName &&
    sameSet(organizations, wanted.organizations) &&
    sameSet(hosts ?? [], wanted.hosts) &&
    certificate.checkIssued(issuer.certificate) &&
    certificate.verify(issuer.certificate.publicKey)
  );
}

/** What is wrong with an authority's files; undefined when it can issue certificates until `untilMs`. */
export function authorityFault(authority: AuthorityPem, untilMs: number): string | undefined {
  const read = readPair(authority);
  if (read === undefined) return 'its certificate and key cannot be read or do not belong together';
  if (!read.certificate.ca) return 'its certificate is not one of an authority';
  const { validTo } = read.certificate;
  return Date.parse(validTo) < untilMs ? `it expires on ${validTo}` : undefined;
}

function readPair({ certPem, keyPem }: AuthorityPem): { readonly certificate: PlainCertificate } | undefined {
  try {
    const certificate = new PlainCertificate(certPem);
    return certificate.checkPrivateKey(createPrivateKey(keyPem)) ? { certificate } : undefined;
  } catch {
    return undefined; // Neither PEM nor key: the caller says what that means.
  }
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return new Set([...a, ...b]).size === new Set(a).size && new Set(a).size === new Set(b).size;
}

/** A serial number is positive and at most 20 bytes (RFC 5280, 4.1.2.2): the top bit stays clear. */
export function serialText(bytes: Uint8Array): string {
  const serial = Buffer.from(bytes);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial.toString('hex');
}

function validity(options: IssueOptions) {
  return {
    serialNumber: serialText(options.serialNumber),
    notBefore: new Date(options.nowMs - backdateMs),
    notAfter: new Date(options.nowMs + options.days * dayMs),
  };
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

export async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  return crypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(pem), algorithm, false, ['sign']);
}

function isIp(host: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':');
}
