import { connect } from 'node:http2';
import { healthRequest, healthStatus } from './grpc-message.js';
import type { ProbeResult } from './probe.adapter.js';

const answerBytesMax = 4_096;

/** `grpc.health.v1.Health/Check` over cleartext HTTP/2, as Kubernetes' gRPC probe: only SERVING is healthy. */
export function grpcProbe(
  target: { readonly host: string; readonly port: number; readonly service: string },
  timeoutMs: number,
): Promise<ProbeResult> {
  const { host, port, service } = target;
  return new Promise((resolve) => {
    const session = connect(`http://${host}:${port}`);
    let settled = false;
    const done = (ok: boolean, output: string) => {
      if (settled) return;
      settled = true;
      session.destroy();
      resolve({ ok, output });
    };
    const seconds = `${timeoutMs / 1000}s`;
    const late = () => done(false, `timeout: failed to connect service "${host}:${port}" within ${seconds}`);
    const failed = (error: Error) => done(false, `error: ${error.message}`);
    session.setTimeout(timeoutMs, late);
    session.on('error', failed);
    const call = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    call.setTimeout(timeoutMs, late);
    call.on('error', failed);
    const parts: Buffer[] = [];
    let size = 0;
    let grpcStatus = '0';
    const note = (headers: object) => {
      grpcStatus = String(Reflect.get(headers, 'grpc-status') ?? grpcStatus);
    };
    call.on('response', note);
    call.on('trailers', note);
    call.on('data', (part: Buffer) => {
      size += part.length;
      if (size <= answerBytesMax) parts.push(part);
    });
    call.on('end', () => {
      if (grpcStatus === '12')
        return done(false, 'error: this server does not implement the grpc health protocol');
      const status = healthStatus(Buffer.concat(parts));
      if (grpcStatus !== '0' || status === undefined)
        return done(false, `error: health rpc probe failed: grpc status ${grpcStatus}`);
      done(
        status === 'SERVING',
        status === 'SERVING' ? '' : `service unhealthy (responded with "${status}")`,
      );
    });
    call.end(healthRequest(service));
  });
}
