import type { TLSSocket } from 'node:tls';

type Subject = ReturnType<TLSSocket['getPeerCertificate']>['subject'] | undefined;

const known = new WeakMap<TLSSocket, { readonly subject: Subject }>();

/** Whom the client's certificate names; read once for a connection: to read it costs as much as a small request. */
export function peerSubject(socket: TLSSocket): Subject {
  const found = known.get(socket) ?? { subject: socket.getPeerCertificate().subject };
  known.set(socket, found);
  return found.subject;
}
