import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { check } from './check/check.js';
import { type FaultKind, faultKinds } from './check/plan.js';
import { readCluster } from './cluster-file.js';
import type { CommandHost } from './command-host.js';
import { control, status } from './commands/control.js';
import { down } from './commands/down.js';
import { env } from './commands/env.js';
import { kubectl } from './commands/kubectl.js';
import { setUpContainers } from './commands/set-up-containers.js';
import { trace } from './commands/trace.js';
import { up, upDetached } from './commands/up.js';
import { type WhyOptions, why } from './commands/why.js';
import type { ControlAction } from './supervisor/contract.js';
import { defaultPort } from './topology.js';

const defaultNodes = 2;

/** The command line: every command in the order in which a person meets them. run() gives the exit code. */
export function createProgram(host: CommandHost, exit: (code: number) => void) {
  const program = new Command('kubelab')
    .description('A real Kubernetes in TypeScript that you can read, watch, break and prove.')
    .option('--data <dir>', 'folder that holds the cluster', join(host.root, '.kubelab'))
    .helpCommand(false)
    .enablePositionalOptions()
    .showHelpAfterError("(see 'kubelab --help')")
    .addHelpText(
      'after',
      examples('kubelab up --nodes 3', 'kubelab kill leader', 'kubelab trace --follow --to etcd-raft'),
    );
  let exitCode = 0;
  const data = () => host.resolvePath(program.opts<{ data: string }>().data);
  const withCode = async (work: Promise<number>) => {
    exitCode = await work;
  };

  addUp(program, host, data, exit);
  program
    .command('down')
    .description('end the cluster, wherever it runs')
    .option('--data <dir>', 'as above')
    .option('--wipe', 'remove its state too', false)
    .action((options: { wipe: boolean; data?: string }) =>
      down(host, options.data === undefined ? data() : host.resolvePath(options.data), {
        wipe: options.wipe,
      }),
    );
  program
    .command('status')
    .description('every component: state, role, pid, address; exits with 1 while not ready')
    .addOption(new Option('-o, --output <format>').choices(['table', 'json']).default('table'))
    .action((options: { output: 'table' | 'json' }) => withCode(status(host, data(), options.output)));
  addControl(program, host, data);
  program
    .command('env')
    .description('print shell exports: KUBECONFIG, or what etcdctl wants')
    .argument('[for]', 'kubectl or etcdctl', choice(['kubectl', 'etcdctl']), 'kubectl')
    .addHelpText('after', examples('eval "$(kubelab env)"', 'eval "$(kubelab env etcdctl)"'))
    .action((which: 'kubectl' | 'etcdctl') => env(host, data(), which));
  program
    .command('kubectl')
    .description(
      'stock kubectl where one is installed, else a built-in client: get, describe, apply, delete, logs, scale',
    )
    .argument('[args...]')
    .helpOption(false)
    .passThroughOptions()
    .allowUnknownOption()
    .action((args: string[]) => withCode(kubectl(host, data(), args)));
  addTrace(program, host, data);
  addWhy(program, host, data, withCode);
  addCheck(program, host, data, withCode);
  program
    .command('set-up-containers', { hidden: true })
    .description('write certificates and kubeconfig for docker compose')
    .requiredOption('--net <a.b.c>', "first three numbers of the containers' network")
    .requiredOption('--port <port>', 'of the endpoint on this machine', wholeNumber)
    .requiredOption('--kubeconfig <file>', 'where the kubeconfig goes')
    .action((options: { net: string; port: number; kubeconfig: string }) =>
      setUpContainers(host, data(), {
        net: options.net,
        port: options.port,
        kubeconfigPath: options.kubeconfig,
      }),
    );

  return {
    run: async (args: readonly string[]): Promise<number> => {
      await program.parseAsync([...args], { from: 'user' });
      return exitCode;
    },
  };
}

interface UpOptions {
  readonly nodes?: number;
  readonly hollowNodes?: number;
  readonly port?: number;
  readonly data?: string;
  readonly detach: boolean;
}

function addUp(program: Command, host: CommandHost, data: () => string, exit: (code: number) => void): void {
  program
    .command('up')
    .description('start the cluster and stay; Ctrl-C ends it and keeps its state')
    .option('--nodes <n>', 'nodes, each a kubelet and a kube-proxy', wholeNumber)
    .option('--hollow-nodes <n>', 'nodes whose pods have no processes, beside those', wholeNumber)
    .option('--port <port>', 'of the endpoint for kubectl; the other ports follow it', wholeNumber)
    .option('--data <dir>', 'folder that holds the cluster')
    .option('--detach', 'return once it is ready; it runs in the background', false)
    .addHelpText('after', examples('kubelab up', 'kubelab up --nodes 3 --port 7443 --data /tmp/lab --detach'))
    .action(async (options: UpOptions) => {
      const dataDirectory = options.data === undefined ? data() : host.resolvePath(options.data);
      const before = await readCluster(host.world, dataDirectory);
      const cluster = {
        port: options.port ?? before?.port ?? defaultPort,
        nodes: options.nodes ?? before?.nodes ?? defaultNodes,
        hollowNodes: options.hollowNodes ?? before?.hollowNodes ?? 0,
        dataDirectory,
      };
      if (options.detach) return upDetached(host, cluster);
      const supervisor = await up(host, cluster);
      await supervisor.done;
      return exit(0);
    });
}

const controls: readonly (readonly [ControlAction, string])[] = [
  ['kill', 'kill -9 a component; the supervisor starts it again'],
  ['pause', 'SIGSTOP a component: it is there and does not answer'],
  ['resume', 'let a paused component go on'],
  ['restart', 'end a component in an orderly way and start it (also one that was stopped)'],
  ['stop', 'end a component and leave it down'],
  ['start', 'start a component that was stopped'],
];

function addControl(program: Command, host: CommandHost, data: () => string): void {
  for (const [action, description] of controls) {
    program
      .command(action)
      .description(description)
      .argument('<component>', 'etcd-raft-0, apiserver-1, scheduler-0, node-1, kube-proxy-1, ..., or leader')
      .option(
        '--whole-node',
        'the machine: kubelet, kube-proxy and pods of node-N (kill and stop leave it down)',
        false,
      )
      .addHelpText('after', examples(`kubelab ${action} leader`, `kubelab ${action} node-2 --whole-node`))
      .action((name: string, options: { wholeNode: boolean }) =>
        control(host, data(), { action, name, wholeNode: options.wholeNode }),
      );
  }
}

function addWhy(
  program: Command,
  host: CommandHost,
  data: () => string,
  withCode: (work: Promise<number>) => Promise<void>,
): void {
  program
    .command('why')
    .description('why a pod is where it is, or nowhere: each plugin on each node, as the scheduler decided')
    .argument('[pod]', 'NAME or NAMESPACE/NAME')
    .option(
      '-f, --file <manifest>',
      'what if: a pod or workload that is not applied (- reads standard input)',
    )
    .option('-n, --namespace <namespace>', 'of the pod', 'default')
    .option('--all', 'every decision that is remembered, not only the latest', false)
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      examples('kubelab why web-7d4f', 'kubelab why -f pod.yaml', 'kubelab why web -n prod -o json'),
    )
    .action((pod: string | undefined, options: Omit<WhyOptions, 'pod'>) =>
      withCode(why(host, data(), { ...options, pod })),
    );
}

function addCheck(
  program: Command,
  host: CommandHost,
  data: () => string,
  withCode: (work: Promise<number>) => Promise<void>,
): void {
  program
    .command('check')
    .description('break the running store while clients use it, and prove that what they saw is linearizable')
    .option('--duration <time>', 'how long clients work: 60s, 5m', duration, 60_000)
    .option('--faults <list>', `some of ${faultKinds.join(',')}; or none`, faultList, [...faultKinds])
    .option('--clients <n>', 'clients that know all members', wholeNumber, 6)
    .option('--seed <n>', 'draws faults and operations; printed when not given', wholeNumber)
    .option('--picture <file>', 'where a counterexample is drawn', 'counterexample.html')
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      examples(
        'kubelab check',
        'kubelab check --duration 5m --faults kill,partition',
        'kubelab check --faults none -o json',
      ),
    )
    .action((options: CheckCommandOptions) =>
      withCode(
        check(host, data(), {
          durationMs: options.duration,
          faults: options.faults,
          clients: options.clients,
          seed: options.seed,
          picture: host.resolvePath(options.picture),
          output: options.output,
        }),
      ),
    );
}

interface CheckCommandOptions {
  readonly duration: number;
  readonly faults: readonly FaultKind[];
  readonly clients: number;
  readonly seed?: number;
  readonly picture: string;
  readonly output: 'text' | 'json';
}

function duration(text: string): number {
  const match = /^(\d+)(s|m)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('a time like 60s or 5m is needed.');
  return Number(match[1]) * (match[2] === 'm' ? 60_000 : 1_000);
}

function faultList(text: string): FaultKind[] {
  if (text === 'none') return [];
  return text.split(',').map((name) => choice(faultKinds)(name.trim()));
}

function addTrace(program: Command, host: CommandHost, data: () => string): void {
  program
    .command('trace')
    .description('what components say to each other: time, from, to, kind, key, size, trace id')
    .option('-f, --follow', 'go on with what comes', false)
    .option('--from <component>', 'only what this one sends (a name or a kind: etcd-raft-0, etcd-raft)')
    .option('--to <component>', 'only what is sent to this one')
    .option('--kind <text>', 'only kinds that hold the text: AppendEntries, store.txn, MODIFIED')
    .option('--limit <n>', 'end after so many messages', wholeNumber)
    .addOption(new Option('-o, --output <format>').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      examples('kubelab trace --follow --from scheduler', 'kubelab trace -f --kind AppendEntries -o json'),
    )
    .action((options: TraceOptions) => trace(host, data(), options));
}

interface TraceOptions {
  readonly follow: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly kind?: string;
  readonly limit?: number;
  readonly output: 'text' | 'json';
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is needed.');
  return Number(text);
}

function choice<T extends string>(allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const found = allowed.find((known) => known === text);
    if (found === undefined) throw new InvalidArgumentError(`one of ${allowed.join(', ')} is needed.`);
    return found;
  };
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
