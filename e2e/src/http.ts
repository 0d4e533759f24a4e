import { request } from 'node:http';

export interface HttpAnswer {
  readonly code: number;
  readonly body: string;
}

/** One GET on a connection of its own, as `curl` makes it: a Service picks a pod per connection. */
export function curl(url: string, timeoutMs = 2_000): Promise<HttpAnswer> {
  return new Promise((done, failed) => {
    const call = request(url, { agent: false, timeout: timeoutMs }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => done({ code: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      answer.on('error', failed);
    });
    call.on('timeout', () => call.destroy(new Error(`no answer from ${url} within ${timeoutMs} ms`)));
    call.on('error', failed);
    call.end();
  });
}

/** The names of the pods that answered `count` requests to kubelab/echo. */
export async function podsBehind(url: string, count: number): Promise<Set<string>> {
  const pods = new Set<string>();
  for (let index = 0; index < count; index += 1) {
    const { body } = await curl(url);
    const parsed: unknown = JSON.parse(body);
    pods.add(String(typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'pod') : body));
  }
  return pods;
}
