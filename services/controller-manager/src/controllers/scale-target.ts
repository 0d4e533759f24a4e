import {
  ApiError,
  findResourceByName,
  type KindInfo,
  kinds,
  parseLabelSelector,
  type Requirement,
  type Scale,
} from '@kubelab/api';
import type { CallContext } from '@kubelab/client';
import type { ControllerContext } from '../controller.js';

/** The subresource `scale` of an object, whatever its kind. */
export interface ScaleTarget {
  readonly kind: KindInfo;
  readonly scale: Scale;
  readonly replicas: number;
  /** Undefined when the selector cannot be read. */
  readonly selector: Requirement[] | undefined;
}

/** Undefined when the kind is unknown or has no scale. Throws ApiError, NotFound too. */
export async function getScale(
  context: ControllerContext,
  target: {
    readonly apiVersion?: string;
    readonly kind: string;
    readonly name: string;
    readonly namespace: string | undefined;
  },
  call: CallContext,
): Promise<ScaleTarget | undefined> {
  const [first = '', second] = (target.apiVersion ?? '').split('/');
  const group = second === undefined ? '' : first;
  const kind =
    target.apiVersion === undefined || target.apiVersion === ''
      ? findResourceByName(target.kind)
      : kinds.find((one) => one.kind === target.kind && one.group === group);
  if (kind === undefined || !kind.subresources.some(({ name }) => name === 'scale')) return undefined;
  const scale = await context.client.readScale(kind, target.namespace, target.name, call);
  return { kind, scale, replicas: scale.spec?.replicas ?? 0, selector: selectorOf(scale) };
}

function selectorOf(scale: Scale): Requirement[] | undefined {
  const text = scale.status?.selector ?? '';
  if (text === '') return undefined;
  try {
    return parseLabelSelector(text);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
