// A whole AT Protocol network: directory of identities, personal data server, app view, moderation. It ends when its
// input does, so it cannot outlive the tests that started it.
import net from 'node:net';
import readline from 'node:readline';
import { TestNetwork } from '@atproto/dev-env';
import { openDoor } from './door.mjs';

const appView = await freePort();
const network = await TestNetwork.create({
  dbPostgresUrl: process.env.PEER_DATABASE,
  dbPostgresSchema: 'peer',
  pds: { hostname: 'localhost', enableDidDocWithSession: true },
  // Pictures are shown under this address.
  bsky: { port: appView, publicUrl: `http://localhost:${appView}` },
});
const door = await openDoor(network.pds.port);
const shown = `http://localhost:${door.port}`;

// Accounts are told to live behind the door, so that who follows their documents comes through it, too.
const { cfg, idResolver } = network.pds.ctx;
cfg.service.publicUrl = shown;
const resolve = idResolver.did.resolveNoCache;
idResolver.did.resolveNoCache = async (did) => {
  const found = await resolve.call(idResolver.did, did);
  const home = found?.service?.find((service) => service.id === '#atproto_pds');
  if (home?.serviceEndpoint === network.pds.url) home.serviceEndpoint = shown;
  return found;
};

answer({ door: door.port, inside: network.pds.port, app_view: appView });
readline.createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [act, way] = line.split(' ');
    if (act === 'shut') door.shut(way);
    else door.open();
    answer({ done: line });
  })
  .on('close', () => process.exit(0));

function answer(said) {
  process.stdout.write(`PEER ${JSON.stringify(said)}\n`);
}

function freePort() {
  return new Promise((resolve) => {
    const taken = net.createServer().listen(0, () => {
      const { port } = taken.address();
      taken.close(() => resolve(port));
    });
  });
}
