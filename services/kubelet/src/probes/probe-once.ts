import type { Probe } from '@kubelab/api';
import type { HookTarget } from '../pod/hooks.js';
import { portOf } from '../pod/spec.js';
import type { ContainerRuntime } from '../runtime/cri.js';
import { grpcProbe } from './grpc.adapter.js';
import { httpProbe, type ProbeResult, tcpProbe } from './probe.adapter.js';

/** One try of a probe. Never rejects: what goes wrong is its output. */
export async function probeOnce(
  runtime: ContainerRuntime,
  probe: Probe,
  { container, containerId, podIp }: HookTarget,
): Promise<ProbeResult> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  const { httpGet, tcpSocket, exec, grpc } = probe;
  if (grpc !== undefined)
    return grpcProbe({ host: podIp, port: grpc.port, service: grpc.service ?? '' }, timeoutMs);
  if (httpGet !== undefined) {
    const headers = Object.fromEntries((httpGet.httpHeaders ?? []).map(({ name, value }) => [name, value]));
    const port = portOf(container, httpGet.port);
    return httpProbe({ host: httpGet.host ?? podIp, port, path: httpGet.path ?? '/', headers }, timeoutMs);
  }
  if (tcpSocket !== undefined)
    return tcpProbe({ host: tcpSocket.host ?? podIp, port: portOf(container, tcpSocket.port) }, timeoutMs);
  try {
    const { exitCode, output, timedOut } = await runtime.ExecSync(
      containerId,
      exec?.command ?? [],
      timeoutMs,
    );
    return { ok: exitCode === 0, output: timedOut ? `command timed out after ${timeoutMs} ms` : output };
  } catch (error) {
    return { ok: false, output: error instanceof Error ? error.message : String(error) };
  }
}
