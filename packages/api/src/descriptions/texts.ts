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

function areas(): readonly unknown[] {
  return [
    require('./shared.cjs'),
    require('./core-pod.cjs'),
    require('./core-pod-status.cjs'),
    require('./core-node.cjs'),
    require('./core-storage.cjs'),
    require('./core-legacy-volumes.cjs'),
    require('./workloads.cjs'),
    require('./network.cjs'),
    require('./access.cjs'),
    require('./platform.cjs'),
    require('./devices.cjs'),
    require('./extension.cjs'),
  ];
}

/** `apps.v1.Deployment` or `apps.v1.DeploymentSpec/replicas`, and its text. */
export type Described = readonly [key: string, text: string];

/** All texts, in the order of the files; a key that occurs twice does so here too. */
export function readTexts(): readonly Described[] {
  return areas().flatMap((area) => {
    if (typeof area !== 'string') throw new Error('a file of descriptions does not export a text');
    return parseTexts(area);
  });
}

let known: ReadonlyMap<string, string> | undefined;

/** Read at the first question and kept: the documents that quote them are, too. */
export function texts(): ReadonlyMap<string, string> {
  known ??= new Map(readTexts());
  return known;
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
