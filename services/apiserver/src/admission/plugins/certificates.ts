import { type CertificateSigningRequest, deepEqual, type KubeObject, statusErrors } from '@kubelab/api';
import type { AdmissionPlugin, Attributes, PluginParts } from '../contract.js';
import { certificateKind } from '../kinds.js';

const apiServerSigner = 'kubernetes.io/kube-apiserver-client';

function signerOf(object: KubeObject): string {
  return (object as CertificateSigningRequest).spec?.signerName ?? '';
}

/** Who may act for a signer: for it alone, or for all of its domain. */
function actsFor({ authorizer }: PluginParts, { scope, object }: Attributes, verb: string): boolean {
  const signer = signerOf(object);
  const [domain = ''] = signer.split('/');
  const ask = (name: string) =>
    authorizer.allows(scope.user, {
      verb,
      group: 'certificates.k8s.io',
      resource: 'signers',
      subresource: '',
      namespace: '',
      name,
    });
  return ask(signer) || ask(`${domain}/*`);
}

function refused({ kind, object }: Attributes, verb: string): Error {
  const why = `user not permitted to ${verb} requests with signerName "${signerOf(object)}"`;
  return statusErrors.forbidden(kind, object.metadata.name, why);
}

/** Approval is for those who may approve for the signer. */
export function certificateApproval(parts: PluginParts): AdmissionPlugin {
  return {
    name: 'CertificateApproval',
    validate: (attributes) => {
      const { operation, kind, subresource } = attributes;
      if (operation !== 'UPDATE' || kind !== certificateKind || subresource !== 'approval') return;
      if (!actsFor(parts, attributes, 'approve')) throw refused(attributes, 'approve');
    },
  };
}

/** So is the certificate, for those who may sign. */
export function certificateSigning(parts: PluginParts): AdmissionPlugin {
  return {
    name: 'CertificateSigning',
    validate: (attributes) => {
      const { operation, kind, subresource, object, old } = attributes;
      if (operation !== 'UPDATE' || kind !== certificateKind || subresource !== 'status') return;
      const certificate = (one: KubeObject | undefined) =>
        (one as CertificateSigningRequest | undefined)?.status?.certificate;
      const failed = (one: KubeObject | undefined) =>
        ((one as CertificateSigningRequest | undefined)?.status?.conditions ?? []).filter(
          ({ type }) => type === 'Failed',
        );
      const same = certificate(object) === certificate(old) && deepEqual(failed(object), failed(old));
      if (!same && !actsFor(parts, attributes, 'sign')) throw refused(attributes, 'sign');
    },
  };
}

/** organizationName is 2.5.4.10 (RFC 5280): a set of one sequence of this identifier and a text. */
const organization = Buffer.from([0x06, 0x03, 0x55, 0x04, 0x0a]);
const masters = 'system:masters';

/** Nobody becomes a master of the cluster by asking for a certificate. */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  validate: ({ operation, kind, object }) => {
    if (operation !== 'CREATE' || kind !== certificateKind || signerOf(object) !== apiServerSigner) return;
    const pem = Buffer.from((object as CertificateSigningRequest).spec?.request ?? '', 'base64').toString(
      'latin1',
    );
    const body = /-----BEGIN [A-Z ]+-----([^-]+)-----END/.exec(pem)?.[1] ?? '';
    if (!organizations(Buffer.from(body, 'base64')).includes(masters)) return;
    const why = `use of ${apiServerSigner} signer with ${masters} group is not allowed`;
    throw statusErrors.forbidden(kind, object.metadata.name, why);
  },
};

/** Every organization that a request in DER names; texts there are shorter than 128 bytes. */
function organizations(der: Buffer): string[] {
  const found: string[] = [];
  for (let at = der.indexOf(organization); at >= 0; at = der.indexOf(organization, at + 1)) {
    const start = at + organization.length;
    const length = der[start + 1] ?? 0;
    found.push(der.subarray(start + 2, start + 2 + length).toString('utf8'));
  }
  return found;
}
