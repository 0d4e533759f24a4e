import t from 'tap';
import { testCluster } from './cluster.js';
import { findKubectls } from './kubectl.js';
import { kubectlMinor, transcriptShell } from './transcript-shell.js';

/** Those that tell their version by their name, the newest last. */
function versioned(): string[] {
  const paths = findKubectls().filter((path) => !Number.isNaN(kubectlMinor(path)));
  return paths.sort((a, b) => kubectlMinor(a) - kubectlMinor(b));
}

/**
 * One cluster, and each transcript in a namespace of its own: by the newest kubectl found or by all the others.
 * Each step is an assertion.
 */
export async function proveTranscripts(options: {
  readonly port: number;
  readonly transcripts: readonly string[];
  /** The older ones run two at a time. */
  readonly kubectls: 'newest' | 'older';
}): Promise<void> {
  const { port, transcripts, kubectls } = options;
  const cluster = testCluster({ port, nodes: 2 });
  t.teardown(() => cluster.remove());
  const all = versioned();
  const chosen = kubectls === 'newest' ? all.slice(-1) : all.slice(0, -1);
  await t.test('a cluster, and a kubectl', async (t) => {
    if (chosen.length === 0)
      t.fail('no kubectl.1.NN is on this machine: put some into a folder, and it into KUBECTL_DIRS');
    await cluster.up();
    await cluster.untilReady();
  });
  if (kubectls === 'older') t.jobs = 2;
  for (const name of transcripts)
    for (const path of chosen)
      t.test(`${name}, by kubectl 1.${kubectlMinor(path)}`, { buffered: kubectls === 'older' }, async (t) => {
        const namespace = `${name}-${kubectlMinor(path)}`;
        const shell = transcriptShell({ path, kubeconfig: cluster.kubeconfig, namespace });
        t.teardown(() => shell.close());
        for await (const { step, printed, wrong } of shell.play(name)) {
          const title = `${name}.txt:${step.line} ${step.command.split('\n')[0]}`;
          if (wrong === undefined) t.pass(title);
          else t.equal(printed.join('\n'), step.expected.join('\n'), `${title} (${wrong})`);
        }
      });
}
