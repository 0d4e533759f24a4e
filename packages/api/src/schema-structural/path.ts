/**
 * `.spec.replicas`, `.metadata.labels['a.b']`: names of fields, without lists. Undefined for what is none.
 * Used for scale's paths, selectable fields and the fieldPath of rules.
 */
export function parseFieldPath(text: string): string[] | undefined {
  const parts: string[] = [];
  const step = /\.([A-Za-z_$][\w$-]*)|\['((?:[^'\\]|\\.)*)'\]/y;
  while (step.lastIndex < text.length) {
    const match = step.exec(text);
    if (match === null) return undefined;
    parts.push(match[1] ?? (match[2] ?? '').replace(/\\(.)/g, '$1'));
  }
  return parts.length === 0 ? undefined : parts;
}
