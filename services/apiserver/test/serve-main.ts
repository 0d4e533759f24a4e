import { readyServer } from './harness.js';

// By hand: an apiserver over a store in memory, for kubectl.
const server = await readyServer();
process.stdout.write(`${server.kubeconfig('admin')}\n${server.kubeconfig('reader')}\n`);
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
