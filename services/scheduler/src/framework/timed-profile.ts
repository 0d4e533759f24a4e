import type { NodeFilter, NodeScorer, Plugin } from './contract.js';
import type { Profile } from './profile.js';

/** Where the time of a cycle goes: milliseconds by `Plugin/point`. */
export type PluginTimes = Map<string, number>;

/** The same profile, whose plugins of preFilter, filter, preScore and score are timed; for cycles that are traced. */
export function timedProfile(profile: Profile, now: () => number, times: PluginTimes): Profile {
  const known = new Map<Plugin, Plugin>();
  const timed = (plugin: Plugin): Plugin => {
    const made = known.get(plugin) ?? timedPlugin(plugin, now, times);
    known.set(plugin, made);
    return made;
  };
  const { plugins } = profile;
  const [preFilter, filter] = [plugins.preFilter.map(timed), plugins.filter.map(timed)];
  const [preScore, score] = [plugins.preScore.map(timed), plugins.score.map(timed)];
  return { ...profile, plugins: { ...plugins, preFilter, filter, preScore, score } };
}

function timedPlugin(plugin: Plugin, now: () => number, times: PluginTimes): Plugin {
  const { name } = plugin;
  const time = <T>(point: string, work: () => T): T => {
    const startMs = now();
    const result = work();
    const key = `${name}/${point}`;
    times.set(key, (times.get(key) ?? 0) + now() - startMs);
    return result;
  };
  const timedFilter = (one: NodeFilter): NodeFilter => ({
    filter: (node) => time('filter', () => one.filter(node)),
    ...(one.addPod === undefined ? {} : { addPod: (pod, node) => one.addPod?.(pod, node) }),
    ...(one.removePod === undefined ? {} : { removePod: (pod, node) => one.removePod?.(pod, node) }),
  });
  const timedScorer = (one: NodeScorer): NodeScorer => ({
    score: (node) => time('score', () => one.score(node)),
    ...(one.normalize === undefined
      ? {}
      : { normalize: (scores) => time('score', () => one.normalize?.(scores)) }),
  });
  return {
    name,
    ...(plugin.preFilter === undefined
      ? {}
      : {
          preFilter: (pod, snapshot) => {
            const result = time('preFilter', () => plugin.preFilter?.(pod, snapshot));
            if (result === undefined || 'refused' in result || result.filter === undefined) return result;
            return { ...result, filter: timedFilter(result.filter) };
          },
        }),
    ...(plugin.preScore === undefined
      ? {}
      : {
          preScore: (pod, nodes, snapshot) => {
            const scorer = time('preScore', () => plugin.preScore?.(pod, nodes, snapshot));
            return scorer === undefined ? undefined : timedScorer(scorer);
          },
        }),
  };
}
