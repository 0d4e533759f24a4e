import { request } from 'node:http';
import { connect } from 'node:net';

export interface ProbeResult {
  readonly ok: boolean;
  readonly output: string;
}

/** 200 to 399 is healthy, as for Kubernetes. */
export function httpProbe(
  target: { host: string; port: number; path: string; headers: Record<string, string> },
  timeoutMs: number,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const fail = (error: Error) =>
      resolve({
        ok: false,
        output: `Get "http://${target.host}:${target.port}${target.path}": ${dialText(target, error)}`,
      });
    const call = request({ ...target, agent: false, timeout: timeoutMs }, (answer) => {
      answer.on('error', fail).resume();
      const code = answer.statusCode ?? 0;
      const ok = code >= 200 && code < 400;
      resolve({ ok, output: ok ? '' : `HTTP probe failed with statuscode: ${code}` });
    });
    call.on('timeout', () => call.destroy(new Error('context deadline exceeded')));
    call.on('error', fail);
    call.end();
  });
}

/** Kubernetes' users know a refused connection by these words. */
function dialText(target: { host: string; port: number }, error: Error): string {
  if (Reflect.get(error, 'code') !== 'ECONNREFUSED') return error.message;
  return `dial tcp ${target.host}:${target.port}: connect: connection refused`;
}

export function tcpProbe(target: { host: string; port: number }, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect(target);
    const done = (result: ProbeResult) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(timeoutMs, () =>
      done({ ok: false, output: `dial tcp ${target.host}:${target.port}: i/o timeout` }),
    );
    socket.on('error', (error) => done({ ok: false, output: dialText(target, error) }));
    socket.on('connect', () => done({ ok: true, output: '' }));
  });
}
