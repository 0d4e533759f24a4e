import { createServer } from 'node:http';

const { PORT = '8080', POD_IP = '', POD_NAME, HOSTNAME = '', NODE_NAME = '' } = process.env;
const server = createServer((request, response) => {
  if (request.url === '/healthz') return response.end('ok\n');
  const { method, url: path, headers } = request;
  console.log(`${method} ${path}`);
  response.setHeader('content-type', 'application/json');
  response.end(
    `${JSON.stringify({ pod: POD_NAME ?? HOSTNAME, node: NODE_NAME, address: POD_IP, pid: process.pid, method, path, headers })}\n`,
  );
});
server.listen(Number(PORT), () => console.log(`echo listens on ${JSON.stringify(server.address())}`));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
