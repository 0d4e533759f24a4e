import type { PlantedBug } from '@kubelab/etcd-raft';
import t from 'tap';
import { runSeed } from '../src/run.js';

t.test('a seed takes the same way twice, to the last byte; another takes another', async (t) => {
  const [one, again, other] = [
    await runSeed({ seed: 11 }),
    await runSeed({ seed: 11 }),
    await runSeed({ seed: 12 }),
  ];
  t.equal(one.hash, again.hash);
  t.equal(one.events, again.events);
  t.not(one.hash, other.hash);
  t.equal(one.violation, undefined);
});

/** `npm run sim -- --planted all` finds them again when the simulation draws otherwise. */
const caught: readonly (readonly [PlantedBug, number])[] = [
  ['ackBeforeFsync', 1],
  ['voteWithoutPersisting', 1],
];

for (const [plantedBug, seed] of caught) {
  t.test(`the planted bug ${plantedBug} is caught`, async (t) => {
    const { violation } = await runSeed({ seed, plantedBug });
    t.comment(`seed ${seed}: ${violation?.message}`);
    t.ok(violation !== undefined);
  });
}
