import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { type AuthorityPem, backdateMs, importKey, serialText } from './authority.js';

/** What a PKCS #10 request asks for. */
export interface RequestedCertificate {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** E-mail addresses, URIs and whatever else a name may be. */
  readonly otherNames: readonly string[];
}

/** Undefined for what is no request, or is not signed by its own key. */
export async function readRequest(pem: string): Promise<RequestedCertificate | undefined> {
  const request = await parse(pem);
  if (request === undefined) return undefined;
  const field = (name: string) => request.subjectName.getField(name);
  const names = namesOf(request)?.names.items ?? [];
  const of = (type: string) => names.filter((one) => one.type === type).map((one) => one.value);
  return {
    commonName: field('CN')[0] ?? '',
    organizations: field('O'),
    dnsNames: of('dns'),
    ipAddresses: of('ip'),
    otherNames: names.filter((one) => one.type !== 'dns' && one.type !== 'ip').map((one) => one.value),
  };
}

function namesOf(request: Pkcs10CertificateRequest): SubjectAlternativeNameExtension | undefined {
  return request.extensions.find((one) => one instanceof SubjectAlternativeNameExtension);
}

async function parse(pem: string): Promise<Pkcs10CertificateRequest | undefined> {
  try {
    const request = new Pkcs10CertificateRequest(pem);
    return (await request.verify()) ? request : undefined;
  } catch {
    return undefined; // Not PEM, or not a request: the caller says so.
  }
}

/** Usages as certificates.k8s.io names them; others are refused by the signers. */
const keyUsages: Readonly<Record<string, KeyUsageFlags>> = {
  'digital signature': KeyUsageFlags.digitalSignature,
  'key encipherment': KeyUsageFlags.keyEncipherment,
};
const extendedUsages: Readonly<Record<string, string>> = {
  'client auth': ExtendedKeyUsage.clientAuth,
  'server auth': ExtendedKeyUsage.serverAuth,
};

/** A certificate for a request's subject, names and key; it ends no later than the authority does. */
export async function signRequest(
  authority: AuthorityPem,
  pem: string,
  options: {
    readonly usages: readonly string[];
    readonly nowMs: number;
    readonly durationMs: number;
    readonly serialNumber: Uint8Array;
  },
): Promise<string> {
  const request = await parse(pem);
  if (request === undefined) throw new Error('this is no certificate request that its own key signed');
  const issuer = new X509Certificate(authority.certPem);
  const names = namesOf(request);
  const flags = options.usages.reduce((sum, usage) => sum | (keyUsages[usage] ?? 0), 0);
  const extended = options.usages.flatMap((usage) => extendedUsages[usage] ?? []);
  const endMs = Math.min(options.nowMs + options.durationMs, issuer.notAfter.getTime());
  const certificate = await X509CertificateGenerator.create({
    subject: request.subjectName,
    issuer: issuer.subjectName,
    publicKey: request.publicKey,
    signingKey: await importKey(authority.keyPem),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    serialNumber: serialText(options.serialNumber),
    notBefore: new Date(options.nowMs - Math.min(backdateMs, options.durationMs)),
    notAfter: new Date(endMs),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      ...(flags === 0 ? [] : [new KeyUsagesExtension(flags, true)]),
      ...(extended.length === 0 ? [] : [new ExtendedKeyUsageExtension(extended)]),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(names === undefined ? [] : [names]),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}
