import { type AuthorityPem, createAuthority, groups, issueCertificate, kubeconfig } from '@kubelab/pki';
import type { TlsMaterial, World } from '@kubelab/world';
import type { Kubeconfig, KubeconfigObject } from './contract.js';
import { ClusterOptionError } from './options.js';

/** A suite may run for a day; nothing of it outlives the process. */
const days = 7;
const kubeconfigsMax = 1_000;

/** Who may be who in one cluster: an authority of its own, whose key exists in this process only. Keys are P-256: made in 1 ms. */
export class Credentials {
  readonly caPem: string;
  readonly #world: World;
  readonly #authority: AuthorityPem;
  #written = 0;

  private constructor(world: World, authority: AuthorityPem) {
    this.#world = world;
    this.#authority = authority;
    this.caPem = authority.certPem;
  }

  static async create(world: World): Promise<Credentials> {
    return new Credentials(world, await createAuthority('kubelab-ca', issueOptions(world)));
  }

  /** For a server that the outside talks to, and its clients. */
  async issue(identity: TlsMaterial['identity'], hosts: readonly string[] = []): Promise<TlsMaterial> {
    const { certPem, keyPem } = await issueCertificate(
      this.#authority,
      { ...identity, hosts },
      issueOptions(this.#world),
    );
    return { caPem: this.caPem, certPem, keyPem, identity };
  }

  /** For a component on the in-process network, which asks for no proof. */
  named(commonName: string, organizations: readonly string[] = []): TlsMaterial {
    return { caPem: this.caPem, certPem: '', keyPem: '', identity: { commonName, organizations } };
  }

  async kubeconfig(options: {
    readonly cluster: string;
    readonly server: string;
    readonly directory: string;
    readonly user: string;
    readonly groups: readonly string[];
  }): Promise<Kubeconfig> {
    if (this.#written >= kubeconfigsMax)
      throw new ClusterOptionError(`a cluster makes at most ${kubeconfigsMax} kubeconfigs`);
    this.#written += 1;
    const { cluster, server, directory, user } = options;
    const file = this.#written === 1 ? 'kubeconfig' : `kubeconfig-${this.#written}`;
    const tls = await this.issue({ commonName: user, organizations: options.groups });
    // What a text of YAML would read otherwise is not in the file: the user's true name is in the certificate.
    const userName = user.replaceAll(/[^-\w.@]/g, '-');
    const text = kubeconfig({ ...tls, server, clusterName: cluster, userName });
    const path = `${directory}/${file}`;
    await this.#world.disk.writeFileAtomic(path, text, { mode: 0o600 });
    return { path, text, object: objectOf(tls, { cluster, server, user: userName }) };
  }
}

export const admin = { user: 'kubernetes-admin', groups: [groups.masters, groups.operators] };

function objectOf(
  tls: TlsMaterial,
  names: { readonly cluster: string; readonly server: string; readonly user: string },
): KubeconfigObject {
  const { cluster, server, user } = names;
  const context = `${user}@${cluster}`;
  return {
    clusters: [{ name: cluster, server, caData: base64(tls.caPem), skipTLSVerify: false }],
    users: [{ name: user, certData: base64(tls.certPem), keyData: base64(tls.keyPem) }],
    contexts: [{ name: context, cluster, user }],
    currentContext: context,
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function issueOptions({ clock, random }: World) {
  return { nowMs: clock.nowMs(), days, serialNumber: random.bytes(16) };
}
