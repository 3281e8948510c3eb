/**
 * Choices by figure: where a form with `data-digits` is open, 1 to 9 press its buttons `data-digit`, so that a choice is
 * two strokes. A figure that is quicker than the form waits for it.
 */

import { isTyping } from "./keys.js";

const WAITS = 3_000;
let early = "";
let since = -Infinity;
let awaited = -Infinity;

/** Of several open forms the one with the focus, else the last. @param {string} digit */
function choice(digit) {
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(`[data-digits] [data-digit="${digit}"]`)]);
  const seen = all.filter((found) => found.checkVisibility());
  const here = document.activeElement?.closest("[data-digits]");
  return seen.find((found) => here?.contains(found)) ?? seen.at(-1);
}

const isAwaited = () => performance.now() - awaited <= WAITS;

/** A form was asked for. */
export function awaitChoices() {
  awaited = performance.now();
  early = "";
}

/** The form is there. */
export function choicesAreThere() {
  awaited = -Infinity;
  if (early && performance.now() - since < WAITS) choice(early)?.click();
  early = "";
}

document.addEventListener(
  "keydown",
  (event) => {
    if (!/^[0-9]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const found = isAwaited() ? undefined : choice(event.key);
    if (!found && !isAwaited()) return;
    event.preventDefault();
    event.stopPropagation();
    if (found) return found.click();
    early = event.key;
    since = performance.now();
  },
  { capture: true },
);
