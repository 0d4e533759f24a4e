import type { TLSSocket } from 'node:tls';

type PeerCertificate = Partial<Pick<ReturnType<TLSSocket['getPeerCertificate']>, 'subject'>> & {
  readonly fingerprint256: string;
};

const known = new WeakMap<TLSSocket, PeerCertificate>();

/** Whom the client's certificate names; read once for a connection: to read it costs as much as a small request. */
export function peerCertificate(socket: TLSSocket): PeerCertificate {
  const found = known.get(socket) ?? shortened(socket.getPeerCertificate());
  known.set(socket, found);
  return found;
}

/** Of a client without a certificate nothing is there, whatever its type says. */
function shortened({
  subject,
  fingerprint256,
}: Partial<ReturnType<TLSSocket['getPeerCertificate']>>): PeerCertificate {
  return { ...(subject === undefined ? {} : { subject }), fingerprint256: fingerprint256 ?? '' };
}
