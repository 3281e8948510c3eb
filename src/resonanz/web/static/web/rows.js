/**
 * The list and the open case follow what happens elsewhere. Rows that changed are replaced where they stand; rows that
 * left the list fade and stay until the reader goes on; new ones are counted above, and come when they are called.
 */

import { ask } from "./asking.js";
import { setClock, tick } from "./clock.js";
import { differs, mend, replace } from "./mending.js";
import { say } from "./inbox_words.js";

const GATHER = 120;
const REST = 2_000; // between two looks at what is not open here …
const REST_BEFORE_NEW = 300; // … and before one at what may be new, which shows well within two seconds
const NUMBERS = 30_000; // until the counts are looked at, where nothing else has to be
const TRY_AGAIN = 5_000;
const MOST_TOLD = 200; // the server looks at 300 at once; whoever missed more looks at what is shown, and at the top
const desk = /** @type {HTMLElement} */ (document.getElementById("main"));
const list = () => /** @type {HTMLElement} */ (document.getElementById("cases"));
const button = /** @type {HTMLButtonElement | null} */ (document.getElementById("news"));
/** @type {Map<string, Element>} rows that are not shown yet */
const fresh = new Map();
/** @type {Set<number>} */
const told = new Set();
let everything = false;
let numbers = false;
let gathering = 0;
let nextLook = Infinity;
let lastLook = -REST;
let asking = false;

/** @returns {string} the open case, "" where there is none */
export const openCase = () => /** @type {HTMLElement | null} */ (document.querySelector("[data-open-case]"))?.dataset.openCase ?? "";

/** @param {string} path @param {Record<string, string>} [more] @returns {string} an address that knows the list */
export function within(path, more = {}) {
  const query = new URLSearchParams(desk.dataset.list ?? "");
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return `${path}?${query}`;
}

/** @param {Element} row */
function placeRow(row) {
  const id = /** @type {HTMLElement} */ (row).dataset.case ?? "";
  const standing = document.getElementById(row.id);
  if (!standing) return void fresh.set(id, row);
  standing.removeAttribute("data-left");
  const isOpen = id === openCase();
  if (isOpen) row.setAttribute("aria-current", "true");
  else row.removeAttribute("aria-current");
  const unread = standing.classList.contains("unread");
  if (!differs(standing, row) && !unread) return;
  const text = (/** @type {Element} */ each) => each.querySelector(".text")?.textContent;
  if (!isOpen && (unread || text(standing) !== text(row))) row.classList.add("unread");
  replace(standing, row);
}

/** @param {string} waiting */
function showWaiting(waiting) {
  for (const room of document.querySelectorAll('.navigation a[href="/inbox/"]')) {
    let count = room.querySelector(".n");
    if (!count && waiting) {
      count = document.createElement("span");
      count.className = "n";
      room.append(count);
    }
    if (count) count.textContent = waiting;
  }
  for (const count of document.querySelectorAll("[data-count=waiting]")) count.textContent = waiting;
}

function showFresh() {
  if (!button) return;
  button.hidden = fresh.size === 0;
  button.textContent = fresh.size === 1 ? say("one_new") : say("many_new", { count: fresh.size });
}

/** Take in what the server said. @param {string} html @param {{own?: boolean, caseId?: string}} [how] */
export function take(html, how = {}) {
  const { rows, around } = mend(html, how);
  if (around.user && around.user !== desk.dataset.user) return location.reload(); // somebody else signed in here
  setClock(around.now);
  rows.forEach(placeRow);
  for (const id of (around.gone ?? "").split(",").filter(Boolean)) {
    fresh.delete(id);
    document.getElementById(`case-${id}`)?.setAttribute("data-left", "");
  }
  if (around.waiting !== undefined) showWaiting(around.waiting);
  showFresh();
  tick();
  document.dispatchEvent(new CustomEvent("resonanz:mended", { detail: how }));
}

async function look() {
  nextLook = Infinity;
  if (asking || document.hidden || (!told.size && !everything && !numbers)) return;
  asking = true;
  numbers = false;
  lastLook = performance.now();
  if (told.size > MOST_TOLD) {
    told.clear();
    everything = true;
  }
  const here = openCase();
  const shown = everything ? [...list().querySelectorAll("[data-case]")].map((row) => Number(/** @type {HTMLElement} */ (row).dataset.case)) : [];
  const ids = [...new Set([...told, ...shown])];
  const withCase = Boolean(here) && (everything || told.has(Number(here)));
  /** @type {Record<string, string>} */
  const more = { ids: ids.join(","), ...(everything ? { top: "1" } : {}) };
  told.clear();
  everything = false;
  let answer = await ask(within(withCase ? `/inbox/${here}/news/` : "/inbox/rows/", more));
  // The open case was deleted meanwhile: what was typed stays, and the list goes on.
  if (withCase && answer.status === 404) answer = await ask(within("/inbox/rows/", more));
  asking = false;
  if (answer.ok) take(answer.html, { caseId: withCase ? here : "" });
  else if (!answer.signedOut && answer.status !== 404) everything = true;
  if (!answer.ok && (told.size || everything)) gather(TRY_AGAIN);
  else if (everything || told.has(Number(openCase()))) gather();
  else if (told.size) gather(calmly(REST_BEFORE_NEW));
}

/** Look after so long, or sooner where that is due. */
function gather(wait = GATHER) {
  if (performance.now() + wait >= nextLook) return;
  nextLook = performance.now() + wait;
  clearTimeout(gathering);
  gathering = setTimeout(look, wait);
}

/**
 * How long whatever is not open here may wait: at random, so that all pages of a company do not ask in one moment.
 * @param {number} rest @returns {number}
 */
function calmly(rest) {
  return Math.max(GATHER, lastLook + rest - performance.now()) + Math.random() * rest;
}

/**
 * Whether a case that is not shown may have come into this list. `whose` is its team, its assignee and who is at it,
 * null where it waits for nobody. `stays`: it came into no list but that of whoever took it.
 * @param {(number | null)[] | null} whose @param {boolean} stays
 */
function mayShow(whose, stays) {
  const query = new URLSearchParams(desk.dataset.list ?? "");
  const view = query.get("view") ?? "mine";
  if (query.has("q")) return true;
  if (!whose) return !stays && view !== "mine" && view !== "team";
  const [team, assignee, holder] = whose;
  const me = Number(desk.dataset.user);
  if (assignee === me || holder === me) return true;
  if (stays || view === "mine") return false;
  if (view !== "team") return true;
  return team === null ? assignee === null : (desk.dataset.teams ?? "").split(",").includes(String(team));
}

/** @param {number} id @param {(number | null)[] | null} whose @param {boolean} stays */
const concerns = (id, whose, stays) => document.getElementById(`case-${id}`) || fresh.has(String(id)) || mayShow(whose, stays);

document.addEventListener("resonanz:notice", (event) => {
  const { cases, whose, stays } = /** @type {CustomEvent} */ (event).detail;
  for (const [place, id] of cases.entries()) {
    const atOnce = !whose || String(id) === openCase();
    if (atOnce || concerns(id, whose[place], stays)) told.add(id);
    else numbers = true;
    if (told.has(id)) gather(atOnce ? GATHER : calmly(stays ? REST : REST_BEFORE_NEW));
  }
  if (numbers) gather(NUMBERS * (1 + Math.random()));
});
for (const name of ["resonanz:again", "resonanz:signed-in"]) {
  document.addEventListener(name, () => {
    everything = true;
    gather(calmly(REST_BEFORE_NEW));
  });
}
document.addEventListener("visibilitychange", () => document.hidden || gather());
addEventListener("online", () => gather());

button?.addEventListener("click", () => {
  const rows = [...fresh.values()];
  fresh.clear();
  list().querySelector(".empty")?.remove();
  for (const row of rows) {
    row.setAttribute("data-fresh", "");
    row.classList.add("unread");
  }
  list().prepend(...rows);
  for (const gone of list().querySelectorAll("[data-left]:not([aria-current])")) gone.remove();
  // @ts-expect-error htmx is a classic script
  globalThis.htmx?.process(list());
  showFresh();
  document.getElementById("list")?.scrollTo({ top: 0 });
  /** @type {HTMLElement | undefined} */ (rows[0])?.focus({ preventScroll: true });
});
