import { FlagError } from '@kubelab/component';
import { serviceAccountKeys } from '@kubelab/pki/tokens';
import type { World } from '@kubelab/world';
import { defaultIssuer, ownTokenConfig, type TokenConfig } from './auth/tokens/index.js';
import { readStaticTokens } from './auth/tokens/static-tokens.js';

/** As typed: kube-apiserver's own flags; empty where not given. */
export interface TokenFlags {
  readonly signingKeyFile: string;
  /** Public keys of former signing keys may be among them. */
  readonly keyFile: string;
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly tokenFile: string;
}

/** Throws FlagError for what cannot be used; what a file holds is never part of its text. */
export async function readTokenFlags(world: Pick<World, 'disk'>, flags: TokenFlags): Promise<TokenConfig> {
  const { issuer } = flags;
  if (issuer !== '' && !/^https:\/\/[^?#]+$/.test(issuer))
    throw new FlagError(`--service-account-issuer is an https URL without query, not '${issuer}'`);
  if (flags.signingKeyFile === '' && flags.keyFile !== '')
    throw new FlagError('--service-account-key-file needs --service-account-signing-key-file, too');
  const read = async (path: string) =>
    path === '' ? '' : new TextDecoder().decode(await world.disk.readFile(path));
  const own = ownTokenConfig();
  const name = issuer === '' ? defaultIssuer : issuer;
  return {
    keys:
      flags.signingKeyFile === ''
        ? own.keys
        : serviceAccountKeys(await read(flags.signingKeyFile), await read(flags.keyFile)),
    issuer: name,
    audiences: flags.audiences.length === 0 ? [name] : flags.audiences,
    staticTokens: readStaticTokens(await read(flags.tokenFile)),
  };
}
