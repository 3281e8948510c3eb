// Loaded before everything else: whoever listens by a mere port number would be reachable from outside.
import net from 'node:net';

const listen = net.Server.prototype.listen;

net.Server.prototype.listen = function (where, ...more) {
  if (typeof where === 'number') {
    const called = more.filter((word) => typeof word === 'function');
    return listen.call(this, { host: '127.0.0.1', port: where }, ...called);
  }
  const hasPort = where !== null && typeof where === 'object' && 'port' in where;
  return listen.call(this, hasPort ? { ...where, host: '127.0.0.1' } : where, ...more);
};
