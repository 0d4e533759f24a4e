import { createRealWorld } from '@kubelab/world';
import t from 'tap';
import type { KeyValue, RangeRequest, RangeResponse, WatchRequest, WatchResponse } from '../src/contract.js';
import { storeError } from '../src/errors.js';
import { GrpcError } from '../src/etcd/channel.adapter.js';
import type { etcdMessages, Message } from '../src/etcd/index.js';
import { inPages } from '../src/etcd/pages.js';
import { answersProgressInTurn, ProgressCheck } from '../src/etcd/progress.js';
import { grpcCodes } from '../src/etcd/status.js';
import { EtcdWatch } from '../src/etcd/watch.js';
import { compareKeys, inRange, prefixEnd } from '../src/keys.js';

/** What real members are too quick or too correct to show: their answers written down. */
const world = createRealWorld({ host: 'test' });
const bytes = (text: string) => Buffer.from(text);
const text = (value: Uint8Array) => Buffer.from(value).toString();

type Answer = Message<typeof etcdMessages.watchResponse>;

function header(revision: number) {
  return { clusterId: '0', memberId: '0', revision, raftTerm: 1 };
}

function answer(revision: number, fields: Partial<Answer> = {}): Answer {
  return {
    header: header(revision),
    watchId: 0,
    created: false,
    canceled: false,
    compactRevision: 0,
    cancelReason: '',
    fragment: false,
    events: [],
    ...fields,
  };
}

function kv(key: string, modRevision: number, version = 1): KeyValue {
  return { key: bytes(key), value: bytes(''), createRevision: 1, modRevision, version, lease: 0n };
}

const put = (key: string, revision: number, version = 1) => ({
  type: 'put' as const,
  kv: kv(key, revision, version),
  prevKv: undefined,
});
const gone = (key: string, revision: number) => ({ ...put(key, revision, 0), type: 'delete' as const });

interface Script {
  readonly answers: readonly (Answer | GrpcError)[];
}

interface Keys {
  readonly version: string;
  range(request: RangeRequest): Promise<RangeResponse>;
}

const noKeys: Keys = {
  version: '3.5.21',
  range: () => Promise.reject(new Error('not to be asked')),
};

/** Each stream gives what its script says, then nothing. */
function watched(request: WatchRequest, scripts: readonly Script[], keys: Keys = noKeys) {
  const sent: unknown[] = [];
  let opened = 0;
  const watch: EtcdWatch = new EtcdWatch(world, request, {
    open: async () => {
      const script = scripts[opened];
      opened += 1;
      let cancel: (error: Error) => void = () => undefined;
      const canceled = new Promise<never>((_, reject) => {
        cancel = reject;
      });
      canceled.catch(() => undefined);
      const stream = {
        send: (message: unknown) => void sent.push(message),
        cancel: () => cancel(new GrpcError({ code: grpcCodes.canceled, details: 'canceled' })),
        responses: (async function* () {
          for (const one of script?.answers ?? []) {
            if (one instanceof GrpcError) throw one;
            yield one;
          }
          await canceled;
        })(),
      };
      const version = () => Promise.resolve(keys.version);
      return { stream, progress: new ProgressCheck({ version, range: keys.range }, request) };
    },
    failed: () => undefined,
    over: () => undefined,
    signal: undefined,
  });
  return { watch, sent, responses: watch[Symbol.asyncIterator]() };
}

async function take(responses: AsyncIterator<WatchResponse>, count: number): Promise<string[]> {
  const told: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const { value } = await responses.next();
    const response: WatchResponse | undefined = value;
    const events = response?.events.map(({ type, kv }) => `${type} ${text(kv.key)}@${kv.modRevision}`) ?? [];
    told.push(`${response?.header.revision}: ${events.join(', ')}`);
  }
  return told;
}

const broken = new GrpcError({ code: grpcCodes.unavailable, details: 'the member died' });
const all = { key: bytes('/'), rangeEnd: prefixEnd(bytes('/')), startRevision: 5 };

t.test('a revision that breaks off between its fragments goes on where it stopped', async (t) => {
  const five = ['a', 'b', 'c', 'd'].map((key) => put(`/${key}`, 6));
  const { responses, sent, watch } = watched({ ...all, fragment: true }, [
    {
      answers: [
        answer(9, { created: true }),
        answer(9, { events: [put('/x', 5), ...five.slice(0, 1)], fragment: true }),
        answer(9, { events: five.slice(1, 2), fragment: true }),
        broken,
      ],
    },
    {
      answers: [
        answer(9, { created: true }),
        answer(9, { events: five.slice(0, 1), fragment: true }),
        answer(9, { events: five.slice(1, 3), fragment: true }),
        broken,
      ],
    },
    {
      answers: [
        answer(9, { created: true }),
        answer(9, { events: [...five, put('/y', 7)] }),
        answer(9, { events: [put('/z', 8)] }),
      ],
    },
  ]);
  t.same(await take(responses, 6), [
    '5: put /x@5, put /a@6',
    '5: put /b@6',
    '5: ',
    '5: put /c@6',
    '7: put /d@6, put /y@7',
    '8: put /z@8',
  ]);
  t.same(
    sent.map((message) => Reflect.get(Reflect.get(Object(message), 'create'), 'startRevision')),
    [5, 6, 6],
  );
  watch.close();
});

t.test('progress asked for before the watch stands is asked for once it does', async (t) => {
  const { responses, sent, watch } = watched(all, [
    { answers: [answer(9, { created: true }), answer(9, { watchId: -1 })] },
  ]);
  watch.requestProgress();
  t.same(await take(responses, 1), ['9: ']);
  t.same(sent.slice(1), [{ progress: {} }]);
  watch.close();
});

/** A store as etcd's range reads it: keys by the revision that made or removed them. */
function history(changes: readonly (readonly [revision: number, key: string, alive: boolean])[]): Keys {
  return {
    version: '3.4.23',
    range: async (request) => {
      const { revision = 0, minModRevision = 0, countOnly } = request;
      const keys = new Map<string, KeyValue>();
      for (const [at, key, alive] of changes) {
        if (at > revision || !inRange(bytes(key), request)) continue;
        if (alive) keys.set(key, kv(key, at));
        else keys.delete(key);
      }
      const kvs = [...keys.values()].filter(({ modRevision }) => modRevision >= minModRevision);
      return {
        header: header(revision),
        kvs: countOnly === true ? [] : kvs,
        more: false,
        count: keys.size,
      };
    },
  };
}

t.test('of an old server, progress ahead of its events is not believed', async (t) => {
  const keys = history([
    [2, '/a', true],
    [5, '/b', true],
    [6, '/other', true],
    [7, '/a', false],
    [8, '/b', true],
  ]);
  const early = (revision: number) => answer(revision, { watchId: -1 });
  const { responses, watch } = watched(
    all,
    [
      {
        answers: [
          answer(8, { created: true }),
          early(4),
          early(5),
          answer(8, { events: [put('/b', 5), put('/other', 6)] }),
          early(6),
          early(7),
          answer(8, { events: [gone('/a', 7)] }),
          early(7),
          early(8),
          answer(8, { events: [put('/b', 8, 2)] }),
          early(8),
          answer(9),
        ],
      },
    ],
    keys,
  );
  t.same(await take(responses, 8), [
    '4: ',
    '6: put /b@5, put /other@6',
    '6: ',
    '7: delete /a@7',
    '7: ',
    '8: put /b@8',
    '8: ',
    '9: ',
  ]);
  watch.close();
});

t.test('of an old server, progress that can no longer be checked ends the watch', async (t) => {
  const compacted = { version: '3.5.7', range: () => Promise.reject(storeError('compacted')) };
  const { responses } = watched(
    all,
    [{ answers: [answer(8, { created: true }), answer(8, { watchId: -1 })] }],
    compacted,
  );
  await t.rejects(responses.next(), { code: 'compacted', compactRevision: 5 });
});

t.test('which servers answer progress in turn', async (t) => {
  const versions = ['3.4.25', '3.4.31', '3.5.8', '3.5.21', '3.6.0', '3.6.0-rc.1', '4.0.0'];
  for (const version of versions) t.ok(answersProgressInTurn(version), version);
  for (const version of ['3.4.23', '3.5.7', '3.3.30', '0.1.0', '', 'dev'])
    t.notOk(answersProgressInTurn(version), version);
});

t.test('what ends a watch, and what it survives', async (t) => {
  const canceled = (fields: Partial<Answer>) => [
    { answers: [answer(9, { created: true }), answer(9, { canceled: true, ...fields })] },
    { answers: [answer(9, { created: true }), answer(9, { events: [put('/a', 9)] })] },
  ];
  const compacted = watched(all, canceled({ compactRevision: 7 })).responses;
  await t.rejects(compacted.next(), { code: 'compacted', compactRevision: 7 });
  const denied = watched(
    all,
    canceled({ cancelReason: 'rpc error: etcdserver: permission denied' }),
  ).responses;
  await t.rejects(denied.next(), { code: 'permissionDenied' });
  const other = watched(all, canceled({ cancelReason: 'etcdserver: no leader' }));
  t.same(await take(other.responses, 1), ['9: put /a@9']);
  other.watch.close();
});

t.test('a range in pages is one of one revision; compacted meanwhile, it is begun anew', async (t) => {
  const keys = Array.from({ length: 25_000 }, (_, at) => bytes(`/k/${String(at).padStart(6, '0')}`));
  const asked: RangeRequest[] = [];
  let revision = 10;
  let compactAt = 0;
  const read = async (request: RangeRequest): Promise<RangeResponse> => {
    asked.push(request);
    if (asked.length === compactAt) throw storeError('compacted');
    const inside = keys.filter((key) => inRange(key, request)).sort(compareKeys);
    const kvs = inside.slice(0, request.limit).map((key) => kv(text(key), request.revision ?? revision));
    revision += 1;
    return { header: header(revision - 1), kvs, more: inside.length > kvs.length, count: inside.length };
  };
  const range = { key: bytes('/k/'), rangeEnd: prefixEnd(bytes('/k/')) };
  const whole = await inPages(range, read);
  t.same([whole.kvs.length, whole.count, whole.more, whole.header.revision], [25_000, 25_000, false, 10]);
  t.same(
    asked.map((request) => [request.revision, request.limit]),
    [
      [undefined, 10_000],
      [10, 10_000],
      [10, 10_000],
    ],
  );
  t.same(
    whole.kvs.map(({ key }) => text(key)),
    keys.map(text),
  );
  const some = await inPages({ ...range, limit: 12_000 }, read);
  t.same([some.kvs.length, some.count, some.more], [12_000, 25_000, true]);
  compactAt = asked.length + 2;
  t.equal((await inPages(range, read)).kvs.length, 25_000);
  compactAt = asked.length + 2;
  await t.rejects(inPages({ ...range, revision: 3 }, read), { code: 'compacted' });
  asked.length = 0;
  compactAt = 0;
  await inPages({ ...range, sortTarget: 'value', sortOrder: 'descend' }, read);
  t.equal(asked.length, 1, 'what is not in key order is asked for at once');
});
