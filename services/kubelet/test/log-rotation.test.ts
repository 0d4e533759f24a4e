import { createRealWorld } from '@kubelab/world';
import t from 'tap';
import { logBytesMax, rotateLog } from '../src/log-rotation.js';

const world = createRealWorld({ host: 'test' });

t.test('a log over its bound is cut, and its latest part kept beside it', async (t) => {
  const path = `${t.testdir()}/log`;
  const bytes = new Uint8Array(logBytesMax + 10).fill(65);
  bytes[bytes.length - 1] = 66;
  await world.disk.writeFileAtomic(path, bytes);
  t.equal(await rotateLog(world, path), true);
  t.equal((await world.disk.readFile(path)).byteLength, 0);
  const kept = await world.disk.readFile(`${path}.1`);
  t.equal(kept.byteLength, logBytesMax);
  t.equal(kept.at(-1), 66);
  t.equal(await rotateLog(world, path), false);
});

t.test('no log is no error', async (t) => {
  t.equal(await rotateLog(world, `${t.testdir()}/none`), false);
});
