/**
 * One post after the other by single keys: yes, no, cannot say, take back. Which letter does what stands on its button
 * (`data-check-keys`); figures are the matter of `digits.js`. Each answer brings the next post in its place. Without this
 * script the same forms lead from page to page.
 */

import { isTyping } from "./keys.js";
import "./digits.js";

const PLACE = "#check";
/** Whoever switched letters off wants none here either (WCAG 2.1.4). */
const LETTERS = Object.keys(JSON.parse(document.body.dataset.letters ?? "{}")).length > 0;
let busy = false;

/** @param {string} key @returns {HTMLButtonElement | undefined} */
const meant = (key) =>
  /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll(`${PLACE} [data-check-keys]`)]).find((button) =>
    (button.dataset.checkKeys === " " ? [" "] : (button.dataset.checkKeys ?? "").split(" ")).includes(key),
  );

document.addEventListener(
  "keydown",
  (event) => {
    const { target } = event;
    if (!LETTERS || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || isTyping(target)) return;
    if (document.querySelector("dialog[open]")) return;
    // On a button or a link the space bar presses that one.
    if (event.key === " " && target instanceof Element && target.closest("button, a, summary")) return;
    const button = meant(event.key.toLowerCase());
    if (!button) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) button.click();
  },
  { capture: true },
);

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-check]")) return;
  event.preventDefault();
  if (busy) return;
  busy = true;
  try {
    await send(form, /** @type {HTMLButtonElement | null} */ (event.submitter));
  } finally {
    busy = false;
  }
});

/** @param {HTMLFormElement} form @param {HTMLButtonElement | null} by */
async function send(form, by) {
  const body = by ? new FormData(form, by) : new FormData(form);
  const answer = await fetch(location.href, { method: "POST", body, credentials: "same-origin" }).catch(() => null);
  const next = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const shown = next?.querySelector(PLACE);
  if (!shown) return void location.reload(); // the session ended, or nobody answers: the page says what is the matter
  document.querySelector(PLACE)?.replaceWith(shown);
  const toasts = next?.querySelector(".toasts");
  if (toasts?.children.length) document.querySelector(".toasts")?.replaceChildren(...toasts.children);
  document.getElementById("check-post")?.focus({ preventScroll: true });
  shown.scrollIntoView({ block: "nearest" });
}
