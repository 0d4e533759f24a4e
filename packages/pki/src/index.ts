export {
  type AuthorityPem,
  type CertificateSubject,
  createAuthority,
  issueCertificate,
} from './authority.js';
export { adminName, type ClusterIdentities, componentCertificates, groups } from './identities.js';
export { type KubeconfigOptions, kubeconfig } from './kubeconfig.js';
export { loadTls } from './load.js';
export { type RequestedCertificate, readRequest, signRequest } from './sign-request.js';
export { type CertificateRequest, ensurePki } from './store.js';
