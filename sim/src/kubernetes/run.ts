import { deploymentKind } from '@kubelab/api';
import { createSimulation } from '@kubelab/world';
import { History } from './history.js';
import { SimulatedCluster } from './hosts.js';
import { describeClusterSettings, drawClusterSettings } from './settings.js';

export async function skeleton(seed: number, withLogs: boolean) {
  const simulation = createSimulation({ seed });
  const settings = drawClusterSettings(simulation.random);
  const story: string[] = [describeClusterSettings(settings)];
  const note = (what: string) => story.push(`${(simulation.nowMs / 1000).toFixed(3).padStart(8)} s  ${what}`);
  const cluster = new SimulatedCluster(simulation, {
    settings, withLogs, note, plantedBug: undefined, fail: (p, m) => note(`${p}: ${m}`),
  });
  const history = new History();
  cluster.start();
  const judge = cluster.store.client('judge');
  void history.follow(judge.world, judge.store);
  await simulation.run({ untilMs: 120_000, until: () => cluster.ready() });
  note(`ready? ${cluster.describeUnready()}`);
  const person = cluster.person('person');
  person.client.for(deploymentKind).create({
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' },
    spec: { replicas: 5, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'node:1' }] } } },
  } as never).then(() => note('created'), (e: unknown) => note(String(e)));
  await simulation.run({ untilMs: simulation.nowMs + 60_000 });
  note(JSON.stringify(history.list('Deployment')[0]));
  note(`${history.writes} writes`);
  return { story, hash: simulation.hash(), events: simulation.events };
}
const s = Date.now();
const r = await skeleton(Number(process.argv[2] ?? 1), process.argv[3] === 'logs');
console.log(r.story.join('\n'), r.hash, r.events, Date.now() - s);
process.exit(0);
