import t from 'tap';
import { podKind } from '../src/index.js';
import {
  compareObjects,
  difference,
  type FieldSet,
  intersection,
  paths,
  pathText,
  setOf,
  union,
} from '../src/patch/field-set.js';

/** A small generator of its own, so that a failure names its seed and comes back. */
function generator(seed: number): (max: number) => number {
  let state = seed;
  return (max) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * max);
  };
}

/** Few names and short paths: members that hold other members come up often. */
function randomMembers(int: (max: number) => number): string[][] {
  return Array.from({ length: int(6) }, () =>
    Array.from({ length: 1 + int(3) }, () => `f:${'ab'[int(2)] ?? 'a'}`),
  );
}

const names = (list: readonly (readonly string[])[]) =>
  [...new Set(list.map((path) => path.join('')))].sort();
const members = (set: FieldSet) => names(paths(set));

t.test('the algebra of field sets is that of sets of paths', async (t) => {
  for (let seed = 1; seed <= 3000; seed += 1) {
    const int = generator(seed);
    const [left, right] = [randomMembers(int), randomMembers(int)];
    const [a, b] = [setOf(left), setOf(right)];
    const [inA, inB] = [names(left), names(right)];
    const wanted = {
      itself: inA,
      union: [...new Set([...inA, ...inB])].sort(),
      difference: inA.filter((path) => !inB.includes(path)),
      intersection: inA.filter((path) => inB.includes(path)),
    };
    const found = {
      itself: members(a),
      union: members(union(a, b)),
      difference: members(difference(a, b)),
      intersection: members(intersection(a, b)),
    };
    if (JSON.stringify(found) !== JSON.stringify(wanted)) t.same(found, wanted, `seed ${seed}`);
  }
});

t.test('a path reads as conflicts name it', async (t) => {
  const rows: [string[], string][] = [
    [['f:spec', 'f:replicas'], '.spec.replicas'],
    [
      ['f:ports', 'k:{"containerPort":80,"protocol":"TCP"}', 'f:name'],
      '.ports[containerPort=80,protocol="TCP"].name',
    ],
    [['f:metadata', 'f:finalizers', 'v:"a/b"'], '.metadata.finalizers[="a/b"]'],
    [['f:metadata', 'f:labels', 'f:example.com/a'], '.metadata.labels.example.com/a'],
  ];
  for (const [path, text] of rows) t.equal(pathText(path), text);
});

t.test('what two objects differ in is told by item and field', async (t) => {
  const pod = (...containers: object[]) => ({ spec: { containers } });
  const before = pod({ name: 'a', image: '1', args: ['x'] }, { name: 'b', image: '1' });
  const after = pod({ name: 'b', image: '2' }, { name: 'a', image: '1', args: ['x', 'y'] }, { name: 'c' });
  const { changed, removed } = compareObjects(podKind.schema, before, after);
  t.same(names(paths(changed).map((path) => [pathText(path)])), [
    '.spec.containers[name="a"].args',
    '.spec.containers[name="b"].image',
    '.spec.containers[name="c"]',
    '.spec.containers[name="c"].name',
  ]);
  t.same(paths(removed), []);
  t.same(
    names(
      paths(compareObjects(podKind.schema, before, pod({ name: 'a', image: '1' })).removed).map((p) => [
        pathText(p),
      ]),
    ),
    [
      '.spec.containers[name="a"].args',
      '.spec.containers[name="b"]',
      '.spec.containers[name="b"].image',
      '.spec.containers[name="b"].name',
    ],
  );
});
