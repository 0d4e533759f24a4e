import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './cluster.js';
import { run, until } from './run.js';
import { mismatch, parseTranscript, printedLines, type Step } from './transcript.js';

const eventuallyMs = 40_000;

export interface Outcome {
  readonly step: Step;
  readonly printed: readonly string[];
  /** What is wrong, or undefined. */
  readonly wrong: string | undefined;
}

/** A shell in which `kubectl` is the one at `path`, in a directory and a namespace (`$NS`) of its own. */
export interface TranscriptShell {
  readonly namespace: string;
  readonly minor: number;
  /** Each step that is for this version, one after the other, to the end whatever becomes of them. */
  play(name: string): AsyncGenerator<Outcome>;
  close(): void;
}

export function kubectlMinor(path: string): number {
  return Number(/(\d+)$/.exec(path)?.[1] ?? Number.NaN);
}

export function transcriptShell(options: {
  readonly path: string;
  readonly kubeconfig: string;
  readonly namespace: string;
}): TranscriptShell {
  const { namespace } = options;
  const folder = mkdtempSync(join(tmpdir(), 'kubelab-transcript-'));
  const [bin, work] = [join(folder, 'bin'), join(folder, 'work')];
  for (const directory of [bin, work]) mkdirSync(directory);
  symlinkSync(options.path, join(bin, 'kubectl'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, readFileSync(options.kubeconfig), { mode: 0o600 });
  const env = {
    HOME: folder,
    KUBECONFIG: kubeconfig,
    NS: namespace,
    PATH: `${bin}:${process.env.PATH ?? ''}`,
    KUBE_EDITOR: 'false',
  };
  const bash = (script: string) =>
    run('bash', ['-c', `exec 2>&1\n${script}`], { env, cwd: work, timeoutMs: 60_000 });
  const once = async (step: Step): Promise<Outcome> => {
    const { stdout, code } = await bash(step.command);
    const printed = printedLines(stdout, code);
    return { step, printed, wrong: mismatch(step.expected, printed, namespace) };
  };
  const perform = async (step: Step): Promise<Outcome> => {
    if (!step.eventually) return once(step);
    let last = await once(step);
    const probe = async () => {
      if (last.wrong !== undefined) last = await once(step);
      return last.wrong === undefined;
    };
    await until(step.command, probe, { timeoutMs: eventuallyMs, everyMs: 200 }).catch(() => undefined);
    return last;
  };
  const minor = kubectlMinor(options.path);
  return {
    namespace,
    minor,
    play: async function* (name) {
      const text = readFileSync(join(root, 'e2e/test/kubectl/transcripts', `${name}.txt`), 'utf8');
      await bash('kubectl create namespace $NS; kubectl config set-context --current --namespace=$NS');
      for (const step of parseTranscript(text))
        if (step.versions.from <= minor && minor <= step.versions.to) yield await perform(step);
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
