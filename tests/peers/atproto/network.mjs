// A whole AT Protocol network: directory of identities, personal data server, app view, moderation. It ends when its
// input does, so it cannot outlive the tests that started it.
import readline from 'node:readline';
import { TestNetwork } from '@atproto/dev-env';
import { openDoor } from './door.mjs';

const { PEER_DATABASE, PEER_DOOR, PEER_SERVER, PEER_APP_VIEW } = process.env;

const network = await TestNetwork.create({
  dbPostgresUrl: PEER_DATABASE,
  dbPostgresSchema: 'peer',
  pds: { port: Number(PEER_SERVER), hostname: 'localhost', enableDidDocWithSession: true },
  bsky: { port: Number(PEER_APP_VIEW), publicUrl: `http://localhost:${PEER_APP_VIEW}` },
});

// Accounts are told to live behind the door, so that who follows their documents comes through it, too.
const shown = `http://localhost:${PEER_DOOR}`;
const { cfg, idResolver } = network.pds.ctx;
cfg.service.publicUrl = shown;
const resolve = idResolver.did.resolveNoCache;
idResolver.did.resolveNoCache = async (did) => {
  const found = await resolve.call(idResolver.did, did);
  const home = found?.service?.find((service) => service.id === '#atproto_pds');
  if (home?.serviceEndpoint === network.pds.url) home.serviceEndpoint = shown;
  return found;
};
const door = await openDoor(Number(PEER_DOOR), Number(PEER_SERVER));

const answer = (said) => process.stdout.write(`PEER ${JSON.stringify(said)}\n`);
answer({ pid: process.pid });

readline.createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [act, how] = line.split(' ');
    if (act === 'shut') door.shut(how);
    else door.open();
    answer({ done: line });
  })
  .on('close', () => process.exit(0));
