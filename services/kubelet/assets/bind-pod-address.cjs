// Loaded before a pod's own code (NODE_OPTIONS=--require): a server that listens on every address of its machine gets its pod's address instead, as if the pod had a
// network of its own. Nothing else changes.
'use strict';
const net = require('node:net');
const address = process.env.POD_IP;
const everywhere = new Set(['0.0.0.0', '::', '']);
const listen = net.Server.prototype.listen;

net.Server.prototype.listen = function listenOnPodAddress(...args) {
  const [first, second] = args;
  if (!address) return listen.apply(this, args);
  if (
    typeof first === 'object' &&
    first !== null &&
    'port' in first &&
    (first.host === undefined || everywhere.has(first.host))
  ) {
    return listen.call(this, { ...first, host: address }, ...args.slice(1));
  }
  if (typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))) {
    if (typeof second === 'string')
      return listen.call(this, first, everywhere.has(second) ? address : second, ...args.slice(2));
    return listen.call(this, first, address, ...args.slice(1).filter((argument) => argument !== undefined));
  }
  return listen.apply(this, args);
};
