import t from 'tap';
import { parseKubectlArguments } from '../src/kubectl/arguments.js';
import { describeLines } from '../src/kubectl/describe.js';
import { columns, UsageError } from '../src/output.js';

const parse = (line: string) => parseKubectlArguments(line.split(' '));

t.test('kubectl spellings are read', async (t) => {
  t.match(parse('get pods -n kube-system -l app=web -o wide'), {
    verb: 'get',
    resource: 'pods',
    names: [],
    namespace: 'kube-system',
    selector: 'app=web',
    output: 'wide',
  });
  t.match(parse('get deploy/web -o yaml'), { resource: 'deploy', names: ['web'], output: 'yaml' });
  t.match(parse('get pods -A'), { allNamespaces: true, namespace: 'default' });
  t.match(parse('scale deploy web --replicas=0'), { names: ['web'], replicas: 0 });
});

t.test('-f is a file for apply and delete, and follows for logs', async (t) => {
  t.match(parse('apply -f -'), { file: '-', follow: false });
  t.match(parse('delete -f web.yaml'), { file: 'web.yaml', follow: false });
  t.match(parse('logs -f web-1 -c app --tail 5'), {
    file: undefined,
    follow: true,
    resource: 'web-1',
    container: 'app',
    tail: '5',
  });
  t.match(parse('logs pod/web-1'), { resource: 'pod/web-1', follow: false });
});

t.test('--help and nothing at all are help', async (t) => {
  t.equal(parse('get --help').verb, 'help');
  t.equal(parse('-h').verb, 'help');
  t.equal(parseKubectlArguments([]).verb, 'help');
});

t.test('what is not known is refused and says what would do', async (t) => {
  for (const [line, message] of [
    ['get pods --bogus', /'--bogus'; 'kubelab kubectl help' lists/],
    ['get pods -o jsonpath', /-o wants wide, json, yaml or name, not 'jsonpath'/],
    ['scale deploy web --replicas=two', /--replicas wants a whole number, not 'two'/],
    ['scale deploy web --replicas=1.5', /--replicas wants a whole number/],
  ] as const) {
    t.throws(() => parse(line), { message, exitCode: 2 });
    t.throws(() => parse(line), UsageError);
  }
});

t.test('describe keeps the keys of labels and data as they are', async (t) => {
  const object = {
    metadata: { name: 'web', uid: 'hidden', labels: { app: 'web', 'kubernetes.io/os': 'linux' } },
    spec: { ports: [{ port: 80, name: 'http' }] },
  };
  t.same(describeLines(object, { items: [] }, 0), [
    'Name: web',
    'Labels:',
    '  app: web',
    '  kubernetes.io/os: linux',
    'Spec:',
    '  Ports:',
    '    - Port: 80',
    '      Name: http',
    'Events: <none>',
  ]);
});

t.test('columns are as wide as their widest cell', async (t) => {
  t.same(
    columns([
      ['NAME', 'AGE'],
      ['longer', '1s'],
    ]),
    ['NAME     AGE', 'longer   1s'],
  );
});
