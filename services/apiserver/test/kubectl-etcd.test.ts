// Stock kubectl once more, over an apiserver whose store is a real etcd.
process.env.KUBELAB_TEST_STORE = 'etcd';
await import('./kubectl.test.js');
