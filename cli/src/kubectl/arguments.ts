import { parseArgs } from 'node:util';
import { UsageError } from '../output.js';

export interface KubectlArguments {
  readonly verb: string;
  /** `pods`, `deploy`, or `pod/web-1` split into its two parts. */
  readonly resource: string | undefined;
  readonly names: readonly string[];
  readonly namespace: string;
  readonly allNamespaces: boolean;
  readonly output: string;
  readonly selector: string | undefined;
  readonly file: string | undefined;
  readonly container: string | undefined;
  readonly follow: boolean;
  readonly tail: string | undefined;
  readonly replicas: number | undefined;
}

const outputs = ['', 'wide', 'json', 'yaml', 'name'];

/** kubectl's own spelling of the flags that the built-in client knows; anything else is refused by name. */
export function parseKubectlArguments(raw: readonly string[]): KubectlArguments {
  const { values, positionals } = parse(raw);
  const [first = 'help', word, ...rest] = positionals;
  const verb = values.help === true ? 'help' : first;
  const { output = '' } = values;
  if (!outputs.includes(output)) {
    throw new UsageError(`-o wants wide, json, yaml or name, not '${output}'`, 2);
  }
  const slash = word?.indexOf('/') ?? -1;
  const split = word !== undefined && slash > 0 && verb !== 'logs';
  const replicas = values.replicas === undefined ? undefined : Number(values.replicas);
  if (replicas !== undefined && (!Number.isInteger(replicas) || replicas < 0)) {
    throw new UsageError(`--replicas wants a whole number, not '${values.replicas}'`, 2);
  }
  // `-f` is a file for apply and delete, and "follow" for logs, as in kubectl.
  const follow = verb === 'logs' && (values.follow === true || raw.includes('-f'));
  return {
    verb,
    resource: split ? word.slice(0, slash) : word,
    names: split ? [word.slice(slash + 1), ...rest] : rest,
    namespace: values.namespace ?? 'default',
    allNamespaces: values['all-namespaces'] ?? false,
    output,
    selector: values.selector,
    file: values.filename,
    container: values.container,
    follow,
    tail: values.tail,
    replicas,
  };
}

function parse(raw: readonly string[]) {
  const args = raw[0] === 'logs' ? raw.filter((argument) => argument !== '-f') : [...raw];
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        namespace: { type: 'string', short: 'n' },
        'all-namespaces': { type: 'boolean', short: 'A' },
        output: { type: 'string', short: 'o' },
        selector: { type: 'string', short: 'l' },
        filename: { type: 'string', short: 'f' },
        container: { type: 'string', short: 'c' },
        follow: { type: 'boolean' },
        tail: { type: 'string' },
        replicas: { type: 'string' },
      },
    });
  } catch (error) {
    const [said] = (error instanceof Error ? error.message : String(error)).split('. To specify');
    throw new UsageError(`${said}; 'kubelab kubectl help' lists what the built-in client knows`, 2);
  }
}
