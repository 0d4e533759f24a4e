import t from 'tap';
import { ApiError, configMapKind, decodeObject, type KindInfo, leaseKind } from '../src/index.js';

/** Of metadata.creationTimestamp, and of a Lease's renewTime (MicroTime). */
const times: readonly (readonly [text: string, time: string | undefined, micro: string | undefined])[] = [
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000000Z'],
  ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05Z', '2026-01-02T03:04:05.678000Z'],
  ['2026-01-02T03:04:05.123456789Z', '2026-01-02T03:04:05Z', '2026-01-02T03:04:05.123456Z'],
  ['2026-01-02T03:04:05+02:00', '2026-01-02T01:04:05Z', '2026-01-02T01:04:05.000000Z'],
  ['2026-01-01T00:00:00.5-00:30', '2026-01-01T00:30:00Z', '2026-01-01T00:30:00.500000Z'],
  ['2026-01-02', undefined, undefined],
  ['Jan 2, 2026', undefined, undefined],
  ['2026-13-02T03:04:05Z', undefined, undefined],
  ['2026-01-02T03:04:05', undefined, undefined],
  ['+275000-01-01T00:00:00Z', undefined, undefined],
  ['', undefined, undefined],
];

for (const [text, time, micro] of times) {
  t.test(`a time: '${text}'`, async (t) => {
    const decoded = (kind: KindInfo, body: object) => {
      try {
        return decodeObject(kind, body).object;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return undefined;
      }
    };
    const metadata = { name: 'x', creationTimestamp: text };
    t.equal(decoded(configMapKind, { metadata })?.metadata.creationTimestamp, time);
    const lease = decoded(leaseKind, { metadata: { name: 'x' }, spec: { renewTime: text } });
    t.equal(JSON.stringify(lease?.spec), micro === undefined ? undefined : `{"renewTime":"${micro}"}`);
  });
}
