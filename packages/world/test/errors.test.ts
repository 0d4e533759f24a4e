import t from 'tap';
import { NetworkError } from '../src/index.js';

t.test('a network error carries its code', async (t) => {
  t.equal(new NetworkError('refused', 'nobody listens').code, 'refused');
});
