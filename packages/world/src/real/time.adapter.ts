import type { Clock, Timer, Timers } from '../world.js';

export const realClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

const timer = (cancel: () => void): Timer => ({ cancel });

export const realTimers: Timers = {
  setTimeout: (callback, delayMs) => {
    const handle = setTimeout(callback, delayMs);
    return timer(() => clearTimeout(handle));
  },
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
      const handle = setTimeout(() => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      }, delayMs);
      const aborted = () => {
        clearTimeout(handle);
        reject(signal?.reason);
      };
      return signal?.addEventListener('abort', aborted, { once: true });
    }),
};
