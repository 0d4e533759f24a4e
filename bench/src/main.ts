import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchApi } from './api/main.js';
import { benchCluster } from './cluster.js';
import { benchLibrary } from './library/main.js';
import { benchScheduler } from './scheduler/main.js';
import { benchStore } from './store/main.js';
import { benchTrace } from './trace/main.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const help = `Measures; holds nothing back.

Usage: npm run bench -- start|failover|store|api|library|scheduler|trace [flags]

  start       from "kubelab up" to ready
  failover    from the death of the Raft leader to the next write that kubectl saw acknowledged
  store       the Raft store beside Debian's etcd, row by row, as ratios
  api         an apiserver under requests, lists and watches: rates, latencies, event loop, memory
  library     startCluster() of 'kubelab': time to the first answer, memory, many side by side
  scheduler   pods a second on hollow nodes, in this process: basic, affinity, spreading, preemption
  trace       what tracing costs: the same requests with it off, at default sampling, and with every trace kept

  --rounds N       each figure is the median of N (default 3)
  --seconds S      of each round of a rate (default 3)
  --only TEXT      only the rows of store, api or scheduler whose name contains TEXT
  --sizes N,N      keys of store's restart and memory rows (default 100000,1000000; "" for none)
  --backend NAME   of kubelab's members: memory (default) or lmdb
  --apiserver FILE of api: another apiserver's main.js, to compare with
  --chart FILE     draw store's table as SVG
  --nodes N, --pods N   of scheduler (default 5000, 10000)
  -o json          print JSON

Examples:
  npm run bench -- start
  npm run bench -- failover --rounds 10
  npm run bench -- store --only put --rounds 1 --sizes ""
  npm run bench -- api --only list
  npm run bench -- store --chart docs/store.svg
  npm run bench -- scheduler --only basic
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    only: { type: 'string' },
    sizes: { type: 'string', default: '100000,1000000' },
    backend: { type: 'string', default: 'memory' },
    chart: { type: 'string' },
    apiserver: { type: 'string' },
    nodes: { type: 'string', default: '5000' },
    pods: { type: 'string', default: '10000' },
    output: { type: 'string', short: 'o' },
    help: { type: 'boolean', default: false },
  },
});
const [what] = positionals;
const rounds = Number(values.rounds);
const json = values.output === 'json';
if (!values.help && (what === 'start' || what === 'failover')) benchCluster(root, what, { rounds, json });
else if (!values.help && what === 'trace') await benchTrace({ root, rounds, json });
else if (!values.help && what === 'library') await benchLibrary({ root, json });
else if (!values.help && what === 'api') {
  const { only, apiserver } = values;
  await benchApi({ root, seconds: Number(values.seconds), only, json, apiserver });
} else if (!values.help && what === 'store') {
  const sizes = values.sizes
    .split(',')
    .filter((size) => size !== '')
    .map(Number);
  const { only, chart, backend } = values;
  await benchStore({ root, rounds, seconds: Number(values.seconds), only, sizes, json, chart, backend });
} else if (!values.help && what === 'scheduler') {
  const { only } = values;
  await benchScheduler({ root, nodes: Number(values.nodes), pods: Number(values.pods), only, json });
} else {
  process.stdout.write(help);
  process.exitCode = values.help ? 0 : 2;
}
