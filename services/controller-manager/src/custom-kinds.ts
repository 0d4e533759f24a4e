import { type CustomResourceDefinition, definitionKind, type KindInfo } from '@kubelab/api';
import type { ControllerContext } from './controller.js';

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** A definition's kind in a version that is served; undefined while none is. */
export function customKind({ spec, status }: CustomResourceDefinition): KindInfo | undefined {
  const established = (status?.conditions ?? []).some(
    (one) => one.type === 'Established' && one.status === 'True',
  );
  const versions = (spec?.versions ?? []).filter(({ served }) => served);
  const version = versions.find(({ storage }) => storage) ?? versions[0];
  if (spec === undefined || !established || version === undefined) return undefined;
  const { kind, plural, singular, listKind } = status?.acceptedNames ?? spec.names;
  return {
    group: spec.group,
    version: version.name,
    kind,
    listKind: listKind ?? `${kind}List`,
    resource: plural,
    singular: singular ?? kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: spec.scope === 'Namespaced',
    verbs,
    subresources: [],
    schema: `custom ${spec.group}/${version.name} ${kind}`,
    createOnUpdate: false,
    hasGeneration: true,
    hasStatus: version.subresources?.status !== undefined,
  };
}

/** Custom kinds that are served now. */
export function customKinds(context: ControllerContext): KindInfo[] {
  return context
    .informer<CustomResourceDefinition>(definitionKind)
    .list()
    .flatMap((definition) => customKind(definition) ?? []);
}

/** Of an owner or a dependent, whatever version it names. */
export function findCustomKind(
  context: ControllerContext,
  group: string,
  kind: string,
): KindInfo | undefined {
  return customKinds(context).find((one) => one.group === group && one.kind === kind);
}

/** Tells of custom kinds as they come and go. A definition that changes its served version goes and comes. */
export function followCustomKinds(
  context: ControllerContext,
  handlers: { came(kind: KindInfo): void; went(kind: KindInfo): void },
): void {
  const known = new Map<string, KindInfo>();
  const leave = (name: string) => {
    const kind = known.get(name);
    if (kind === undefined) return;
    known.delete(name);
    handlers.went(kind);
  };
  context.informer<CustomResourceDefinition>(definitionKind).handle({
    changed: (definition) => {
      const { name } = definition.metadata;
      const kind = customKind(definition);
      if (kind?.schema === known.get(name)?.schema) return;
      leave(name);
      if (kind === undefined) return;
      known.set(name, kind);
      handlers.came(kind);
    },
    deleted: ({ metadata }) => leave(metadata.name),
  });
}
