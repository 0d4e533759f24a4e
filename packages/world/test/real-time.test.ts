import t from 'tap';
import { realTimers } from '../src/real/time.adapter.js';

t.test('a delay of more than 24 days is not due at once', async (t) => {
  const due: string[] = [];
  const stop = new AbortController();
  const long = realTimers.setTimeout(() => due.push('timer'), 2 ** 31);
  const slept = realTimers.sleep(2 ** 40, stop.signal).then(() => due.push('sleep'));
  await realTimers.sleep(20);
  t.same(due, []);
  long.cancel();
  stop.abort(new Error('enough'));
  await t.rejects(slept, { message: 'enough' });
});
