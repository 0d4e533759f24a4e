import {
  ApiError,
  applyDefaults,
  decodeObject,
  type FieldError,
  type KindInfo,
  type KubeObject,
  validate,
} from '../src/index.js';

/** What an apiserver makes of a body before it stores it. */
export function accepted(kind: KindInfo, body: object): KubeObject {
  const { object } = decodeObject(kind, body);
  applyDefaults(kind, object);
  return object;
}

/** `field: message` of everything that is wrong with a body. */
export function findings(kind: KindInfo, body: object, old?: object): string[] {
  const before = old === undefined ? undefined : accepted(kind, old);
  return texts(validate(kind, accepted(kind, body), before));
}

export function texts(errors: readonly FieldError[]): string[] {
  return errors.map((error) => `${error.field}: ${error.message}`);
}

/** What a refusal says: `400 text`. */
export function refusal(body: () => unknown): string {
  try {
    const value = body();
    return `no refusal, but ${JSON.stringify(value)}`;
  } catch (error) {
    if (error instanceof ApiError) return `${error.code} ${error.message}`;
    throw error;
  }
}

/** The parts of a pod's spec that a test is about, around one container. */
export function podWith(spec: object = {}, container: object = {}): object {
  return {
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'i:1', ...container }], ...spec },
  };
}
