import type { Clock, Timer, Timers } from '../world.js';

export const realClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

const timer = (cancel: () => void): Timer => ({ cancel });

/** Node.js takes what is longer for 1 ms, so that a CronJob of next month would be due all the time. */
const longestDelayMs = 2 ** 31 - 1;

function startTimeout(callback: () => void, delayMs: number): Timer {
  let handle: NodeJS.Timeout;
  const wait = (leftMs: number) => {
    const next = leftMs > longestDelayMs ? () => wait(leftMs - longestDelayMs) : callback;
    handle = setTimeout(next, Math.min(leftMs, longestDelayMs));
  };
  wait(delayMs);
  return timer(() => clearTimeout(handle));
}

export const realTimers: Timers = {
  setTimeout: startTimeout,
  setInterval: (callback, periodMs) => {
    const handle = setInterval(callback, periodMs);
    return timer(() => clearInterval(handle));
  },
  setImmediate: (callback) => {
    const handle = setImmediate(callback);
    return timer(() => clearImmediate(handle));
  },
  sleep: (delayMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const started = startTimeout(() => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      }, delayMs);
      const aborted = () => {
        started.cancel();
        reject(signal?.reason);
      };
      return signal?.addEventListener('abort', aborted, { once: true });
    }),
};
