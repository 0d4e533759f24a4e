import { podKind } from '@kubelab/api';
import t from 'tap';
import { listReply } from '../src/endpoints/list-body.js';
import { acceptedForm } from '../src/endpoints/negotiate.js';
import { bytesOf } from '../src/storage/keys.js';
import { Pace } from '../src/storage/pace.js';
import { decodeAll } from '../src/storage/stored-object.js';
import { gather } from '../src/transport/gather.js';

const count = 1_000;
const values = Array.from({ length: count }, (_, at) => ({
  key: bytesOf(`/registry/core/pods/default/p-${String(at).padStart(4, '0')}`),
  value: bytesOf(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `p-${at}`, namespace: 'default', annotations: { long: 'x'.repeat(500) } },
      spec: { containers: [{ name: 'c', image: 'nginx:1' }] },
    }),
  ),
  createRevision: 1,
  modRevision: 2,
  version: 1,
  lease: 0n,
}));

/** A clock on which every look costs a millisecond, so that work is told by its pieces and not by this machine. */
function counted() {
  let nowMs = 0;
  let turns = 0;
  let longestMs = 0;
  let begunMs = 0;
  return {
    turns: () => turns,
    longestMs: () => longestMs,
    monotonicMs: () => {
      nowMs += 1;
      return nowMs;
    },
    turn: async () => {
      turns += 1;
      longestMs = Math.max(longestMs, nowMs - begunMs);
      begunMs = nowMs;
    },
  };
}

t.test('values of a long range are decoded in turns', async (t) => {
  const clock = counted();
  const { objects } = await decodeAll(podKind, values, new Pace(clock));
  t.equal(objects.length, count);
  t.ok(clock.turns() >= count / 10, `${clock.turns()} turns`);
  t.ok(clock.longestMs() <= 10, `${clock.longestMs()} pieces in one turn`);
});

t.test('a long list of any form goes out in turns, in pieces of a bounded size', async (t) => {
  const { objects } = await decodeAll(podKind, values, new Pace(counted()));
  const forms = [
    'application/yaml',
    'application/vnd.kubernetes.protobuf',
    'application/json;as=Table;g=meta.k8s.io;v=v1',
    'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
  ];
  const call = {
    method: 'GET',
    path: '/api/v1/pods',
    query: {},
    headers: {},
    body: new Uint8Array(0),
    user: { name: 'x', groups: [] },
    trace: '00-00000000000000000000000000000001-0000000000000001-01',
    signal: new AbortController().signal,
  } as const;
  for (const accept of forms) {
    const clock = counted();
    const form = acceptedForm(accept, podKind);
    const metadata = { resourceVersion: '2' };
    const { body } = await listReply({ call, kind: podKind, form, metadata, nowMs: 0, ...clock }, objects);
    if (body instanceof Uint8Array) {
      t.fail(`${accept}: one piece`);
      continue;
    }
    let longest = 0;
    const watched = (async function* () {
      for await (const chunk of body) {
        longest = Math.max(longest, chunk.bytes.byteLength);
        yield chunk;
      }
    })();
    const all = await gather(watched);
    t.ok(clock.turns() >= count / 10, `${accept}: ${clock.turns()} turns`);
    t.ok(clock.longestMs() <= 10, `${accept}: ${clock.longestMs()} pieces in one turn`);
    t.ok(longest <= 160 * 1024, `${accept}: ${longest} bytes at once`);
    t.ok(all.byteLength > count * 100);
  }
});
