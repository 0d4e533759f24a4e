import type { ServeOptions, WireContext, WireServer, WireService } from './contract.js';
import { limits } from './limits.js';
import { type Methods, ServerSession } from './server-session.js';

const closeGraceMsDefault = 1_000;
const closePollMs = 10;

export async function serveWire(context: WireContext, options: ServeOptions): Promise<WireServer> {
  const methods: Methods = {
    unary: methodMap(options.services, (service) => service.unary),
    stream: methodMap(options.services, (service) => service.stream),
    datagram: methodMap(options.services, (service) => service.datagram),
  };
  const sessions = new Set<ServerSession>();
  let draining = false;
  const listener = await context.world.network.listen({
    address: options.address,
    tls: options.tls,
    messageBytesMax: limits.messageBytesMax,
    accept: (connection) => {
      const session: ServerSession = new ServerSession(context, connection, methods, () =>
        sessions.delete(session),
      );
      sessions.add(session);
      session.start();
      if (draining) session.drain();
    },
  });
  return {
    address: listener.address,
    close: async (graceMs = closeGraceMsDefault) => {
      draining = true;
      for (const session of sessions) session.drain();
      const { clock, timers } = context.world;
      const deadlineMs = clock.monotonicMs() + graceMs;
      while ([...sessions].some((session) => session.busy) && clock.monotonicMs() < deadlineMs)
        await timers.sleep(closePollMs);
      for (const session of sessions) session.close();
      await listener.close();
    },
  };
}

function methodMap<H>(
  services: readonly WireService[],
  pick: (service: WireService) => Readonly<Record<string, H>> | undefined,
) {
  const map = new Map<string, { handler: H; service: WireService }>();
  for (const service of services) {
    for (const [method, handler] of Object.entries(pick(service) ?? {})) {
      if (map.has(method)) throw new Error(`two services have a method ${method}`);
      map.set(method, { handler, service });
    }
  }
  return map;
}
