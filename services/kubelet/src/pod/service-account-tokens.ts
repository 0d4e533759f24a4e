import { isObject, type Pod, serviceAccountKind } from '@kubelab/api';
import type { Client } from '@kubelab/client';
import type { World } from '@kubelab/world';

/** What a projected volume asks for. */
export interface TokenSource {
  readonly audience?: string | undefined;
  readonly expirationSeconds?: number | undefined;
}

interface Held {
  readonly token: string;
  /** When it is asked for anew. */
  readonly refreshAtMs: number;
  readonly expiresAtMs: number;
}

const defaultSeconds = 3_600;
/** Of its life that a token is used for; at the latest a day after it was made (as Kubernetes' kubelet does). */
const usedShare = 0.8;
const ageMaxMs = 86_400_000;
/** After a refusal, while the old token still holds. */
const retryMs = 10_000;

/**
 * Tokens for pods' volumes: asked of serviceaccounts/token, bound to the pod, kept in memory only, and renewed at 80% of their
 * life. One that cannot be renewed serves until it expires.
 */
export class ServiceAccountTokens {
  readonly #world: Pick<World, 'clock'>;
  readonly #client: Client;
  readonly #held = new Map<string, Map<string, Held>>();

  constructor(world: Pick<World, 'clock'>, client: Client) {
    this.#world = world;
    this.#client = client;
  }

  /** Rejects with ApiError when there is none and none is given. */
  async get(pod: Pod, source: TokenSource): Promise<string> {
    const { uid = '' } = pod.metadata;
    const key = `${source.audience ?? ''}/${source.expirationSeconds ?? defaultSeconds}`;
    const ofPod = this.#held.get(uid) ?? new Map<string, Held>();
    this.#held.set(uid, ofPod);
    const known = ofPod.get(key);
    const nowMs = this.#world.clock.nowMs();
    if (known !== undefined && nowMs < known.refreshAtMs) return known.token;
    try {
      const held = await this.#request(pod, source);
      ofPod.set(key, held);
      return held.token;
    } catch (error) {
      if (known === undefined || nowMs >= known.expiresAtMs) throw error;
      ofPod.set(key, { ...known, refreshAtMs: nowMs + retryMs });
      return known.token;
    }
  }

  /** Until a token of the pod is to be renewed; Infinity when it has none. */
  refreshInMs(uid: string): number {
    const nowMs = this.#world.clock.nowMs();
    const times = [...(this.#held.get(uid)?.values() ?? [])].map(({ refreshAtMs }) => refreshAtMs - nowMs);
    return Math.max(0, Math.min(...times, Number.POSITIVE_INFINITY));
  }

  forget(uid: string): void {
    this.#held.delete(uid);
  }

  async #request(pod: Pod, source: TokenSource): Promise<Held> {
    const { namespace, name, uid } = pod.metadata;
    const audiences = source.audience === undefined ? [] : [source.audience];
    const startedAtMs = this.#world.clock.nowMs();
    const answer = await this.#client
      .for(serviceAccountKind)
      .post({ namespace, name: pod.spec?.serviceAccountName ?? 'default' }, 'token', {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {
          audiences,
          expirationSeconds: source.expirationSeconds ?? defaultSeconds,
          boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
        },
      });
    const status = isObject(answer) && isObject(answer.status) ? answer.status : {};
    const { token, expirationTimestamp } = status;
    if (typeof token !== 'string' || typeof expirationTimestamp !== 'string')
      throw new Error('the answer to a TokenRequest holds no token');
    const expiresAtMs = Date.parse(expirationTimestamp);
    const lifeMs = Math.min((expiresAtMs - startedAtMs) * usedShare, ageMaxMs);
    return { token, expiresAtMs, refreshAtMs: startedAtMs + lifeMs };
  }
}
