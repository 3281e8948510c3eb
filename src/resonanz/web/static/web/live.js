/**
 * What happens elsewhere reaches this page through one stream per browser.
 *
 * HTTP/1.1 allows six connections to a host, so one tab holds the stream (Web Locks) and tells the others
 * (BroadcastChannel). Every page hears `resonanz:notice` {cases, whose, posts …}, `resonanz:presence`, `resonanz:told` [user ids], `resonanz:again` (something
 * may have been missed: look at everything), `resonanz:line` {open} and, when the session ended and began again,
 * `resonanz:signed-out` and `resonanz:signed-in`.
 */

const PATIENCE = 5_000;
const SETTLED = 500;
const SILENCE = 50_000;
const LOOK_FOR_SESSION = 10_000;
const WITHOUT_STREAM = 20_000;
const PROBE = "/inbox/rows/?ids=";
const between = new BroadcastChannel("resonanz");

/** @param {string} name @param {unknown} [detail] */
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`resonanz:${name}`, { detail }));

/** @param {string} name @param {unknown} [detail] */
function share(name, detail) {
  between.postMessage([name, detail]);
  tell(name, detail);
}

between.addEventListener("message", ({ data: [name, detail] }) => tell(name, detail));

/** @param {string} written */
function pass(written) {
  const notice = JSON.parse(written);
  if (notice.again) share("again");
  else if (notice.presence) share("presence", notice.presence);
  else if (notice.told) share("told", notice.told);
  else {
    const { cases = [], whose = [], stays = false, posts = 0, approvals = false } = notice;
    share("notice", { cases, whose, stays, posts, approvals });
  }
}

/** Hold the stream for all tabs of this browser. */
let holds = false;
function hold() {
  holds = true;
  connect();
  return new Promise(() => {}); // the lock is held for as long as the tab lives
}

/** @type {EventSource | undefined} */
let stream;
let heard = 0;
/** @type {number | undefined} */
let lost;

function connect() {
  stream?.close();
  const opened = new EventSource("/stream/");
  stream = opened;
  heard = performance.now();
  // Whatever happened before the stream was open, here or while it was lost, has to be asked for.
  opened.addEventListener("ready", () => {
    clearTimeout(lost);
    lost = undefined;
    share("line", { open: true });
    share("again");
  });
  opened.addEventListener("notice", (event) => pass(event.data));
  for (const name of ["ready", "notice", "ping"]) opened.addEventListener(name, () => (heard = performance.now()));
  opened.addEventListener("error", () => {
    lost ??= setTimeout(() => share("line", { open: false }), PATIENCE);
    if (opened.readyState !== EventSource.CLOSED || stream !== opened) return;
    stream = undefined;
    lookForSession();
  });
}

/** A connection may be gone without a word: the server speaks three times a minute, and silence means that it is. */
function listenForSilence() {
  if (!stream || performance.now() - heard < SILENCE) return;
  share("line", { open: false });
  connect();
}

setInterval(listenForSilence, LOOK_FOR_SESSION);
addEventListener("offline", () => tell("line", { open: false }));
addEventListener("online", () => stream && connect());

/** The server closed the door: is it the session, or is nobody there? */
async function lookForSession() {
  const state = await session();
  if (state === "open") return setTimeout(connect, 1_000);
  if (state === "closed") share("signed-out");
  const again = setInterval(async () => {
    if ((await session()) !== "open") return;
    clearInterval(again);
    share("signed-in");
    connect();
  }, LOOK_FOR_SESSION);
}

/** @returns {Promise<"open" | "closed" | "unknown">} */
async function session() {
  try {
    const answer = await fetch(PROBE, { redirect: "manual" });
    if (answer.ok) return "open";
    return answer.type === "opaqueredirect" || answer.status === 403 ? "closed" : "unknown";
  } catch {
    return "unknown";
  }
}

/** An open stream outlives its session for a minute; a refused act knows earlier. Then this tab looks by itself. */
let out = false;
document.addEventListener("resonanz:signed-out", () => (out = true));
document.addEventListener("resonanz:signed-in", () => (out = false));
async function lookAgain() {
  if (out && !document.hidden && (await session()) === "open") share("signed-in");
}
document.addEventListener("visibilitychange", lookAgain);
addEventListener("focus", lookAgain);
setInterval(lookAgain, LOOK_FOR_SESSION);

// Pages that do not follow by themselves say that something came; whoever wants it follows the line.
document.addEventListener("resonanz:notice", (event) => {
  const line = /** @type {HTMLElement | null} */ (document.querySelector("[data-news]"));
  if (line && /** @type {CustomEvent} */ (event).detail.posts) line.hidden = false;
});

addEventListener("pageshow", (event) => {
  if (event.persisted) tell("again");
});

function begin() {
  // No locks without HTTPS: ask now and then.
  if (!navigator.locks) return void setInterval(() => document.hidden || tell("again"), WITHOUT_STREAM);
  navigator.locks.request("resonanz-stream", hold);
  // Another tab holds it: what was told between the making of this page and now was told without it.
  setTimeout(() => holds || tell("again"), SETTLED);
}

// Not before all modules of the page listen: a stream that was open sooner told nobody what may have been missed.
document.addEventListener("DOMContentLoaded", begin);
