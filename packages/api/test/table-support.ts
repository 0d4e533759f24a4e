import t from 'tap';
import { findResourceByName } from '../src/index.js';
import { findings } from './support.js';

/** A part of an object, and what Kubernetes says about it: nothing when nothing is wrong. */
export type Row = readonly [part: object, ...wrong: string[]];
/** A kind, its rows, and the object around a row's part. */
export type Table = readonly [kind: string, rows: readonly Row[], body: (part: object) => object];

export const ipText = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

/** Long explanations of names' forms are compared as far as a row gives them. */
function fits(found: readonly string[], wanted: readonly string[]): boolean {
  return found.length === wanted.length && wanted.every((text, at) => found[at]?.startsWith(text) === true);
}

/** Tests every row, and that there are so many. */
export function testTables(tables: readonly Table[], atLeast: number): void {
  const count = tables.reduce((sum, [, rows]) => sum + rows.length, 0);
  t.test(`at least ${atLeast} rows`, async (t) => t.ok(count >= atLeast, String(count)));
  for (const [name, rows, body] of tables)
    t.test(`what Kubernetes says of ${name}`, async (t) => {
      const kind = findResourceByName(name);
      if (kind === undefined) throw new Error(`no kind ${name}`);
      for (const [part, ...wrong] of rows) {
        const found = findings(kind, body(part));
        if (fits(found, wrong)) t.pass(JSON.stringify(part));
        else t.same(found, wrong, JSON.stringify(part));
      }
    });
}
