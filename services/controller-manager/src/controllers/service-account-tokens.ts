import { ApiError, type Secret, type ServiceAccount, secretKind, serviceAccountKind } from '@kubelab/api';
import { type CallContext, isNotFound, keyOf } from '@kubelab/client';
import { readSigningKey, type SigningKey, signLegacyToken } from '@kubelab/pki/tokens';
import type { World } from '@kubelab/world';
import type { Controller, ControllerContext } from '../controller.js';

const tokenType = 'kubernetes.io/service-account-token';
const nameAnnotation = 'kubernetes.io/service-account.name';
const uidAnnotation = 'kubernetes.io/service-account.uid';

/** '' for none. Rejects for a file that holds no such key. */
export async function readTokenKey(
  world: Pick<World, 'disk'>,
  path: string,
): Promise<SigningKey | undefined> {
  if (path === '') return undefined;
  return readSigningKey(new TextDecoder().decode(await world.disk.readFile(path)));
}

/**
 * Secrets of type kubernetes.io/service-account-token that somebody made for an account: their token, ca.crt and namespace are
 * filled in, and they go with the account
 * (https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets). Such a token does not expire; nothing makes
 * such Secrets by itself any more (KEP-2799).
 */
export const serviceAccountTokenController: Controller = {
  name: 'serviceaccount-token',
  workers: 1,
  start: (context, queue) => {
    const secrets = context.informer<Secret>(secretKind);
    const accounts = context.informer<ServiceAccount>(serviceAccountKind);
    secrets.handle({ changed: (secret) => secret.type === tokenType && queue.add(keyOf(secret)) });
    const ofAccount = ({ metadata }: ServiceAccount) => {
      for (const secret of secrets.list())
        if (secret.type === tokenType && secret.metadata.namespace === metadata.namespace)
          if (secret.metadata.annotations?.[nameAnnotation] === metadata.name) queue.add(keyOf(secret));
    };
    accounts.handle({ changed: ofAccount, deleted: ofAccount });
    return async (key, call) => {
      const secret = secrets.get(key);
      if (secret !== undefined && secret.type === tokenType) await reconcile(context, secret, call);
      return undefined;
    };
  },
};

async function reconcile(context: ControllerContext, secret: Secret, call: CallContext): Promise<void> {
  const { metadata } = secret;
  const name = metadata.annotations?.[nameAnnotation] ?? '';
  const wantedUid = metadata.annotations?.[uidAnnotation] ?? '';
  if (name === '' || metadata.deletionTimestamp !== undefined) return;
  const client = context.client.for<Secret>(secretKind);
  const account = await accountOf(context, metadata.namespace, name);
  try {
    if (account === undefined || (wantedUid !== '' && wantedUid !== account.metadata.uid)) {
      const { uid } = metadata;
      await client.delete(
        { namespace: metadata.namespace, name: metadata.name },
        { preconditions: { uid } },
        call,
      );
      return;
    }
    const next = filled(context, secret, account);
    if (next !== undefined) await client.update(next, call);
  } catch (error) {
    const isRace = error instanceof ApiError && error.reason === 'Conflict';
    if (!isNotFound(error) && !isRace) throw error; // Somebody else wrote: their change brings the key back.
  }
}

/** An account that the informer has not heard of may just have been made: asked for before its Secret is removed. */
async function accountOf(
  context: ControllerContext,
  namespace: string | undefined,
  name: string,
): Promise<ServiceAccount | undefined> {
  const known = context.informer<ServiceAccount>(serviceAccountKind).get(`${namespace}/${name}`);
  if (known !== undefined) return known;
  try {
    return await context.client.for<ServiceAccount>(serviceAccountKind).get(namespace, name);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The Secret with what it lacks; undefined when it lacks nothing. */
function filled(
  { options: { tokenKey, caPem } }: ControllerContext,
  secret: Secret,
  account: ServiceAccount,
): Secret | undefined {
  const { namespace = '', name, annotations } = secret.metadata;
  const { uid = '' } = account.metadata;
  const known = secret.data ?? {};
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const data: Record<string, string> = { ...known, 'ca.crt': base64(caPem) };
  if ((known.namespace ?? '') === '') data.namespace = base64(namespace);
  const serviceAccount = { name: account.metadata.name, uid };
  if ((known.token ?? '') === '' && tokenKey !== undefined)
    data.token = base64(signLegacyToken(tokenKey, { namespace, secretName: name, serviceAccount }));
  const isWhole = Object.entries(data).every(([key, value]) => known[key] === value);
  if (isWhole && annotations?.[uidAnnotation] === uid) return undefined;
  return {
    ...secret,
    metadata: { ...secret.metadata, annotations: { ...annotations, [uidAnnotation]: uid } },
    data,
  };
}
