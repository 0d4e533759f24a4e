import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
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
const backdateMs = 3_600_000;

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
 * Whether a certificate was issued by this authority, names exactly these hosts, and is valid for another
 * while.
 */
export async function isUsable(
  authority: AuthorityPem,
  certPem: string,
  wanted: { readonly hosts: readonly string[]; readonly untilMs: number },
): Promise<boolean> {
  const certificate = new X509Certificate(certPem);
  const issuer = new X509Certificate(authority.certPem);
  if (certificate.notAfter.getTime() < wanted.untilMs) return false;
  const names =
    certificate.getExtension(SubjectAlternativeNameExtension)?.names.items.map((name) => name.value) ?? [];
  if (!wanted.hosts.every((host) => names.includes(host))) return false;
  return certificate.verify({ publicKey: await issuer.publicKey.export(), signatureOnly: true });
}

function validity(options: IssueOptions) {
  // A serial number is positive and at most 20 bytes (RFC 5280, 4.1.2.2): the top bit stays clear.
  const serial = Buffer.from(options.serialNumber);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return {
    serialNumber: serial.toString('hex'),
    notBefore: new Date(options.nowMs - backdateMs),
    notAfter: new Date(options.nowMs + options.days * dayMs),
  };
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  return crypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(pem), algorithm, false, ['sign']);
}

function isIp(host: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':');
}
