import { type FieldType, objectType, rulesOf } from '@kubelab/api';
import fc from 'fast-check';

const depthMax = 7;

export type Draw = fc.GeneratorValue;

/** Texts that mean something in some field, so that more than the first check is reached. */
const texts = fc.constantFrom(
  'a',
  'a.b',
  'a.b.c',
  'v1',
  'e.com/x',
  '',
  'A b',
  '10.0.0.1',
  '10.0.0.0/8',
  '80',
  '50%',
  '* * * * *',
  '@hourly',
  'https://h/x',
  '/',
  'Always',
  'Never',
  'TCP',
  '\u0000',
  'é'.repeat(70),
);

function scalar(draw: Draw, type: string): unknown {
  switch (type) {
    case 'boolean':
      return draw(fc.boolean);
    case 'number':
    case 'int32':
    case 'int64':
      return draw(fc.constantFrom, -1, 0, 1, 2, 80, 600, 65_536, 2 ** 31 - 1);
    case 'time':
    case 'microTime':
      return '2026-01-02T03:04:05Z';
    case 'bytes':
      return draw(fc.constantFrom, 'AAAA', '', 'LS0=');
    case 'quantity':
      return draw(fc.constantFrom, '1', '0', '-1', '1Gi', '100m');
    case 'intOrString':
      return draw(fc.constantFrom, 0, 1, '50%', 'x', -1);
    case 'any':
      return draw(fc.constantFrom, { a: 1 }, 'x', 1, [], true);
    default:
      return draw(() => texts);
  }
}

/** A value of a type as the schema has it; now and then something else altogether. */
function value(draw: Draw, type: FieldType, depth: number, allowed: readonly string[]): unknown {
  if (draw(fc.integer, { min: 0, max: 400 }) === 0) return draw(fc.constantFrom, 1, 'x', [], {}, null, true);
  switch (type.is) {
    case 'scalar':
      if (allowed.length > 0 && draw(fc.integer, { min: 0, max: 5 }) > 0)
        return allowed[draw(fc.nat, { max: allowed.length - 1 })];
      return scalar(draw, type.scalar);
    case 'list':
      return Array.from({ length: draw(fc.nat, { max: 2 }) }, () => value(draw, type.of, depth + 1, allowed));
    case 'map':
      return { [draw(() => texts)]: value(draw, type.of, depth + 1, allowed) };
    case 'object':
      return depth > depthMax ? {} : object(draw, type.name, depth);
    default:
      return type satisfies never;
  }
}

/** An object of a type by its field tables: most of what is wanted, some of the rest. */
export function object(draw: Draw, typeName: string, depth: number): Record<string, unknown> {
  const { enums, required } = rulesOf(typeName);
  const result: Record<string, unknown> = {};
  for (const [name, field] of objectType(typeName)) {
    if (['apiVersion', 'kind'].includes(name) || (depth === 0 && name === 'metadata')) continue;
    const wanted = field.required || required.includes(name) || name === 'spec';
    const chance = draw(fc.nat, { max: 9 });
    if (wanted ? chance > 1 : chance > 5 + Math.min(depth, 2))
      result[name] = value(draw, field.type, depth + 1, enums[name] ?? []);
  }
  return result;
}
