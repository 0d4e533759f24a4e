import type { ApiCall, ApiReply } from '../endpoints/contract.js';
import { taggedReply } from '../endpoints/negotiate.js';
import { type Documents, type Turn, tableDocuments } from './documents.js';

/**
 * /openapi/v2 and /openapi/v3: what kubectl reads to validate, apply and explain. Undefined for other paths. Whoever serves more
 * kinds than the tables have gives documentsWith() them.
 */
export async function openApi(
  call: ApiCall,
  path: string,
  turn: Turn,
  documents: Documents = tableDocuments(),
): Promise<ApiReply | undefined> {
  if (path === '/openapi/v2') return v2(call, turn, documents);
  if (path === '/openapi/v3' || path === '/openapi/v3/') return index(call, turn, documents);
  if (!path.startsWith('/openapi/v3/')) return undefined;
  const document = await documents.v3(path.slice('/openapi/v3/'.length), turn);
  if (document === undefined) return undefined;
  const { hash, body } = document;
  const wanted = call.query.hash?.[0];
  if (wanted !== undefined && wanted !== hash) {
    const location = `${path}?hash=${hash}`;
    return { code: 301, headers: { location }, body: new Uint8Array(0) };
  }
  // By its hash it never changes.
  const cache: Record<string, string> =
    wanted === undefined
      ? { 'cache-control': 'no-cache, private' }
      : { 'cache-control': 'public, immutable', expires: 'Fri, 01 Jan 2100 00:00:00 GMT' };
  const headers = { 'content-type': 'application/json', vary: 'Accept', ...cache };
  return taggedReply(call, { code: 200, headers, body }, hash);
}

async function index(call: ApiCall, turn: Turn, documents: Documents): Promise<ApiReply> {
  const paths: Record<string, { readonly serverRelativeURL: string }> = {};
  for (const name of documents.names) {
    const hash = (await documents.v3(name, turn))?.hash ?? '';
    paths[name] = { serverRelativeURL: `/openapi/v3/${name}?hash=${hash}` };
  }
  const body = new TextEncoder().encode(JSON.stringify({ paths }));
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-cache, private' };
  return taggedReply(call, { code: 200, headers, body });
}

const protobufAccept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
/** The `@` of the question is a `.` in the answer: Go's parser of media types refuses the former. */
const protobufType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** Old kubectls ask for v2 as protobuf only; what reads JSON gets JSON. */
async function v2(call: ApiCall, turn: Turn, documents: Documents): Promise<ApiReply> {
  const binary = (call.headers.accept ?? '').includes(protobufAccept);
  const { body, hash } = await documents.v2(binary ? 'protobuf' : 'json', turn);
  const type = binary ? protobufType : 'application/json';
  const headers = { 'content-type': type, vary: 'Accept', 'cache-control': 'no-cache, private' };
  return taggedReply(call, { code: 200, headers, body }, hash);
}
