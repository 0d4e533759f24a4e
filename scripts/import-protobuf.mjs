// usage: node scripts/import-protobuf.mjs DIRECTORY...
// Reads the Go types of Kubernetes' stable groups (checkouts of k8s.io/api, k8s.io/apimachinery,
// k8s.io/apiextensions-apiserver, k8s.io/kube-aggregator) and writes the field numbers of their protobuf
// messages: services/apiserver/src/protobuf/generated/messages.ts. Numbers, names and types are facts of the
// wire format; nothing else is taken over.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const directories = process.argv.slice(2);
if (directories.length === 0) {
  console.error('usage: node scripts/import-protobuf.mjs DIRECTORY...');
  process.exit(2);
}
const out = join(
  dirname(dirname(fileURLToPath(import.meta.url))),
  'services/apiserver/src/protobuf/generated/messages.ts',
);

/** `apps/v1` -> its Go text: every file with types in a folder that is named for a stable version. */
const sources = new Map();
function collect(directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && !/^(vendor|testdata|testing|testapigroup|\..*)$/.test(entry.name))
      collect(path);
    if (!/^(types(_jsonschema)?|group_version)\.go$/.test(entry.name)) continue;
    const version = basename(directory);
    if (!/^v\d+$/.test(version)) continue;
    const key = `${basename(dirname(directory))}/${version}`;
    sources.set(key, `${sources.get(key) ?? ''}\n${readFileSync(path, 'utf8')}`);
  }
}
for (const directory of directories) collect(directory);

/** Named types that are no structs: `type UID string`, `type ResourceList map[ResourceName]resource.Quantity`. */
const aliases = new Map(['UID', 'NodeName'].map((name) => [`types.${name}`, 'string']));
const structs = new Map();
for (const [key, text] of sources) {
  const clean = text.replace(/\/\*[\s\S]*?\*\//g, '');
  for (const [, name, body] of clean.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm))
    structs.set(`${key}.${name}`, body);
  for (const [, name] of clean.matchAll(/^type (\w+) struct ?\{\s*\}/gm)) structs.set(`${key}.${name}`, '');
  for (const [, name, type] of clean.matchAll(/^(?:type |\t)([A-Z]\w+) ((?:map\[[\w.]+\]|\[\])*[\w.]+)$/gm))
    if (!['struct', 'interface', '='].includes(type)) aliases.set(`${key}.${name}`, type);
}

/** Types whose form on the wire the decoder knows. */
const special = new Set([
  'Time',
  'MicroTime',
  'Duration',
  'Quantity',
  'IntOrString',
  'FieldsV1',
  'RawExtension',
  'ExtraValue',
  'JSON',
  'Verbs',
]);
const scalars = new Set(['string', 'bool', 'int32', 'int64', 'float64', '[]byte']);

function typeOf(go, scope) {
  if (go.startsWith('*')) return `*${typeOf(go.slice(1), scope)}`;
  if (scalars.has(go)) return go;
  if (go === 'byte' || go === 'uint8') return 'byte';
  if (go.startsWith('[]')) {
    const inner = typeOf(go.slice(2), scope);
    return inner === 'byte' ? '[]byte' : `[]${inner}`;
  }
  const map = /^map\[[\w.]+\](.+)$/.exec(go);
  if (map !== null) return `{${typeOf(map[1], scope)}}`;
  if (aliases.has(go)) return aliases.get(go);
  const name = go.split('.').at(-1);
  if (special.has(name)) return name;
  const scopes = go.includes('.') ? [...sources.keys()].filter((one) => one !== scope) : [scope];
  const order = ['meta/v1', 'core/v1', ...scopes];
  for (const one of go.includes('.') ? order : scopes) {
    if (structs.has(`${one}.${name}`)) return name;
    if (aliases.has(`${one}.${name}`)) return typeOf(aliases.get(`${one}.${name}`), one);
  }
  throw new Error(`the type ${go} in ${scope} is not known`);
}

const field =
  /^\t(?:(\w+)\s+)?(\*?[\w.[\]*]+)\s+`([^`]*protobuf:"(?:\w+),(\d+),(?:\w+)(?:,name=(\w+))?[^`]*)`/gm;
const rows = [];
for (const [key, body] of structs) {
  const scope = key.slice(0, key.lastIndexOf('.'));
  if (/\.\w+List$/.test(key) && body.includes('ListMeta')) continue;
  // Fields whose types are alpha or beta are not served.
  const stable = [...body.matchAll(field)].filter(([, , go]) => !/v\d+(alpha|beta)\d+\./.test(go));
  const fields = stable.map(([, , go, tags, number, protoName = '']) => {
    const json = /json:"([^",]*)/.exec(tags)?.[1];
    const inline = /json:",inline/.test(tags);
    const name = inline ? '^' : json === undefined || json === '' ? protoName : json;
    return `${number}${name}:${typeOf(go, scope)}`;
  });
  if (fields.length > 0 || body === '') rows.push(`  '${key}':\n    '${fields.join(' ')}',\n`);
}
const header =
  "// Made by scripts/import-protobuf.mjs from the Go types of Kubernetes' stable groups. Not to be edited.\n" +
  '// `1name:string 2^:Embedded 3list:[]T 4map:{T} 5pointer:*T`\n';
writeFileSync(
  out,
  `${header}export const messages: Readonly<Record<string, string>> = {\n${rows.join('')}};\n`,
);
console.log(`${rows.length} messages of ${sources.size} group versions`);
