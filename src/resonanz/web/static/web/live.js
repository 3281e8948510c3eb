/**
 * Tells the page that something came, without moving anything under the reader's eyes.
 *
 * HTTP/1.1 allows six connections to a host, so one tab of the browser holds the stream and tells the others.
 */

const news = /** @type {HTMLElement | null} */ (document.querySelector("[data-news]"));
const between = new BroadcastChannel("resonanz-notices");

/** Show the line that leads to what is new; whoever wants it follows it. */
function tell() {
  if (news) news.hidden = false;
}

/** Hold the stream for all tabs of this browser. */
function listen() {
  const stream = new EventSource("/stream/");
  stream.addEventListener("notice", () => {
    between.postMessage("news");
    tell();
  });
  return new Promise(() => {}); // the lock is held for as long as the tab lives
}

between.addEventListener("message", tell);
if (navigator.locks) navigator.locks.request("resonanz-stream", listen);
