/** A warning reaches an open page as a message in the corner. It takes no focus, and the same one comes once. */

import { toast } from "./toast.js";

const me = Number(document.body.dataset.user);
const ADDRESS = "/warned/";

/** @param {Element} warning */
function show(warning) {
  const name = /** @type {HTMLElement} */ (warning).dataset.warning ?? "";
  if (document.querySelector(`.toasts [data-warning="${CSS.escape(name)}"]`)) return;
  toast(warning.outerHTML);
}

async function ask() {
  const answer = await fetch(ADDRESS).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  for (const warning of holder.content.querySelectorAll("[data-warning]")) show(warning);
}

document.addEventListener("resonanz:told", (event) => {
  if (/** @type {CustomEvent<number[]>} */ (event).detail.includes(me)) ask();
});
