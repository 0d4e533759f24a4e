import t from 'tap';
import { compareQuantities, parseQuantity, quantityValue } from '../src/index.js';

const text = (input: string) => parseQuantity(input)?.text;

t.test('a quantity has one canonical text in the family of units that it came in', async (t) => {
  const rows: [string, string][] = [
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['0.5', '500m'],
    ['100000', '100k'],
    ['1024Mi', '1Gi'],
    ['1536Mi', '1536Mi'],
    ['1.5Gi', '1536Mi'],
    ['0', '0'],
    ['0Gi', '0'],
    ['-0.5', '-500m'],
    ['+2', '2'],
    ['.5', '500m'],
    ['1.', '1'],
    ['1E', '1E'],
    ['1u', '1u'],
    ['100Ki', '100Ki'],
  ];
  for (const [input, wanted] of rows) t.equal(text(input), wanted, input);
});

t.test('an exponent stays an exponent, a multiple of three', async (t) => {
  t.equal(text('12e6'), '12e6');
  t.equal(text('100e2'), '10e3');
  t.equal(text('1e0'), '1');
  t.equal(text('1E3'), '1e3');
  t.equal(text('1.5e-3'), '1500e-6');
});

t.test('a binary quantity below 1024 is decimal, and above it whole, away from zero', async (t) => {
  t.equal(text('0.5Ki'), '512');
  t.equal(text('0.1Mi'), '104858');
  t.equal(text('-0.1Mi'), '-104858');
  t.equal(text('1.5Ki'), '1536');
});

t.test('what is below a billionth is rounded up', async (t) => {
  t.equal(text('0.1n'), '1n');
  t.equal(text('1.0000000001'), '1000000001n');
});

t.test('amounts end at 2^63 - 1 units', async (t) => {
  t.equal(text('10E'), '9223372036854775807');
  t.equal(parseQuantity('1e99')?.nanos, parseQuantity('10E')?.nanos);
});

t.test('what is no quantity is none, however long it is', async (t) => {
  for (const input of ['', ' 1', '1 ', '1K', '1ki', 'Ki', '1.2.3', '1e', '--1', '0x1', '1,5', 'NaN', '٣'])
    t.equal(parseQuantity(input), undefined, JSON.stringify(input));
  t.equal(parseQuantity('9'.repeat(1_000_000)), undefined);
});

t.test('quantities compare exactly across families', async (t) => {
  t.equal(compareQuantities('1Gi', '1G'), 1);
  t.equal(compareQuantities('1000m', '1'), 0);
  t.equal(compareQuantities('0.1', '100m'), 0);
  t.equal(compareQuantities('9007199254740993', '9007199254740992'), 1, 'beyond what a double tells apart');
  t.equal(compareQuantities('-1', '0'), -1);
});

t.test('the value of an absent quantity is 0', async (t) => {
  t.equal(quantityValue(undefined), 0);
  t.equal(quantityValue('250m'), 0.25);
  t.equal(quantityValue('1Ki'), 1024);
});
