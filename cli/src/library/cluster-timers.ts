import type { Timer, Timers } from '@kubelab/world';

/** Timers of one cluster: none of them outlives it. */
export interface ClusterTimers {
  readonly timers: Timers;
  /** Cancels what still runs, and from now on starts nothing: who sleeps then sleeps for good, and is forgotten. */
  cancelAll(): void;
}

export function createClusterTimers(real: Timers): ClusterTimers {
  const running = new Set<Timer>();
  let isOver = false;
  const start = (begin: (done: () => void) => Timer): Timer => {
    if (isOver) return { cancel: () => {} };
    const timer: Timer = begin(() => running.delete(tracked));
    const tracked: Timer = {
      cancel: () => {
        running.delete(tracked);
        timer.cancel();
      },
    };
    running.add(tracked);
    return tracked;
  };
  const once =
    (callback: () => void, done: () => void): (() => void) =>
    () => {
      done();
      callback();
    };
  const timers: Timers = {
    setTimeout: (callback, delayMs) => start((done) => real.setTimeout(once(callback, done), delayMs)),
    setInterval: (callback, periodMs) => start(() => real.setInterval(callback, periodMs)),
    setImmediate: (callback) => start((done) => real.setImmediate(once(callback, done))),
    sleep: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(signal.reason);
          return;
        }
        const aborted = () => {
          timer.cancel();
          reject(signal?.reason);
        };
        const timer = timers.setTimeout(() => {
          signal?.removeEventListener('abort', aborted);
          resolve();
        }, delayMs);
        signal?.addEventListener('abort', aborted, { once: true });
      }),
  };
  return {
    timers,
    cancelAll: () => {
      isOver = true;
      for (const timer of [...running]) timer.cancel();
    },
  };
}
