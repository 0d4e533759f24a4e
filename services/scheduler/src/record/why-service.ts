import { ApiError, applyDefaults, decodeObject, isKubeObject, type Pod, podKind } from '@kubelab/api';
import { operatorsGroup } from '@kubelab/component';
import { noBytes, WireError, type WireService } from '@kubelab/wire';
import type { DecisionRecord } from './decision-record.js';

/** What operators may ask of a scheduler. */
export interface WhySource {
  /** Only the one that leads decides; another has nothing to tell. */
  readonly leads: boolean;
  decisions(pod: string): DecisionRecord[];
  whatIf(pod: Pod): DecisionRecord;
}

/**
 * Beside the debug service, for members of kubelab:operators only:
 * - `debug.decisions` { pod: 'default/web' } -> { decisions: DecisionRecord[] }, the latest first
 * - `debug.whatIf` { pod: Pod } -> DecisionRecord of the current snapshot; nothing is bound or preempted
 */
export function whyService(source: WhySource): WireService {
  const answer = (head: unknown) => ({ head, payload: noBytes });
  const leading = () => {
    if (!source.leads)
      throw new WireError('failedPrecondition', 'this scheduler stands by: ask the one that leads');
  };
  return {
    authorize: ({ organizations, commonName }, method) => {
      if (organizations.includes(operatorsGroup)) return;
      throw new WireError(
        'permissionDenied',
        `${method} is for members of ${operatorsGroup}; this is ${commonName}`,
      );
    },
    unary: {
      'debug.decisions': ({ head }) => {
        leading();
        const pod = fieldOf(head, 'pod');
        if (typeof pod !== 'string')
          throw new WireError('invalidArgument', 'wanted: { pod: NAMESPACE/NAME }');
        return answer({ decisions: source.decisions(pod) });
      },
      'debug.whatIf': ({ head }) => {
        leading();
        return answer(source.whatIf(podOf(fieldOf(head, 'pod'))));
      },
    },
  };
}

function fieldOf(head: unknown, name: string): unknown {
  return typeof head === 'object' && head !== null ? Reflect.get(head, name) : undefined;
}

function podOf(value: unknown): Pod {
  if (!isKubeObject(value) || value.kind !== 'Pod')
    throw new WireError('invalidArgument', 'wanted: { pod: a Pod }');
  try {
    const { object } = decodeObject(podKind, value);
    applyDefaults(podKind, object);
    return object as Pod;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new WireError('invalidArgument', error.message);
  }
}
