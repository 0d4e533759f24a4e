import t from 'tap';
import { runClusterSeed } from '../src/kubernetes/run.js';

// One virtual minute of faults, that the file stays short; `npm run sim -- --cluster` runs two, and many seeds.
const minutes = 1;

t.test(
  'a cluster under faults keeps its promises, comes to rest, and takes the same way again',
  async (t) => {
    const first = await runClusterSeed({ seed: 2, minutes });
    if (first.violation !== undefined) t.comment(first.story.join('\n'));
    t.same(first.violation, undefined, 'every property holds');
    const { faults, clients } = first.schedule;
    t.ok(faults.length > 0 && clients.length > 0, 'something was done to it, and with it');
    const again = await runClusterSeed({ seed: 2, minutes });
    t.same([again.hash, again.story], [first.hash, first.story]);
  },
);

t.test('a mistake in a controller is noticed', async (t) => {
  const ordered = await runClusterSeed({ seed: 1, minutes, plantedBug: 'unorderedStatefulSet' });
  t.equal(ordered.violation?.property, 'order');
  const rolled = await runClusterSeed({ seed: 2, minutes: 2, plantedBug: 'rolloutIgnoresSurge' });
  t.equal(rolled.violation?.property, 'surge');
});
