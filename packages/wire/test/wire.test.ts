import t from 'tap';
import { limits, type Message, noBytes, WireError, type WireService } from '../src/index.js';
import { Hosts } from './two-hosts.js';

const message = (head: unknown, payload = noBytes): Message => ({ head, payload });
const echo: WireService = { unary: { echo: (request) => request } };

t.test('answers come back to their requests, payload and all, whatever their order', async (t) => {
  const hosts = new Hosts();
  const [a, b] = [hosts.host('a'), hosts.host('b')];
  await hosts.run(async () => {
    const slow: WireService = {
      unary: {
        later: async (request) => {
          await a.world.timers.sleep(Number(request.head));
          return request;
        },
      },
    };
    await hosts.serve(a, [slow]);
    const client = hosts.dial(b, ['a']);
    const answers = await Promise.all(
      [30, 10, 20].map((ms) => client.request('later', message(ms, new Uint8Array([ms])))),
    );
    t.same(
      answers.map((answer) => [answer.head, [...answer.payload]]),
      [
        [30, [30]],
        [10, [10]],
        [20, [20]],
      ],
    );
    await client.close();
  });
});

t.test('a describer that throws at what a peer sent harms nobody', async (t) => {
  const hosts = new Hosts();
  const [a, b] = [hosts.host('a'), hosts.host('b')];
  const describe = () => {
    throw new TypeError('no such field');
  };
  await hosts.run(async () => {
    await hosts.serve(a, [{ ...echo, describe }]);
    const client = hosts.dial(b, ['a'], { describe });
    t.equal((await client.request('echo', message('hi'))).head, 'hi');
    t.match(a.telemetry.messages.recent(), [{ kind: 'echo', from: 'b', to: 'a' }, { kind: 'echo ok' }]);
  });
});

t.test('what a stranger sends is refused before anybody looks into it', async (t) => {
  const hosts = new Hosts();
  const [a, b] = [hosts.host('a'), hosts.host('b')];
  let looked = 0;
  const guarded: WireService = {
    ...echo,
    stream: { flow: () => undefined },
    authorize: () => {
      throw new WireError('permissionDenied', 'not you');
    },
    describe: (method) => {
      looked += 1;
      return { kind: method, key: '' };
    },
  };
  await hosts.run(async () => {
    await hosts.serve(a, [guarded]);
    const client = hosts.dial(b, ['a']);
    await t.rejects(client.request('echo', message('hi')), { code: 'permissionDenied' });
    const stream = client.openStream('flow', message('hi'));
    await t.rejects(stream[Symbol.asyncIterator]().next(), { code: 'permissionDenied' });
    t.equal(looked, 0);
  });
});

t.test('a message that is too large or no msgpack fails alone; the connection lives', async (t) => {
  const hosts = new Hosts();
  const [a, b] = [hosts.host('a'), hosts.host('b')];
  const large = new Uint8Array(limits.messageBytesMax);
  const circular: unknown[] = [];
  circular.push(circular);
  await hosts.run(async () => {
    const answers: WireService = {
      unary: { large: () => message('x', large), circular: () => message(circular) },
    };
    await hosts.serve(a, [echo, answers]);
    const client = hosts.dial(b, ['a']);
    await t.rejects(client.request('echo', message('x', large)), { code: 'resourceExhausted' });
    await t.rejects(client.request('echo', message(circular)), { code: 'invalidArgument' });
    await t.rejects(client.request('large', message('x')), { code: 'resourceExhausted' });
    await t.rejects(client.request('circular', message('x')), { code: 'invalidArgument' });
    t.equal((await client.request('echo', message('still here'))).head, 'still here');
    await client.close();
  });
});

t.test('a request that cannot be encoded and waits for a connection fails alone', async (t) => {
  const hosts = new Hosts();
  const [a, b] = [hosts.host('a'), hosts.host('b')];
  const circular: unknown[] = [];
  circular.push(circular);
  await hosts.run(async () => {
    const client = hosts.dial(b, ['a']);
    const bad = client.request('echo', message(circular));
    const good = client.request('echo', message('good'));
    bad.catch(() => undefined);
    await hosts.serve(a, [echo]);
    await t.rejects(bad, { code: 'invalidArgument' });
    t.equal((await good).head, 'good');
  });
});

t.test('a datagram handler that throws is logged, and the next datagram arrives', async (t) => {
  const hosts = new Hosts();
  const [a, b] = [hosts.host('a'), hosts.host('b')];
  const seen: unknown[] = [];
  await hosts.run(async () => {
    const datagram = {
      note: ({ head }: Message) => {
        if (head === 'bad') throw new TypeError('bad');
        seen.push(head);
      },
    };
    await hosts.serve(a, [echo, { datagram }]);
    const client = hosts.dial(b, ['a']);
    await client.request('echo', message('connected'));
    client.datagram('note', message('bad'));
    client.datagram('note', message('good'));
    await b.world.timers.sleep(100);
    t.same(seen, ['good']);
  });
});

t.test('frames keep their order on a link whose delay changes', async (t) => {
  const hosts = new Hosts();
  const [a, b] = [hosts.host('a'), hosts.host('b')];
  const seen: unknown[] = [];
  await hosts.run(async () => {
    const stream: WireService['stream'] = {
      flow: async (incoming) => {
        for await (const { head } of incoming) seen.push(head);
      },
    };
    await hosts.serve(a, [{ stream }]);
    const client = hosts.dial(b, ['a']);
    const flow = client.openStream('flow', message('begin'));
    b.links.set('*', { delayMs: 20, jitterMs: 30 });
    for (let n = 0; n < 50; n += 1) {
      flow.send(message(n));
      if (n === 25) b.links.clear();
      if (n % 7 === 0) await b.world.timers.sleep(3);
    }
    flow.end();
    for await (const _nothing of flow);
    t.same(
      seen,
      Array.from({ length: 50 }, (_, n) => n),
    );
  });
});

t.test('a link blocked for some kinds loses requests of those kinds and no others', async (t) => {
  const hosts = new Hosts();
  const [a, b] = [hosts.host('a'), hosts.host('b')];
  await hosts.run(async () => {
    await hosts.serve(a, [{ unary: { lost: (request) => request, kept: (request) => request } }]);
    const client = hosts.dial(b, ['a']);
    await client.request('kept', message(0));
    b.links.set('a', { blocked: true, kinds: ['lost'] });
    const lost = client.request('lost', message(1), { deadlineMs: 500 });
    t.equal((await client.request('kept', message(2))).head, 2);
    await t.rejects(lost, { code: 'deadlineExceeded', mayHaveExecuted: true });
    t.equal((await client.request('kept', message(3))).head, 3, 'the connection is the same');
    t.equal(client.connected, true);
  });
});

t.test('a wholly blocked link goes silent, and the connection breaks by keep-alive', async (t) => {
  const hosts = new Hosts();
  const [a, b] = [hosts.host('a'), hosts.host('b')];
  await hosts.run(async () => {
    await hosts.serve(a, [echo]);
    const client = hosts.dial(b, ['a']);
    await client.request('echo', message(0));
    b.links.set('a', { blocked: true });
    const began = hosts.simulation.nowMs;
    await t.rejects(client.request('echo', message(1), { deadlineMs: 30_000 }), { code: 'unavailable' });
    t.ok(hosts.simulation.nowMs - began <= limits.silenceMaxMs + 2 * limits.pingIntervalMs);
    b.links.clear();
    t.equal((await client.request('echo', message(2))).head, 2, 'it dials again');
  });
});

t.test('a server that stops sends clients elsewhere and answers what it took', async (t) => {
  const hosts = new Hosts();
  const [a, b, c] = [hosts.host('a'), hosts.host('b'), hosts.host('c')];
  await hosts.run(async () => {
    const named = (host: typeof a): WireService => ({
      unary: {
        who: async () => {
          await host.world.timers.sleep(200);
          return message(host.world.host);
        },
      },
      stream: {
        watch: (stream) => new Promise((over) => stream.signal.addEventListener('abort', () => over())),
      },
    });
    const servers = new Map([
      ['a', await hosts.serve(a, [named(a)])],
      ['b', await hosts.serve(b, [named(b)])],
    ]);
    const client = hosts.dial(c, ['a', 'b']);
    const first = String((await client.request('who', message(null))).head);
    const watch = client.openStream('watch', message(null));
    const underWay = client.request('who', message(null));
    await c.world.timers.sleep(50);
    const stopped = servers.get(first)?.close();
    await t.rejects(watch[Symbol.asyncIterator]().next(), { code: 'unavailable', retryable: true });
    t.equal((await underWay).head, first, 'answered by the one that stops');
    t.not((await client.request('who', message(null))).head, first);
    await stopped;
  });
});

t.test('a server that accepts and drops is dialled with back-off, not in a loop', async (t) => {
  const hosts = new Hosts();
  const [a, b] = [hosts.host('a'), hosts.host('b')];
  let accepted = 0;
  await hosts.run(async () => {
    await a.world.network.listen({
      address: { host: 'a', port: 1 },
      tls: { caPem: '', certPem: '', keyPem: '', identity: { commonName: 'a', organizations: [] } },
      messageBytesMax: 1_000,
      accept: (connection) => {
        accepted += 1;
        connection.start({ message: () => undefined, drain: () => undefined, close: () => undefined });
        connection.close(1013, 'not now');
      },
    });
    const client = hosts.dial(b, ['a']);
    await t.rejects(client.request('echo', message(1), { deadlineMs: 9_000 }), {
      code: 'unavailable',
      retryable: true,
    });
    t.ok(accepted > 3 && accepted < 40, `${accepted} connections in 9 s`);
    await client.close();
  });
});

t.test('a slow reader is cut off with a clear error, and memory stays bounded', async (t) => {
  const hosts = new Hosts();
  const [a, b] = [hosts.host('a'), hosts.host('b')];
  const chunk = new Uint8Array(64 * 1024);
  await hosts.run(async () => {
    let queuedMax = 0;
    let sent = 0;
    const stream: WireService['stream'] = {
      flow: async (outgoing) => {
        while (outgoing.send(message(sent, chunk))) {
          sent += 1;
          queuedMax = Math.max(queuedMax, outgoing.queuedBytes);
          await a.world.timers.sleep(1);
        }
      },
    };
    await hosts.serve(a, [{ stream }]);
    const client = hosts.dial(b, ['a']);
    const flow = client.openStream('flow', message(null));
    await b.world.timers.sleep(2_000);
    let read = 0;
    await t.rejects(
      async () => {
        for await (const { head } of flow) {
          t.equal(head, read);
          read += 1;
        }
      },
      { code: 'resourceExhausted', retryable: true },
    );
    t.ok(read >= limits.streamWindowBytes / (chunk.byteLength + 64) - 1, 'what was granted arrives first');
    t.ok(queuedMax <= limits.streamQueueBytesMax + chunk.byteLength + 64);
    t.ok(read < sent);
  });
});

t.test('stream messages bring the trace of who sent them', async (t) => {
  const hosts = new Hosts();
  const [a, b] = [hosts.host('a'), hosts.host('b')];
  const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await hosts.run(async () => {
    const stream: WireService['stream'] = { flow: (outgoing) => void outgoing.send(message(1), { trace }) };
    await hosts.serve(a, [{ stream }]);
    for await (const received of hosts.dial(b, ['a']).openStream('flow', message(null)))
      t.equal(received.trace, trace);
  });
});

t.test('both sides report the same message with the same size, answers and errors too', async (t) => {
  const hosts = new Hosts();
  const [a, b] = [hosts.host('a'), hosts.host('b')];
  await hosts.run(async () => {
    const unary: WireService['unary'] = {
      echo: (request) => request,
      fail: () => {
        throw new WireError('notFound', 'nothing here');
      },
    };
    await hosts.serve(a, [{ unary }]);
    const client = hosts.dial(b, ['a']);
    await client.request('echo', message({ some: 'head' }, new Uint8Array(100)));
    await t.rejects(client.request('fail', message(null)), { code: 'notFound' });
    const seen = (host: typeof a) =>
      host.telemetry.messages.recent().map(({ kind, bytes, from, to }) => ({ kind, bytes, from, to }));
    t.same(seen(a), seen(b));
    t.same(
      seen(b).map(({ kind }) => kind),
      ['echo', 'echo ok', 'fail', 'fail notFound'],
    );
  });
});

t.test('an aborted request tells the server, and an aborted waiting one is gone', async (t) => {
  const hosts = new Hosts();
  const [a, b] = [hosts.host('a'), hosts.host('b')];
  await hosts.run(async () => {
    const heard: string[] = [];
    const unary: WireService['unary'] = {
      hang: (_request, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            heard.push('aborted');
            reject(signal.reason);
          });
        }),
    };
    const client = hosts.dial(b, ['a']);
    const early = new AbortController();
    const waiting = client.request('hang', message(null), { signal: early.signal });
    early.abort();
    await t.rejects(waiting, { code: 'canceled' });
    await hosts.serve(a, [{ unary }]);
    const later = new AbortController();
    const running = client.request('hang', message(null), { signal: later.signal });
    running.catch(() => undefined);
    while (!client.connected) await b.world.timers.sleep(10);
    await b.world.timers.sleep(50);
    later.abort();
    await t.rejects(running, { code: 'canceled' });
    await b.world.timers.sleep(50);
    t.same(heard, ['aborted']);
  });
});
