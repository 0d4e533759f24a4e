import type { Pod } from '@kubelab/api';
import type { UnaryHandler } from '@kubelab/wire';

/** `kubelet.page`: what Kubernetes' kubelets show over HTTP, for `nodes/NAME/proxy`. */
export function kubeletPage(pods: () => readonly Pod[]): UnaryHandler {
  return ({ head }) => {
    const path: unknown = typeof head === 'object' && head !== null ? Reflect.get(head, 'path') : '';
    const page = String(path)
      .replace(/[?].*$/, '')
      .replace(/\/$/, '');
    if (page === '/healthz') return answer(200, 'text/plain; charset=utf-8', 'ok');
    if (page === '/pods') {
      const list = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: pods() };
      return answer(200, 'application/json', JSON.stringify(list));
    }
    return answer(404, 'text/plain; charset=utf-8', '404 page not found\n');
  };
}

function answer(code: number, contentType: string, text: string) {
  return { head: { code, contentType }, payload: new TextEncoder().encode(text) };
}
