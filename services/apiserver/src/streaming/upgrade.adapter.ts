import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { World } from '@kubelab/world';
import type { ApiReply, Upgrade } from '../endpoints/contract.js';
import { commandOverSpdy } from './spdy/command.js';
import type { ByteTransport } from './spdy/connection.js';
import { portForwardOverSpdy } from './spdy/port-forward.js';
import {
  acceptWebSocket,
  commandOverWebSocket,
  commandProtocols,
  webSocketTransport,
} from './websocket.adapter.js';
import { portsOverWebSocket } from './websocket-ports.adapter.js';

export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly protocol: 'websocket' | 'spdy';
}

/** A client that was told the end has so long to close its side. */
const lingerMs = 5_000;

/** Which protocol a request with `Connection: Upgrade` asks for; undefined: one that is not spoken. */
export function upgradeProtocol(request: IncomingMessage): 'websocket' | 'spdy' | undefined {
  const wanted = (request.headers.upgrade ?? '').toLowerCase();
  return wanted === 'websocket' ? 'websocket' : wanted === 'spdy/3.1' ? 'spdy' : undefined;
}

/** Makes the connection what the client asked for; answers why not when it cannot, and closes `upgrade` at the end in any case. */
export async function serveUpgrade(
  world: World,
  client: UpgradeRequest,
  upgrade: Upgrade,
): Promise<ApiReply | undefined> {
  const protocol = chosen(client, upgrade);
  if (protocol === undefined) {
    upgrade.close();
    return refusal(client);
  }
  const { request, socket, head } = client;
  // Whatever the client does wrong ends its connection, and nothing else.
  const served = (work: Promise<void>) => void work.catch(() => socket.destroy());
  if (client.protocol === 'spdy') {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
    );
    served(overSpdy(world, socketTransport(world, socket, head), upgrade));
    return undefined;
  }
  acceptWebSocket(request, socket, head, protocol, (ws) => {
    if (upgrade.type === 'portForward' && protocol === tunnel)
      served(portForwardOverSpdy(webSocketTransport(ws), upgrade));
    else if (upgrade.type === 'portForward') served(portsOverWebSocket(ws, protocol, upgrade));
    else served(commandOverWebSocket(ws, protocol, upgrade));
  });
  socket.once('close', () => upgrade.close());
  return undefined;
}

function overSpdy(world: World, transport: ByteTransport, upgrade: Upgrade): Promise<void> {
  if (upgrade.type === 'portForward') return portForwardOverSpdy(transport, upgrade);
  return commandOverSpdy(world, transport, upgrade);
}

/** SPDY frames in the messages of a WebSocket. */
const tunnel = 'SPDY/3.1+portforward.k8s.io';

/** In the order of preference. */
const protocols: Readonly<Record<string, readonly string[]>> = {
  'websocket command': commandProtocols,
  'websocket portForward': [tunnel, 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io'],
  'spdy command': ['v4.channel.k8s.io'],
  'spdy portForward': ['portforward.k8s.io'],
};

function offered({ request, protocol }: UpgradeRequest): string[] {
  const name = protocol === 'spdy' ? 'x-stream-protocol-version' : 'sec-websocket-protocol';
  const value = request.headers[name] ?? '';
  return (Array.isArray(value) ? value.join(',') : value).split(',').map((one) => one.trim());
}

/** Which of the client's protocols is spoken; undefined when none is. */
function chosen(client: UpgradeRequest, upgrade: Upgrade): string | undefined {
  const names = offered(client);
  const needsPorts = (name: string) => client.protocol === 'websocket' && name !== tunnel;
  return protocols[`${client.protocol} ${upgrade.type}`]?.find(
    (name) =>
      names.includes(name) &&
      !(upgrade.type === 'portForward' && upgrade.ports.length === 0 && needsPorts(name)),
  );
}

function refusal(client: UpgradeRequest): ApiReply {
  const text = `unable to upgrade: unable to negotiate protocol: client offers ${offered(client).join(', ')}\n`;
  return {
    code: client.protocol === 'spdy' ? 403 : 400,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: new TextEncoder().encode(text),
  };
}

function socketTransport(world: World, socket: Duplex, head: Buffer): ByteTransport {
  const source = async function* (): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    try {
      yield* socket;
    } catch {
      // It broke: for whoever reads that is its end.
    }
  };
  return {
    source: source(),
    write: (data) =>
      new Promise((resolve) => {
        if (socket.destroyed || socket.writableEnded) resolve();
        else socket.write(data, () => resolve());
      }),
    close: () => {
      if (socket.destroyed || socket.writableEnded) return;
      socket.end();
      const timer = world.timers.setTimeout(() => socket.destroy(), lingerMs);
      socket.once('close', () => timer.cancel());
    },
  };
}
