import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ApiReply, Upgrade } from '../endpoints/contract.js';
import { acceptWebSocket, commandOverWebSocket, commandProtocol } from './websocket.adapter.js';

export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly protocol: 'websocket' | 'spdy';
}

/** Which protocol a request with `Connection: Upgrade` asks for; undefined: one that is not spoken. */
export function upgradeProtocol(request: IncomingMessage): 'websocket' | 'spdy' | undefined {
  const wanted = (request.headers.upgrade ?? '').toLowerCase();
  return wanted === 'websocket' ? 'websocket' : wanted === 'spdy/3.1' ? 'spdy' : undefined;
}

/** Makes the connection what the client asked for; answers why not when it cannot, and closes `upgrade` at the end in any case. */
export async function serveUpgrade(client: UpgradeRequest, upgrade: Upgrade): Promise<ApiReply | undefined> {
  const refused = refusal(client, upgrade);
  if (refused !== undefined) {
    upgrade.close();
    return refused;
  }
  const { request, socket, head } = client;
  const offered = request.headers['sec-websocket-protocol'];
  const protocol = commandProtocol(offered);
  if (upgrade.type === 'command' && protocol !== undefined)
    acceptWebSocket(request, socket, head, protocol, (ws) => {
      commandOverWebSocket(ws, protocol, upgrade).catch(() => ws.terminate());
    });
  return undefined;
}

function refusal(client: UpgradeRequest, upgrade: Upgrade): ApiReply | undefined {
  const { request } = client;
  const offered = request.headers['sec-websocket-protocol'];
  if (upgrade.type === 'command' && commandProtocol(offered) === undefined)
    return {
      code: 400,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: new TextEncoder().encode(`none of the protocols is served: ${offered ?? ''}\n`),
    };
  return undefined;
}
