import { createRequire } from 'node:module';

/**
 * The texts of kubectl explain, in files of this folder by area of the API. They are CommonJS (.cts) so that a
 * synchronous question can load them: most processes are never asked, and pay neither time nor memory. A file
 * is one text of lines:
 *
 *     @ apps.v1                                        what the types below begin with
 *     Deployment: Keeps equal pods running.            a type and its text, which may be missing
 *     RollingUpdateDeployment, Other: Bounds of ...    several types of one text and with the same fields
 *       maxSurge: How many pods more ...               a field of the type, or types, above (two spaces)
 *           goes on here                               more of the line above (four or more)
 *
 * kubectl prints the text of a field and below it that of the field's type: a type has one only where it adds
 * something. Kinds always have.
 *
 * The type `*` is any type, `*List` any list: for fields that mean the same wherever they stand.
 */
const require: (file: string) => unknown = createRequire(import.meta.url);

type Area = () => readonly unknown[];

const shared: Area = () => [require('./shared.cjs')];
const workloads: Area = () => [require('./workloads.cjs')];
const network: Area = () => [require('./network.cjs')];
const access: Area = () => [require('./access.cjs')];
const platform: Area = () => [require('./platform.cjs')];
const extension: Area = () => [require('./extension.cjs')];

/** By what types begin with. One area at a time keeps the event loop free: all of them take some 15 ms. */
const areas: Readonly<Record<string, Area>> = {
  '*': shared,
  '*List': shared,
  core: () => [
    require('./core-pod.cjs'),
    require('./core-pod-status.cjs'),
    require('./core-node.cjs'),
    require('./core-storage.cjs'),
    require('./core-legacy-volumes.cjs'),
  ],
  apps: workloads,
  batch: workloads,
  autoscaling: workloads,
  networking: network,
  discovery: network,
  coordination: network,
  events: network,
  rbac: access,
  policy: access,
  authentication: access,
  authorization: access,
  certificates: access,
  meta: platform,
  pkg: platform,
  storage: platform,
  scheduling: platform,
  node: platform,
  resource: () => [require('./devices.cjs')],
  admissionregistration: extension,
  apiextensions: extension,
  apiregistration: extension,
  flowcontrol: extension,
};

/** `apps.v1.Deployment` or `apps.v1.DeploymentSpec/replicas`, and its text. */
export type Described = readonly [key: string, text: string];

const known = new Map<Area, ReadonlyMap<string, string>>();

/** The text of a key. Areas are read at their first question and kept: the documents that quote them are, too. */
export function textOf(key: string): string | undefined {
  const group = /^[^./]*/.exec(key)?.[0] ?? '';
  const area = Object.hasOwn(areas, group) ? areas[group] : undefined;
  if (area === undefined) return undefined;
  const texts = known.get(area) ?? new Map(readArea(area));
  known.set(area, texts);
  return texts.get(key);
}

/** All texts, file by file; a key that occurs twice does so here too. */
export function readTexts(): readonly Described[] {
  return [...new Set(Object.values(areas))].flatMap(readArea);
}

function readArea(area: Area): readonly Described[] {
  return area().flatMap((text) => {
    if (typeof text !== 'string') throw new Error('a file of descriptions does not export a text');
    return parseTexts(text);
  });
}

export function parseTexts(area: string): readonly Described[] {
  const found: Described[] = [];
  let prefix = '';
  let types: readonly string[] = [];
  for (const line of joined(area)) {
    if (line.startsWith('@ ')) {
      prefix = `${line.slice(2)}.`;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon < 0) throw new Error(`a description has no colon: ${line}`);
    const name = line.slice(0, colon);
    const text = line.slice(colon + 1).trim();
    if (line.startsWith('  ')) {
      found.push(...types.map((type): Described => [`${type}/${name.trim()}`, text]));
    } else {
      types = name.split(', ').map((type) => (type.startsWith('*') ? type : prefix + type));
      if (text !== '') found.push(...types.map((type): Described => [type, text]));
    }
  }
  return found;
}

/** Lines with what continues them, without empty ones. */
function joined(area: string): readonly string[] {
  return area
    .replaceAll(/\n {4,}/g, ' ')
    .split('\n')
    .filter((line) => line !== '');
}
