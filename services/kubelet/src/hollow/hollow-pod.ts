import type { Container, Pod } from '@kubelab/api';
import { hollowDomain, hollowSetting, parseDuration } from '../runtime/hollow/life.js';

const runMsOfJobs = '1s';

/**
 * A pod as a hollow node sees it: what would reach for a disk, a process or a network is left out (volumes, environment, hooks,
 * probes), and what decides its life stands in its annotations. Pure. `ready-delay` becomes a readiness probe, which the runtime
 * answers.
 */
export function hollowPod(pod: Pod): Pod {
  const { spec } = pod;
  if (spec === undefined) return pod;
  const annotations: Record<string, string> = { ...pod.metadata.annotations };
  const endsByItself = (name: string) => {
    if (hollowSetting(annotations, 'run-duration', name) === undefined)
      annotations[`${name}.${hollowDomain}/run-duration`] = runMsOfJobs;
  };
  for (const one of spec.initContainers ?? []) if (one.restartPolicy !== 'Always') endsByItself(one.name);
  if ((spec.restartPolicy ?? 'Always') !== 'Always')
    for (const one of spec.containers) endsByItself(one.name);
  const { volumes: _volumes, ...rest } = spec;
  const bare = (one: Container) => bareContainer(one, annotations);
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    spec: {
      ...rest,
      containers: spec.containers.map(bare),
      ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(bare) }),
    },
  };
}

function bareContainer(container: Container, annotations: Readonly<Record<string, string>>): Container {
  const { name, image, imagePullPolicy, restartPolicy } = container;
  const waits = (parseDuration(hollowSetting(annotations, 'ready-delay', name) ?? '') ?? 0) > 0;
  return {
    name,
    ...(image === undefined ? {} : { image }),
    ...(imagePullPolicy === undefined ? {} : { imagePullPolicy }),
    ...(restartPolicy === undefined ? {} : { restartPolicy }),
    ...(waits
      ? { readinessProbe: { exec: { command: ['ready'] }, periodSeconds: 1, failureThreshold: 1 } }
      : {}),
  };
}
