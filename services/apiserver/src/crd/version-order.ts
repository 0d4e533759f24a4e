/**
 * Kubernetes' order of versions, the preferred first: v2, v1, v11beta2, v10beta3, v3beta1, v12alpha1, foo10
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority).
 */
export function compareVersions(a: string, b: string): number {
  const left = parse(a);
  const right = parse(b);
  if (left === undefined || right === undefined) {
    if (left !== undefined) return -1;
    if (right !== undefined) return 1;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  return left.stability - right.stability || right.major - left.major || right.minor - left.minor;
}

function parse(text: string): { stability: number; major: number; minor: number } | undefined {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const [, major, stage, minor] = match;
  const stability = stage === undefined ? 0 : stage === 'beta' ? 1 : 2;
  return { stability, major: Number(major), minor: Number(minor ?? 0) };
}
