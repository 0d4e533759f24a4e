import t from 'tap';
import { runSeed } from '../src/run.js';

t.test('a seed takes the same way twice, to the last byte; another takes another', async (t) => {
  const [one, again, other] = [
    await runSeed(11, undefined),
    await runSeed(11, undefined),
    await runSeed(12, undefined),
  ];
  t.equal(one.hash, again.hash);
  t.equal(one.events, again.events);
  t.not(one.hash, other.hash);
  t.equal(one.violation, undefined);
});

/** Seeds found by `npm run sim -- --seeds 500 --planted BUG`: each is caught by the named property. */
const caught = [
  { bug: 'ackBeforeFsync', from: 1, count: 60 },
  { bug: 'voteWithoutPersisting', from: 1, count: 120 },
] as const;

for (const { bug, from, count } of caught) {
  t.test(`the planted bug ${bug} is caught`, async (t) => {
    for (let seed = from; seed < from + count; seed += 1) {
      const { violation } = await runSeed(seed, bug);
      if (violation === undefined) continue;
      t.comment(`seed ${seed}: ${violation.message}`);
      t.pass(violation.property);
      return;
    }
    t.fail(`${count} seeds passed with ${bug}`);
  });
}
