import t from 'tap';
import { FlagError, helpText, parseFlags } from '../src/flags.js';

const specs = {
  listen: { kind: 'address', description: 'where it listens' },
  peers: { kind: 'members', description: 'the members', default: 'a=127.0.0.1:1' },
  count: { kind: 'int', description: 'how many', default: '3' },
  verbose: { kind: 'boolean', description: 'say more' },
  cidr: { kind: 'cidr', description: 'of Services', default: '10.96.0.0/16' },
} as const;

t.test('flags are read by their kind, defaults fill in', async (t) => {
  t.same(parseFlags(specs, ['--listen', '[::1]:80', '--peers', 'x=h:1,y=h:2', '--verbose']), {
    listen: { host: '::1', port: 80 },
    peers: { x: { host: 'h', port: 1 }, y: { host: 'h', port: 2 } },
    count: 3,
    verbose: true,
    cidr: '10.96.0.0/16',
  });
});

t.test('a wrong command line names the flag and what it wants', async (t) => {
  const listen = ['--listen', 'h:1'];
  for (const [args, message] of [
    [[], /--listen is required: where it listens/],
    [['--listen'], /--listen/],
    [[...listen, '--bogus', '1'], /--bogus/],
    [[...listen, 'stray'], /stray/],
    [['--listen', 'h:70000'], /--listen wants HOST:PORT, not 'h:70000'/],
    [[...listen, '--count', '1.5'], /--count wants a whole number, not '1.5'/],
    [[...listen, '--peers', 'h:1'], /--peers wants NAME=HOST:PORT/],
    [[...listen, '--cidr', 'ten'], /--cidr wants a CIDR like/],
  ] as const) {
    t.throws(() => parseFlags(specs, args), { message });
    t.throws(() => parseFlags(specs, args), FlagError);
  }
});

t.test('help lists every flag with its default, and an example', async (t) => {
  const help = helpText('thing', 'Does things.', specs, '--listen 127.0.0.1:1');
  for (const name of Object.keys(specs)) t.match(help, `--${name}`);
  t.match(help, /where it listens \(required\)/);
  t.match(help, /how many \(default 3\)/);
  t.match(help, /Example:\n {2}thing --listen 127\.0\.0\.1:1/);
});
