/**
 * Puts pieces of a page that the server made in place of those that stand there, and only where they differ: nothing
 * blinks, what is open stays open, the focus stays where it is.
 */

import { say } from "./inbox_words.js";
import { toast } from "./toast.js";

const FOCUSABLE = "a[href], button, input, textarea, select, summary, [tabindex]";
// What ticks, what scripts set, and what is different on every page though nothing changed.
const PASSING = ["open", "aria-current", "data-fresh", "data-left", "data-busy", "data-key", "hidden"];

/** @param {Element} element @returns {string} what matters of it */
function essence(element) {
  const copy = /** @type {Element} */ (element.cloneNode(true));
  for (const aside of copy.querySelectorAll("[data-aside]")) aside.remove(); // what the reader looks into (judging.js)
  for (const each of [copy, ...copy.querySelectorAll("*")]) {
    for (const name of PASSING) each.removeAttribute(name);
    if (each.matches("time, kbd")) each.textContent = "";
    if (each.matches(".due")) each.className = "due";
    if (each.matches("input[type=hidden]")) each.setAttribute("value", "");
  }
  return copy.innerHTML.replaceAll(/\s+/g, " ") + copy.className;
}

/** @param {Element} before @param {Element} after */
export const differs = (before, after) => essence(before) !== essence(after);

/** @param {Element} before @param {Element} after @param {boolean} own an act of the reader closes its menus */
function carryOver(before, after, own) {
  const focused = document.activeElement;
  const partsOf = (/** @type {string} */ selector) => [...before.querySelectorAll(selector)].filter((each) => !each.closest("[data-aside]"));
  const place = focused && before.contains(focused) ? partsOf(FOCUSABLE).indexOf(focused) : -1;
  const open = own ? [] : partsOf("details").map((each) => /** @type {HTMLDetailsElement} */ (each).open);
  return () => {
    after.querySelectorAll("details").forEach((each, index) => open[index] && (each.open = true));
    if (place >= 0) /** @type {HTMLElement | undefined} */ ([...after.querySelectorAll(FOCUSABLE)][place])?.focus({ preventScroll: true });
  };
}

/**
 * What was asked for beside a line, or is being asked for at this moment, stands beside the one that takes its place.
 * @param {Element} before @param {Element} after
 */
function keepAsked(before, after) {
  const asked = before.querySelector("[data-aside=links]");
  if (asked) after.querySelector("[data-aside=links]")?.replaceWith(asked);
}

/** @param {Element} element */
function wake(element) {
  // @ts-expect-error htmx is a classic script
  globalThis.htmx?.process(element);
  element.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
}

/** @param {Element} before @param {Element} after @param {boolean} [own] @returns {boolean} whether it was put in place */
export function replace(before, after, own = false) {
  if (!differs(before, after)) return false;
  const settle = carryOver(before, after, own);
  keepAsked(before, after);
  before.replaceWith(after);
  settle();
  wake(after);
  return true;
}

/** @param {Element} before @param {Element} after @param {boolean} own */
function replaceInside(before, after, own) {
  if (!own && !differs(before, after)) return;
  const settle = carryOver(before, before, own);
  before.replaceChildren(...after.childNodes);
  settle();
  wake(before);
}

/**
 * Lines of a thread: changed ones are replaced, new ones come to their place, gone ones go.
 * @param {Element} into @param {Element} pieces @param {boolean} own
 */
function merge(into, pieces, own) {
  const wanted = [...pieces.children];
  const ids = new Set(wanted.map((each) => each.id));
  // What the reader just said is on its way: only the answer to it takes it away.
  const stays = (/** @type {Element} */ each) => ids.has(each.id) || (!own && each.id.startsWith("pending-"));
  for (const each of [...into.children]) if (!stays(each)) each.remove();
  /** @type {Element | null} */
  let last = null;
  for (const line of wanted) {
    const standing = document.getElementById(line.id);
    if (standing && into.contains(standing)) {
      last = replace(standing, line, own) ? line : standing;
    } else {
      last ? last.after(line) : into.prepend(line);
      if (!own) line.setAttribute("data-fresh", say("fresh"));
      wake(line);
      last = line;
    }
  }
}

/** @param {Element} messages */
function addToasts(messages) {
  for (const each of messages.children) if (!each.id || !document.getElementById(each.id)) toast(each.outerHTML);
}

/**
 * @typedef {object} Mended
 * @property {Element[]} rows rows of cases; the list knows what to do with them
 * @property {DOMStringMap} around the server's clock, counts, what left the list
 */

/**
 * @param {string} html @param {{own?: boolean, caseId?: string}} [how] `caseId`: the case the pieces speak of
 * @returns {Mended}
 */
export function mend(html, { own = false, caseId = "" } = {}) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const here = /** @type {HTMLElement | null} */ (document.querySelector("[data-open-case]"))?.dataset.openCase ?? "";
  /** @type {Mended} */
  const mended = { rows: [], around: /** @type {any} */ ({}) };
  for (const piece of [...holder.content.children]) {
    if (piece.matches("[data-case]")) mended.rows.push(piece);
    else if (piece.matches("[data-around]")) mended.around = /** @type {HTMLElement} */ (piece).dataset;
    else if (piece.matches("[data-toasts]")) addToasts(piece);
    else if (piece.id === "late-count" || here === caseId) place(piece, own);
  }
  return mended;
}

/** @param {Element} piece @param {boolean} own */
function place(piece, own) {
  if (piece.id === "assign-place" && !own) return; // what somebody is about to choose stays open
  const standing = piece.id && document.getElementById(piece.id);
  if (!standing) return;
  if (piece.matches("[data-merge]")) merge(standing, piece, own);
  else if (piece.matches("[data-inside]")) replaceInside(standing, piece, own);
  else {
    standing.toggleAttribute("hidden", piece.hasAttribute("hidden"));
    if (!replace(standing, piece, own)) Object.assign(standing.dataset, /** @type {HTMLElement} */ (piece).dataset);
  }
}
