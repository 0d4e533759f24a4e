import type { Pod } from '@kubelab/api';
import type { UnaryHandler } from '@kubelab/wire';
import { cadvisorMetrics, kubeletMetrics, resourceMetrics, statsSummary } from '../stats/pages.js';
import type { StatsSnapshot } from '../stats/snapshot.js';

const plain = 'text/plain; charset=utf-8';
const exposition = 'text/plain; version=0.0.4; charset=utf-8';

const statsPages: Readonly<Record<string, (snapshot: StatsSnapshot) => { type: string; text: string }>> = {
  '/stats/summary': (snapshot) => ({
    type: 'application/json',
    text: JSON.stringify(statsSummary(snapshot)),
  }),
  '/metrics': (snapshot) => ({ type: exposition, text: kubeletMetrics(snapshot) }),
  '/metrics/resource': (snapshot) => ({ type: exposition, text: resourceMetrics(snapshot) }),
  '/metrics/cadvisor': (snapshot) => ({ type: exposition, text: cadvisorMetrics(snapshot) }),
};

/** `kubelet.page`: what Kubernetes' kubelets show over HTTP, for `nodes/NAME/proxy`. */
export function kubeletPage(pods: () => readonly Pod[], stats?: () => Promise<StatsSnapshot>): UnaryHandler {
  return async ({ head }) => {
    const path: unknown = typeof head === 'object' && head !== null ? Reflect.get(head, 'path') : '';
    const page = String(path)
      .replace(/[?].*$/, '')
      .replace(/\/$/, '');
    if (page === '/healthz') return answer(200, plain, 'ok');
    if (page === '/pods') {
      const list = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: pods() };
      return answer(200, 'application/json', JSON.stringify(list));
    }
    const render = Object.hasOwn(statsPages, page) ? statsPages[page] : undefined;
    if (render === undefined || stats === undefined) return answer(404, plain, '404 page not found\n');
    const { type, text } = render(await stats());
    return answer(200, type, text);
  };
}

function answer(code: number, contentType: string, text: string) {
  return { head: { code, contentType }, payload: new TextEncoder().encode(text) };
}
