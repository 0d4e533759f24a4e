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
 * One cluster, and each transcript in a namespace of its own: by the newest kubectl found or, one after the other, by all.
 * A transcript of several is a test of its own; each step is an assertion.
 */
export function proveTranscripts(options: {
  readonly port: number;
  readonly transcripts: readonly string[];
  readonly kubectls: 'newest' | 'all';
}): void {
  const { port, transcripts, kubectls } = options;
  const cluster = testCluster({ port, nodes: 2 });
  t.teardown(() => cluster.remove());
  const all = versioned();
  const chosen = kubectls === 'all' ? all : all.slice(-1);
  t.test('a cluster, and a kubectl', async (t) => {
    if (chosen.length === 0)
      t.fail('no kubectl.1.NN is on this machine: put some into a folder, and it into KUBECTL_DIRS');
    await cluster.up();
    await cluster.untilReady();
  });
  for (const name of transcripts)
    for (const path of chosen)
      t.test(`${name}, by kubectl 1.${kubectlMinor(path)}`, async (t) => {
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
