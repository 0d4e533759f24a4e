import type { CustomResourceDefinition } from '@kubelab/api';

type Condition = NonNullable<NonNullable<CustomResourceDefinition['status']>['conditions']>[number];
type Status = NonNullable<CustomResourceDefinition['status']>;
type Names = Status['acceptedNames'];

export function isTrue(definition: CustomResourceDefinition, type: string): boolean {
  return (definition.status?.conditions ?? []).some((one) => one.type === type && one.status === 'True');
}

/**
 * Which of a definition's names it gets, and whether it is served (apiextensions-apiserver, naming and establishing
 * controllers): a name of its group that another has is not given; without conflicts it is established, for good.
 */
export function decideNames(
  definition: CustomResourceDefinition,
  others: readonly CustomResourceDefinition[],
  now: string,
): Status {
  const wanted = definition.spec?.names ?? { kind: '', plural: '' };
  const group = definition.spec?.group;
  const rivals = others.filter(
    (one) =>
      one.spec?.group === group &&
      one.metadata.name !== definition.metadata.name &&
      goesBefore(one, definition),
  );
  const taken = takenNames(rivals);
  const before = definition.status?.acceptedNames;
  const conflicts: { readonly reason: string; readonly name: string }[] = [];
  const free = (name: string, names: ReadonlySet<string>, reason: string) => {
    if (!names.has(name)) return true;
    conflicts.push({ reason, name });
    return false;
  };
  const accepted: Names = { plural: before?.plural ?? '', kind: before?.kind ?? '' };
  if (free(wanted.plural, taken.resources, 'PluralConflict')) accepted.plural = wanted.plural;
  const singular = wanted.singular ?? wanted.kind.toLowerCase();
  if (free(singular, taken.resources, 'SingularConflict')) accepted.singular = singular;
  const shortNames = wanted.shortNames ?? [];
  if (shortNames.every((name) => free(name, taken.resources, 'ShortNamesConflict')) && shortNames.length > 0)
    accepted.shortNames = shortNames;
  if (free(wanted.kind, taken.kinds, 'KindConflict')) accepted.kind = wanted.kind;
  const listKind = wanted.listKind ?? `${wanted.kind}List`;
  if (free(listKind, taken.kinds, 'ListKindConflict')) accepted.listKind = listKind;
  if ((wanted.categories ?? []).length > 0) accepted.categories = wanted.categories ?? [];
  const last = conflicts.at(-1);
  const named: Condition =
    last === undefined
      ? { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
      : {
          type: 'NamesAccepted',
          status: 'False',
          reason: last.reason,
          message: `${JSON.stringify(last.name)} is already in use`,
        };
  const established: Condition =
    last === undefined
      ? {
          type: 'Established',
          status: 'True',
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
        }
      : {
          type: 'Established',
          status: 'False',
          reason: 'NotAccepted',
          message: 'not all names are accepted',
        };
  const changes = isTrue(definition, 'Established') ? [named] : [named, established];
  const conditions = changes.reduce(
    (list, one) => withCondition(list, one, now),
    definition.status?.conditions ?? [],
  );
  return {
    ...definition.status,
    storedVersions: definition.status?.storedVersions ?? [],
    conditions,
    acceptedNames: accepted,
  };
}

/** lastTransitionTime changes with the status only. */
export function withCondition(list: readonly Condition[], one: Condition, now: string): Condition[] {
  const old = list.find(({ type }) => type === one.type);
  const lastTransitionTime = old?.status === one.status ? (old.lastTransitionTime ?? now) : now;
  const next = { ...one, lastTransitionTime };
  return old === undefined ? [...list, next] : list.map((known) => (known === old ? next : known));
}

/** Who has names keeps them; of two that wait the older one is first. The same on every apiserver. */
function goesBefore(one: CustomResourceDefinition, other: CustomResourceDefinition): boolean {
  if (isTrue(one, 'NamesAccepted') !== isTrue(other, 'NamesAccepted')) return isTrue(one, 'NamesAccepted');
  const age = ({ metadata }: CustomResourceDefinition) =>
    `${metadata.creationTimestamp ?? ''} ${metadata.name}`;
  return age(one) < age(other);
}

function takenNames(rivals: readonly CustomResourceDefinition[]) {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const { status, spec } of rivals) {
    const names = (status?.acceptedNames?.plural ?? '') === '' ? spec?.names : status?.acceptedNames;
    if (names === undefined) continue;
    for (const name of [names.plural, names.singular ?? '', ...(names.shortNames ?? [])]) resources.add(name);
    for (const name of [names.kind, names.listKind ?? '']) kinds.add(name);
  }
  for (const names of [resources, kinds]) names.delete('');
  return { resources, kinds };
}
