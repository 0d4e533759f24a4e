import t from 'tap';
import { tailOffset } from '../src/logs.js';
import { Backoff } from '../src/pod/backoff.js';
import { expandVariables } from '../src/pod/env.js';
import { addressAt, nextAddress } from '../src/runtime/process/network.js';
import { hostPathOf } from '../src/runtime/process/paths.js';

t.test('variables are expanded, escaped and left alone as Kubernetes does', async (t) => {
  const env = { A: '1' };
  t.equal(expandVariables('$(A) $$(A) $(B)', env), '1 $(A) $(B)');
});

t.test('the back-off doubles up to 300 s', async (t) => {
  const backoff = new Backoff(10_000);
  t.equal(backoff.remainingMs('p', 0, 0), 0);
  for (const delayMs of [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]) {
    backoff.next('p', 0);
    t.equal(backoff.delayMs('p'), delayMs);
  }
});

t.test('addresses come from the CIDR, without its ends and without those in use', async (t) => {
  t.equal(addressAt('127.64.1.0/24', 2), '127.64.1.2');
  t.equal(nextAddress('10.0.0.0/29', new Set(['10.0.0.2']), 1), 3);
  t.equal(nextAddress('10.0.0.0/30', new Set(['10.0.0.2']), 1), undefined);
});

t.test('the last lines of a log', async (t) => {
  const data = new TextEncoder().encode('a\nb\nc\n');
  t.same(
    [0, 1, 2, 9].map((count) => tailOffset(data, count)),
    [6, 4, 2, 0],
  );
});

t.test('a path below a mount is given its directory', async (t) => {
  const mounts = [{ containerPath: '/srv', hostPath: '/v/a' }];
  t.same(
    ['/srv', '/srv/x', '/srvx'].map((text) => hostPathOf(text, mounts)),
    ['/v/a', '/v/a/x', '/srvx'],
  );
});
