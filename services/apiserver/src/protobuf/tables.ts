import { messages } from './generated/messages.js';

export interface FieldSpec {
  readonly number: number;
  readonly name: string;
  /** Its message's fields are its parent's own in JSON. */
  readonly embedded: boolean;
  /** Zero values of fields that are no pointers are as good as absent. */
  readonly pointer: boolean;
  readonly shape: 'one' | 'list' | 'map';
  readonly type: string;
}

export interface MessageSpec {
  /** `apps/v1`: where the types of its fields are looked for first. */
  readonly scope: string;
  /** By number. */
  readonly fields: ReadonlyMap<number, FieldSpec>;
}

const parsed = new Map<string, MessageSpec>();

/** In the containing message's own group, else in meta, else in core. */
export function lookUp(type: string, scope: string): MessageSpec | undefined {
  const scopes = scope === 'meta/v1' ? [scope] : [scope, 'meta/v1', 'core/v1'];
  const found = scopes.find((one) => messages[`${one}.${type}`] !== undefined);
  if (found === undefined) return undefined;
  const key = `${found}.${type}`;
  const spec = parsed.get(key) ?? { scope: found, fields: parseFields(messages[key] ?? '') };
  parsed.set(key, spec);
  return spec;
}

/** The message of a kind. Tables are named by a group's first label: rbac for rbac.authorization.k8s.io. */
export function messageOf(apiVersion: string, kind: string): MessageSpec | undefined {
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  return lookUp(kind, `${group.split('.')[0] ?? group}/${version}`);
}

function parseFields(text: string): Map<number, FieldSpec> {
  const fields = [...text.matchAll(/(\d+)([^\s:]+):(\S+)/g)].map(([, number, name = '', full = '']) => {
    const pointer = full.startsWith('*');
    const type = pointer ? full.slice(1) : full;
    const isList = type.startsWith('[]') && type !== '[]byte';
    const isMap = type.startsWith('{');
    const inner = isList ? type.slice(2) : isMap ? type.slice(1, -1) : type;
    const shape = isList ? 'list' : isMap ? 'map' : 'one';
    const spec = {
      number: Number(number),
      name,
      embedded: name === '^',
      pointer,
      shape,
      type: inner,
    } as const;
    return [spec.number, spec] as const;
  });
  return new Map(fields);
}
