// This project's own rules, which no linter knows: the one world, the direction of imports, sizes, words that
// promise later work,
// a README per folder. docs/architecture.md says why. Prints one line per breach: file:line: what, and what
// to do.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const fileLinesMax = 550;
const functionLinesMax = 90;
const lineLengthMax = 140;

/**
 * Who may import whom: a place may import those of a lower rank, and within rank 3 or below its equals that
 * package.json names.
 */
const ranks = [
  [/^packages\/world$/, 0],
  [/^packages\/telemetry$/, 1],
  [/^packages\/wire$/, 2],
  [/^packages\/(store|pki|api)$/, 3],
  [/^packages\/(client|component)$/, 4],
  [/^services\//, 5],
  [/^sim$/, 6],
  [/^cli$/, 7],
  [/^(bench|e2e)$/, 8],
];

/** The outside, reached around packages/world. */
const outside = [
  [/\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bprocess\.hrtime/, 'the clock', 'world.clock'],
  [/(?<![.\w])(setTimeout|setInterval|setImmediate)\(/, 'timers', 'world.timers'],
  [/\bMath\.random\(|\brandom(Bytes|UUID|Int)\(|\bgetRandomValues\(/, 'chance', 'world.random'],
  [/from 'node:(net|tls|http|https|http2|dgram|dns)(\/promises)?'|from 'ws'/, 'the network', 'world.network'],
  [/from 'node:(fs)(\/promises)?'/, 'the disk', 'world.disk'],
  [/from 'node:(child_process|worker_threads|cluster|os)'/, 'processes', 'world.processes'],
  [/(?<![.\w])process\.(?!stdout\.isTTY)/, 'this process', 'an argument from main.ts'],
  [/\bAbortSignal\.timeout\(/, 'timers', 'world.timers'],
];
/** A text that a person reads stands in one piece, so that it can be found by searching for it. */
const longText = /'[^']{70,}'|"[^"]{70,}"|`[^`]{70,}`|\/.{70,}\/;$/;
const laterWords = /\b(TODO|FIXME|XXX|HACK)\b|not implemented|\.skip\(|skip: *true|\.only\(/i;
const typesGivenUp = /: any\b|\bas any\b|\bas unknown as\b|@ts-(ignore|nocheck|expect-error)/;

const breaches = [];
const places = ['packages', 'services'].flatMap((top) =>
  readdirSync(join(root, top)).map((name) => `${top}/${name}`),
);
for (const place of [...places, 'cli', 'sim', 'bench', 'e2e']) {
  if (!existsSync(join(root, place, 'package.json'))) continue;
  checkPlace(place);
}
for (const breach of breaches) console.error(breach);
process.exit(breaches.length === 0 ? 0 : 1);

function checkPlace(place) {
  if (!existsSync(join(root, place, 'README.md')))
    report(`${place}/README.md`, 1, 'is missing: say what this is, in one page');
  for (const path of sourceFiles(join(root, place))) {
    const name = relative(root, path);
    const lines = readFileSync(path, 'utf8').split('\n');
    if (name.endsWith('.cts')) {
      // Texts for people, no code.
      checkSizes(name, lines);
      continue;
    }
    checkImports(place, name, lines);
    checkWords(name, lines);
    if (name.includes('/generated/')) continue;
    checkSizes(name, lines);
    if (!mayReachOutside(place, name)) checkWorld(name, lines);
  }
}

function sourceFiles(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .map((file) => join(file.parentPath ?? file.path, file.name))
    .filter((path) => /\.c?ts$/.test(path) && !path.includes('/dist/') && !path.includes('/node_modules/'));
}

/** Tests, benchmarks and the adapters that hold the real thing. */
function mayReachOutside(place, name) {
  if (place === 'packages/world' || place === 'bench' || place === 'e2e') return true;
  return name.includes('/test/') || basename(name) === 'main.ts' || /(-main|\.adapter)\.ts$/.test(name);
}

function checkWorld(name, lines) {
  lines.forEach((line, index) => {
    if (isComment(line) || line.includes("from './")) return;
    for (const [pattern, what, instead] of outside) {
      if (pattern.test(line))
        report(name, index + 1, `reaches ${what} around the World; use ${instead} (or an *.adapter.ts)`);
    }
  });
}

function checkImports(place, name, lines) {
  lines.forEach((line, index) => {
    const target = /from '(?:@kubelab\/([\w-]+)|(kubelab))/.exec(line);
    if (target === null) return;
    const imported = target[2] === undefined ? placeOf(target[1]) : 'cli';
    if (imported === place || name.includes('/test/')) return;
    const mine = rank(place);
    const theirs = rank(imported);
    if (theirs < mine) return;
    report(name, index + 1, `imports ${imported}: imports go down only (docs/architecture.md)`);
  });
}

function placeOf(name) {
  return (
    ['packages', 'services'].map((top) => `${top}/${name}`).find((place) => existsSync(join(root, place))) ??
    name
  );
}

function rank(place) {
  return ranks.find(([pattern]) => pattern.test(place))?.[1] ?? 8;
}

function checkWords(name, lines) {
  lines.forEach((line, index) => {
    if (laterWords.test(line))
      report(name, index + 1, 'promises later work: do it, or say what is not done in the docs');
    if (typesGivenUp.test(line) && !isComment(line))
      report(name, index + 1, 'gives a type up: say what the value is');
  });
}

function checkSizes(name, lines) {
  if (lines.length > fileLinesMax + 1)
    report(name, 1, `has ${lines.length} lines; at most ${fileLinesMax}: one thing per file`);
  lines.forEach((line, index) => {
    if (line.length > lineLengthMax && !longText.test(line))
      report(name, index + 1, `line of ${line.length} characters; at most ${lineLengthMax}`);
  });
  if (!name.includes('/test/')) checkFunctions(name, lines);
}

/**
 * A function starts on a line that opens it at some indentation and ends at the first closing brace at the
 * same one.
 */
function checkFunctions(name, lines) {
  const opening =
    /^(\s*)(export )?(default )?(async )?(function\b|(private |static |override |#)*[\w#]+\(.*\{$)/;
  lines.forEach((line, index) => {
    const match = opening.exec(line);
    if (match === null || /^\s*(if|for|while|switch|return|else|describe|test|t\.test)\b/.test(line)) return;
    const end = lines.findIndex((later, at) => at > index && later.startsWith(`${match[1]}}`));
    const length = end - index + 1;
    if (length > functionLinesMax)
      report(name, index + 1, `function of ${length} lines; at most ${functionLinesMax}`);
  });
}

function isComment(line) {
  return /^\s*(\/\/|\*|\/\*)/.test(line);
}

function report(name, line, what) {
  breaches.push(`${name}:${line}: ${what}`);
}
