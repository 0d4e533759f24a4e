import { type Secret, secretKind } from '@kubelab/api';
import { isNotFound, keyOf } from '@kubelab/client';
import type { Controller } from '../controller.js';

const tokenType = 'bootstrap.kubernetes.io/token';
/** Timers hold no more than this; a token that lives longer is looked at again. */
const waitMaxMs = 86_400_000;

/** Bootstrap tokens that have expired are removed (https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/). */
export const tokenCleaner: Controller = {
  name: 'token-cleaner',
  workers: 1,
  start: (context, queue) => {
    const secrets = context.informer<Secret>(secretKind);
    secrets.handle({
      changed: (secret) =>
        secret.type === tokenType && secret.metadata.namespace === 'kube-system' && queue.add(keyOf(secret)),
    });
    return async (key, call) => {
      const secret = secrets.get(key);
      const expires = Buffer.from(secret?.data?.expiration ?? '', 'base64').toString();
      if (secret === undefined || secret.type !== tokenType || expires === '') return undefined;
      const leftMs = Date.parse(expires) - context.world.clock.nowMs();
      if (leftMs > 0) {
        queue.addAfter(key, Math.min(leftMs, waitMaxMs));
        return undefined;
      }
      const { namespace, name, uid } = secret.metadata;
      try {
        await context.client
          .for<Secret>(secretKind)
          .delete({ namespace, name }, { preconditions: { uid } }, call);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
      return undefined;
    };
  },
};
