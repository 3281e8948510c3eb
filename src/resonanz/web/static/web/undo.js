/** Counts down on the button that takes an answer back, and takes the bar away when its time is over. */

for (const bar of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-until]"))) {
  const until = Date.parse(bar.dataset.until ?? "");
  // The server's clock and the browser's may differ; no more than the ten seconds that the server gave are shown.
  const end = Math.min(until, Date.now() + 10_000);
  const ticking = setInterval(() => {
    if (Date.now() < end) return;
    clearInterval(ticking);
    bar.remove();
  }, 250);
}

for (const notice of document.querySelectorAll(".notice:not([data-until])")) {
  setTimeout(() => notice.remove(), 10_000);
}
