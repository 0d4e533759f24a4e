import { createSimulation } from '@kubelab/world';
import t from 'tap';
import { createMessageCollector, createTelemetry, formatLogLine, type MessageRecord } from '../src/index.js';

const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function logged(write: (log: ReturnType<typeof createTelemetry>['log']) => void): string[] {
  const lines: string[] = [];
  const world = createSimulation({ seed: 1 }).world('host');
  const destination = { write: (line: string) => void lines.push(line) };
  write(createTelemetry({ component: 'scheduler', instance: 'scheduler-0', world, destination }).log);
  return lines;
}

t.test('a line of log is one JSON object with who, when and of which trace', async (t) => {
  const [line = ''] = logged((log) => log.info({ trace, pods: 3 }, 'bound'));
  t.same(JSON.parse(line), {
    level: 'info',
    time: '2026-01-01T00:00:00.000Z',
    component: 'scheduler',
    instance: 'scheduler-0',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    pods: 3,
    msg: 'bound',
  });
});

t.test('errors are logged with their causes, even when these go round in a ring', async (t) => {
  const inner = new Error('inner');
  const outer = new Error('outer', { cause: inner });
  inner.cause = outer;
  const [line = ''] = logged((log) => log.error({ error: outer }, 'failed'));
  t.match(JSON.parse(line), { error: { message: 'outer', cause: { message: 'inner' } } });
});

t.test('a line of log is readable in a terminal', async (t) => {
  const [line = ''] = logged((log) => log.warn({ trace, node: 'node-1', why: 'two words' }, 'node is late'));
  t.equal(
    formatLogLine(line, { colour: false }),
    '00:00:00.000 W scheduler-0          node is late node=node-1 why="two words" trace=0af76519',
  );
  t.match(formatLogLine(line, { colour: true }), '\u001b[33mW\u001b[0m');
  t.equal(formatLogLine('something else\n', { colour: false }), 'something else');
  const [failed = ''] = logged((log) => log.error({ error: new Error('boom') }, 'failed'));
  t.match(formatLogLine(failed, { colour: false }), /failed\n {4}Error: boom\n {4}at /);
});

const record = (n: number): MessageRecord => ({
  timeMs: n,
  direction: 'send',
  from: 'a',
  to: 'b',
  kind: 'k',
  key: '',
  bytes: 1,
  trace: undefined,
});

t.test('the collector keeps the latest messages and tells followers of each', async (t) => {
  const collector = createMessageCollector({ messagesMax: 3 });
  const heard: number[] = [];
  const stop = collector.follow(({ timeMs }) => heard.push(timeMs));
  collector.follow(() => {
    throw new Error('a follower that fails is dropped');
  });
  for (let n = 0; n < 5; n += 1) collector.record(record(n));
  stop();
  collector.record(record(5));
  t.same(heard, [0, 1, 2, 3, 4]);
  t.same(
    collector.recent().map(({ timeMs }) => timeMs),
    [3, 4, 5],
  );
});
