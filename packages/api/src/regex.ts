import { RE2JS, RE2JSSyntaxException } from 're2js';

/** A pattern that people send, as Go understands it (RE2): matching takes time linear in the text. */
export interface Pattern {
  /** Somewhere in the text, unless the pattern says ^ and $. */
  test(text: string): boolean;
  /** What matches, from the left and without overlaps; a negative `max` is for all. */
  all(text: string, max: number): string[];
}

/** Compiled patterns that are kept; the oldest goes first. */
const patternsMax = 2_000;
const known = new Map<string, Pattern>();

/** Throws SyntaxError with what is wrong with the pattern. */
export function compilePattern(source: string): Pattern {
  const found = known.get(source);
  if (found !== undefined) return found;
  const pattern = parsed(source);
  const compiled: Pattern = {
    test: (text) => pattern.matcher(text).find(),
    all: (text, max) => {
      const matcher = pattern.matcher(text);
      const found: string[] = [];
      while ((max < 0 || found.length < max) && matcher.find()) found.push(matcher.group() ?? '');
      return found;
    },
  };
  if (known.size >= patternsMax) known.delete(known.keys().next().value ?? '');
  known.set(source, compiled);
  return compiled;
}

function parsed(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) throw new SyntaxError(error.message);
    throw error;
  }
}
