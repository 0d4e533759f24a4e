import { matchesAll, type Requirement, requirementsOf, type SelectorLike } from '@kubelab/api';

export type Labels = Readonly<Record<string, string>> | undefined;

/** A label selector made ready: `text` is equal for selectors that are equal, whatever their order. */
export interface Selector {
  readonly text: string;
  readonly isEmpty: boolean;
  matches(labels: Labels): boolean;
}

function requirementText({ key, operator, values }: Requirement): string {
  return `${key} ${operator} (${[...values].sort().join(',')})`;
}

const nothing: Selector = { text: '<nothing>', isEmpty: true, matches: () => false };

/** Undefined selects nothing, `{}` everything. */
export function compileSelector(selector: SelectorLike | undefined | null): Selector {
  const requirements = requirementsOf(selector);
  return requirements === undefined ? nothing : selectorOf(requirements);
}

export function selectorOf(requirements: readonly Requirement[]): Selector {
  const [only] = requirements;
  const text = requirements.map(requirementText).sort().join(' & ');
  const isEmpty = requirements.length === 0;
  // The usual selector is one label: no loop, no closure calls.
  if (only !== undefined && requirements.length === 1 && only.operator === 'In' && only.values.length === 1) {
    const { key } = only;
    const [value] = only.values;
    return { text, isEmpty, matches: (labels) => labels !== undefined && labels[key] === value };
  }
  return { text, isEmpty, matches: (labels) => matchesAll(requirements, labels) };
}

/**
 * matchLabelKeys (KEP-3243, KEP-3633): the pod's own values of these labels are demanded too; of
 * mismatchLabelKeys other values. Keys that the pod has not are left out.
 */
export function selectorWithKeys(
  selector: SelectorLike | undefined,
  labels: Labels,
  keys: { readonly match?: readonly string[] | undefined; readonly mismatch?: readonly string[] | undefined },
): Selector {
  const requirements = requirementsOf(selector);
  if (requirements === undefined) return nothing;
  const extra = (names: readonly string[] | undefined, operator: 'In' | 'NotIn') =>
    (names ?? []).flatMap((key): Requirement[] => {
      const value = labels?.[key];
      return value === undefined ? [] : [{ key, operator, values: [value] }];
    });
  return selectorOf([...requirements, ...extra(keys.match, 'In'), ...extra(keys.mismatch, 'NotIn')]);
}
