import type { ApiTransport } from '@kubelab/client';

/**
 * The same transport with at most `callsMax` requests under way; the others wait in line, in order. Who waits is bounded by those
 * who call. Streams are not counted. The apiserver refuses what is more than it has seats for: a thousand nodes' pods must not
 * take those that their leases need.
 */
export function boundedTransport(transport: ApiTransport, callsMax: number): ApiTransport {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    request: async (request) => {
      if (running >= callsMax) await new Promise<void>((resolve) => waiting.push(resolve));
      else running += 1;
      try {
        return await transport.request(request);
      } finally {
        // The seat goes on to the next in line, or is free.
        const next = waiting.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
    stream: (request) => transport.stream(request),
    close: () => transport.close(),
  };
}
