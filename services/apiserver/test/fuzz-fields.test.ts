import { decodeObject, groupVersionOf, isObject, kinds, objectPath, omitEmpty } from '@kubelab/api';
import fc from 'fast-check';
import t from 'tap';
import { decodeProtobuf } from '../src/protobuf/decode.js';
import { encodeProtobuf } from '../src/protobuf/encode.js';
import { holds, send } from './fuzz-support.js';
import { readyServer } from './harness.js';
import { object } from './random-objects.js';
import { samples } from './samples.js';

const runs = 12;
const server = await readyServer();
t.teardown(() => server.stop());

/** What the server decides, whatever is sent. */
const served: ReadonlySet<string> = new Set(['status', 'metadata', 'stringData']);
/** By kind: fields that are the server's own in what it is asked to make. */
const decided: Readonly<Record<string, readonly string[]>> = {
  CertificateSigningRequest: ['spec.username', 'spec.uid', 'spec.groups', 'spec.extra'],
};

/** Paths of what was sent and is not there, or is another. Nothing is as good as null, or as an empty list or map. */
function lost(sent: unknown, found: unknown, path: string): string[] {
  if (sent === null || sent === undefined) return [];
  if (Array.isArray(sent)) {
    if (sent.length === 0 && found === undefined) return [];
    if (!Array.isArray(found) || found.length !== sent.length) return [`${path}: ${JSON.stringify(found)}`];
    return sent.flatMap((item, at) => lost(item, found[at], `${path}[${at}]`));
  }
  if (isObject(sent)) {
    if (Object.keys(sent).length === 0 && found === undefined) return [];
    if (!isObject(found)) return [`${path}: ${JSON.stringify(found)}`];
    return Object.entries(sent).flatMap(([key, value]) =>
      lost(value, found[key], path === '' ? key : `${path}.${key}`),
    );
  }
  return Object.is(sent, found) ? [] : [`${path}: ${JSON.stringify(sent)} became ${JSON.stringify(found)}`];
}

function bodyOf(kind: (typeof kinds)[number], fields: Record<string, unknown>, name = 'sample') {
  return { apiVersion: groupVersionOf(kind), kind: kind.kind, metadata: { name }, ...fields };
}

/** The sample with parts of it replaced by random ones: most of it is valid. */
const sampleOf = (kind: (typeof kinds)[number]) => {
  const {
    name = 'sample',
    status: _status,
    cells: _cells,
    ...fields
  } = samples[`${groupVersionOf(kind)} ${kind.kind}`] ?? samples[kind.kind] ?? {};
  return bodyOf(kind, fields, name);
};

let kept = 0;
for (const kind of kinds.filter((one) => one.kind !== 'Namespace')) {
  t.test(`${groupVersionOf(kind)} ${kind.kind}: create, get and update keep every field`, async (t) => {
    const path = objectPath(kind, kind.namespaced ? 'default' : undefined);
    const sample = sampleOf(kind);
    const own = `${path}/${sample.metadata.name}`;
    const property = fc.asyncProperty(fc.gen(), async (draw) => {
      const random = object(draw, kind.schema, 0);
      const name = draw(fc.constantFrom, ...Object.keys(random), '');
      const body = { ...sample, ...(name === '' ? {} : { [name]: random[name] }) };
      const { object: decoded } = decodeQuietly(kind, body);
      const made = await send(server, { method: 'POST', path, body });
      if (made.code !== 201 || decoded === undefined) return;
      kept += 1;
      const got = await send(server, { method: 'GET', path: own });
      const put = await send(server, { method: 'PUT', path: own, body: isObject(got.json) ? got.json : {} });
      const again = await send(server, { method: 'GET', path: own });
      await send(server, { method: 'DELETE', path: own, body: { gracePeriodSeconds: 0 } });
      const fields = Object.fromEntries(Object.entries(decoded).filter(([field]) => !served.has(field)));
      const ignored = decided[kind.kind] ?? [];
      for (const answer of [made, got, put, again]) {
        const gone = lost(fields, answer.json, '').filter(
          (one) => !ignored.some((field) => one.startsWith(field)),
        );
        if (gone.length > 0) throw new Error(gone.join('\n'));
      }
    });
    await holds(t, 'a field', property, runs);
  });

  t.test(`${groupVersionOf(kind)} ${kind.kind}: through protobuf, too`, async (t) => {
    const same = (body: Record<string, unknown>) => {
      const { object: wanted } = decodeQuietly(kind, body);
      if (wanted === undefined) return;
      const through = decodeObject(kind, decodeProtobuf(encodeProtobuf(wanted))).object;
      const gone = lost(wanted, through, '').filter((one) => !/: (""|0|false) became undefined$/.test(one));
      if (gone.length > 0) throw new Error(gone.join('\n'));
    };
    same(sampleOf(kind));
    const property = fc.asyncProperty(fc.gen(), async (draw) => {
      same(bodyOf(kind, object(draw, kind.schema, 0)));
    });
    await holds(t, 'a field', property, runs);
  });
}

t.test('there were enough', async (t) => {
  t.ok(kept > 100, `${kept} objects were kept`);
});

/** None where it is no object of the kind at all. */
function decodeQuietly(
  kind: (typeof kinds)[number],
  body: unknown,
): { readonly object?: ReturnType<typeof decodeObject>['object'] } {
  try {
    const { object } = decodeObject(kind, body);
    omitEmpty(kind.schema, object);
    return { object };
  } catch {
    return {};
  }
}
