import { identityOf, type TlsMaterial, type World } from '@kubelab/world';

/** Reads what a component's flags name. Light: what issues certificates is not loaded with it. */
export async function loadTls(
  world: Pick<World, 'disk'>,
  files: { readonly caFile: string; readonly certFile: string; readonly keyFile: string },
): Promise<TlsMaterial> {
  const text = async (path: string) => new TextDecoder().decode(await world.disk.readFile(path));
  const [caPem, certPem, keyPem] = await Promise.all([
    text(files.caFile),
    text(files.certFile),
    text(files.keyFile),
  ]);
  return { caPem, certPem, keyPem, identity: identityOf(certPem) };
}
