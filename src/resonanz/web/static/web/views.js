/** The numbers beside saved views: asked once the page is there, and again when something happened. */

import { ask } from "./asking.js";

const PAUSE = 4_000;
let waiting = 0;
let last = -Infinity;

const place = () => /** @type {HTMLElement | null} */ (document.querySelector("[data-counts]"));

async function count() {
  waiting = 0;
  last = performance.now();
  const answer = await ask(place()?.dataset.counts ?? "");
  if (!answer.ok) return;
  for (const sign of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-view]"))) {
    sign.textContent = answer.data.counts[sign.dataset.view ?? ""] ?? "";
  }
}

function soon() {
  if (!place() || waiting || document.hidden) return;
  waiting = setTimeout(count, Math.max(0, PAUSE - (performance.now() - last)));
}

for (const name of ["notice", "again", "done"]) document.addEventListener(`resonanz:${name}`, soon);
document.addEventListener("visibilitychange", soon);
soon();
