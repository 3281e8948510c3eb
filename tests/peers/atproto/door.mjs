// The way to the personal data server from outside, which can be shut: the servers among themselves do not take it.
import net from 'node:net';

// How the door can be shut: it hangs up at once; it listens and is silent; what is asked happens, and the answer is
// lost.
const WAYS = ['refusing', 'silent', 'losing'];

export async function openDoor(behind) {
  const guests = new Set();
  let shut = null;

  const server = net.createServer((guest) => {
    guest.on('error', () => guest.destroy());
    if (shut === 'refusing') return guest.destroy();
    guests.add(guest);
    guest.on('close', () => guests.delete(guest));
    if (shut === 'silent') return guest.pause();
    lead(guest, () => shut);
  });

  function lead(guest, isShut) {
    const host = net.connect({ host: '127.0.0.1', port: behind });
    host.on('error', () => guest.destroy());
    host.on('close', () => guest.destroy());
    guest.on('close', () => host.destroy());
    guest.pipe(host);
    host.on('data', (answer) => (isShut() === 'losing' ? guest.destroy() : guest.write(answer)));
  }

  await new Promise((resolve) => server.listen(0, resolve));
  return {
    port: server.address().port,
    shut(way) {
      if (!WAYS.includes(way)) throw new Error(`no such way to shut a door: ${way}`);
      shut = way;
      if (way !== 'losing') for (const guest of guests) guest.destroy();
    },
    open() {
      shut = null;
      for (const guest of guests) guest.destroy();
    },
  };
}
