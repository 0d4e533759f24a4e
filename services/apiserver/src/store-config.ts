import { FlagError } from '@kubelab/component';
import { connectStore, type Store } from '@kubelab/store';
import { connectEtcd } from '@kubelab/store/etcd';
import type { WireContext } from '@kubelab/wire';
import { type Address, identityOf, type TlsMaterial, type World } from '@kubelab/world';

/** Where the objects are: in kubelab's own store, or in a real etcd (3.4 or newer), without TLS where its URLs say `http://`. */
export type StoreConfig = { readonly servers: readonly Address[] } & (
  | { readonly type: 'kubelab' | 'etcd'; readonly tls: TlsMaterial }
  | { readonly type: 'etcd'; readonly plain: true }
);

/** As typed. kube-apiserver's own flags; empty where not given. */
export interface StoreFlags {
  readonly store: string;
  readonly servers: readonly string[];
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** Throws FlagError for what makes no sense. What is not given of the certificates is the apiserver's own. */
export async function readStoreFlags(
  world: Pick<World, 'disk'>,
  flags: StoreFlags,
  own: TlsMaterial,
): Promise<StoreConfig> {
  const { store: type, certFile, keyFile } = flags;
  if (type !== 'kubelab' && type !== 'etcd') throw new FlagError(`--store is kubelab or etcd, not '${type}'`);
  if (flags.servers.length === 0) throw new FlagError('--etcd-servers names no server');
  if ((certFile === '') !== (keyFile === ''))
    throw new FlagError('--etcd-certfile and --etcd-keyfile go together: one is missing');
  const given = flags.servers.map(readServer);
  const servers = given.map(({ address }) => address);
  const plain = given.filter(({ scheme }) => scheme === 'http').length;
  if (plain === 0) return { type, servers, tls: await readTls(world, flags, own) };
  if (plain < given.length) throw new FlagError('--etcd-servers are all http:// or all https://');
  if (type === 'etcd') return { type, servers, plain: true };
  throw new FlagError("kubelab's own store is never http://: it speaks mutual TLS only");
}

/** `scheme://HOST:PORT`, as kube-apiserver takes it; HOST:PORT is https. */
function readServer(text: string): { readonly scheme: string; readonly address: Address } {
  const match = /^(?:(https?):\/\/)?(?:\[([^\]]+)\]|([^:/[\]]+)):(\d{1,5})\/?$/.exec(text);
  const [, scheme = 'https', bracketed, plain, port] = match ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535)
    throw new FlagError(`--etcd-servers wants HOST:PORT or https://HOST:PORT, not '${text}'`);
  return { scheme, address: { host, port: Number(port) } };
}

async function readTls(
  world: Pick<World, 'disk'>,
  { caFile, certFile, keyFile }: StoreFlags,
  own: TlsMaterial,
): Promise<TlsMaterial> {
  const read = async (path: string) => new TextDecoder().decode(await world.disk.readFile(path));
  const caPem = caFile === '' ? own.caPem : await read(caFile);
  if (certFile === '') return { ...own, caPem };
  const [certPem, keyPem] = [await read(certFile), await read(keyFile)];
  return { caPem, certPem, keyPem, identity: identityOf(certPem) };
}

export function openStore(context: WireContext, config: StoreConfig): Store {
  const { servers } = config;
  if ('plain' in config) return connectEtcd(context, { endpoints: servers, plain: true });
  const { type, tls } = config;
  return type === 'etcd'
    ? connectEtcd(context, { endpoints: servers, tls })
    : connectStore(context, { addresses: servers, tls });
}
