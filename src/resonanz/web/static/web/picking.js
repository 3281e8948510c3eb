/**
 * One act on many cases. S picks the case in the list that has the focus, Shift with J or K picks on, Shift with a click
 * picks a range, and so does a click on the face of a case. What is picked is acted on by the same keys as one case.
 */

import { ask } from "./asking.js";
import { awaitChoices, choicesAreThere } from "./digits.js";
import { say } from "./inbox_words.js";
import { isTyping } from "./keys.js";
import { within } from "./rows.js";
import { toast } from "./toast.js";

const AT_ONCE = 100; // so many cases go in one request; whoever picked more sees how far it is
const bar = document.getElementById("bulk");
const place = document.getElementById("bulk-place");
const refusedPlace = document.getElementById("bulk-refused");
const progress = /** @type {HTMLProgressElement | null} */ (document.getElementById("bulk-progress"));
/** @type {Record<string, string>} */
const letters = JSON.parse(document.body.dataset.letters ?? "{}");
/** @type {Set<string>} */
const picked = new Set();
/** @type {HTMLElement | null} */
let anchor = null;
let running = false;

const rows = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#cases [data-case]")]);

/** @returns {HTMLElement | null} the row one means: that with the focus, else that of the open case */
const here = () =>
  /** @type {HTMLElement | null} */ (document.activeElement?.closest("#cases [data-case]") ?? document.querySelector("#cases [data-case][aria-current]") ?? rows()[0] ?? null);

function show() {
  for (const row of rows()) row.toggleAttribute("data-picked", picked.has(row.dataset.case ?? ""));
  if (!bar) return;
  bar.hidden = !picked.size && !refusedPlace?.childElementCount;
  const count = bar.querySelector("[data-picked-count]");
  if (count) count.textContent = say("picked", { count: picked.size });
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (bar.querySelectorAll("[data-bulk]"))) button.hidden = !picked.size;
  if (!picked.size) place?.replaceChildren();
}

/** @param {HTMLElement} row @param {boolean} [on] */
function pick(row, on) {
  const id = row.dataset.case ?? "";
  if (on ?? !picked.has(id)) picked.add(id);
  else picked.delete(id);
  anchor = row;
  refusedPlace?.replaceChildren();
  show();
}

/** @param {HTMLElement} to */
function pickUpTo(to) {
  const all = rows();
  const [first, last] = [all.indexOf(anchor ?? to), all.indexOf(to)].sort((one, other) => one - other);
  for (const row of all.slice(Math.max(0, first), last + 1)) picked.add(row.dataset.case ?? "");
  anchor = to;
  show();
}

function pickNone() {
  picked.clear();
  refusedPlace?.replaceChildren();
  show();
}

/** @param {number} step */
function pickOn(step) {
  const all = rows();
  const row = here();
  if (!row) return;
  pick(row, true);
  const next = all[all.indexOf(row) + step];
  if (!next) return;
  next.focus();
  pick(next, true);
}

document.addEventListener(
  "click",
  (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const row = /** @type {HTMLElement | null} */ (target?.closest("#cases [data-case]") ?? null);
    if (!bar || !row || event.ctrlKey || event.metaKey) return;
    const onFace = Boolean(target?.closest(".avatar")?.parentElement === row);
    if (!event.shiftKey && !onFace) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.shiftKey) pickUpTo(row);
    else pick(row);
  },
  { capture: true },
);
document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const row = here();
  if (bar && row && target?.closest("[data-key=select]")) {
    event.preventDefault(); // without this script it leads to a list to tick
    pick(row);
  }
  if (target?.closest("[data-pick-none]")) pickNone();
  if (target?.closest("[data-pick-all]")) pickAll();
  const button = /** @type {HTMLButtonElement | null} */ (target?.closest("[data-bulk]") ?? null);
  if (button) begin(button);
});
document.addEventListener("keydown", (event) => {
  if (!bar || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = letters[event.key.toLowerCase()];
  if (event.shiftKey && (act === "down" || act === "up")) {
    event.preventDefault();
    pickOn(act === "down" ? 1 : -1);
  }
  if (event.key !== "Escape" || event.defaultPrevented || bar.hidden || document.querySelector("dialog[open]")) return;
  if (place?.childElementCount) place.replaceChildren();
  else pickNone();
});

async function pickAll() {
  const answer = await ask(within(bar?.dataset.ids ?? ""));
  if (!answer.ok) return;
  for (const id of answer.data.ids) picked.add(String(id));
  show();
}

/** @param {HTMLButtonElement} button */
async function begin(button) {
  if (!place || !picked.size || running) return;
  const address = button.dataset.bulk ?? "";
  if ("atOnce" in button.dataset) return run(address, new FormData(), "whole" in button.dataset);
  awaitChoices();
  const answer = await ask(address);
  if (!answer.ok) return void toast({ text: say("did_not_work"), tone: "late" });
  place.innerHTML = answer.html;
  /** @type {HTMLElement | null} */ (place.querySelector("textarea, button, input:not([type=hidden])"))?.focus();
  choicesAreThere();
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !place?.contains(form)) return;
    event.preventDefault();
    event.stopPropagation();
    if (!running) run(form.getAttribute("action") ?? "", new FormData(form, event.submitter));
  },
  { capture: true },
);

/** A batch bears one name, so that all of it is taken back together. */
function newBatch() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @typedef {{id: number, name: string, why: string}} Refused */

/** @param {string} address @param {FormData} asked @param {boolean} [whole] all in one request */
async function run(address, asked, whole = false) {
  const ids = [...picked];
  const batch = newBatch();
  const most = whole ? ids.length : AT_ONCE;
  /** @type {Refused[]} */
  const refused = [];
  let undo = "";
  running = true;
  place?.replaceChildren();
  for (let start = 0; start < ids.length; start += most) {
    if (progress && ids.length > most) Object.assign(progress, { hidden: false, max: ids.length, value: start });
    const form = new FormData();
    for (const [name, value] of asked) form.append(name, value);
    form.set("batch", batch);
    const some = ids.slice(start, start + most);
    form.set("ids", some.join(","));
    const answer = await ask(address, { form });
    if (!answer.ok) {
      toast({ text: answer.data?.refused ?? say(answer.status === 0 ? "offline" : "did_not_work"), tone: "late" });
      break; // what was done is told and can be taken back; what was not stays picked
    }
    const kept = new Set(answer.data.refused.map((/** @type {Refused} */ each) => String(each.id)));
    for (const id of some) if (!kept.has(id)) picked.delete(id);
    refused.push(...answer.data.refused);
    undo = answer.data.undo;
  }
  running = false;
  if (progress) progress.hidden = true;
  tell(refused, undo);
  document.dispatchEvent(new CustomEvent("resonanz:notice", { detail: { cases: ids.map(Number), posts: 0 } }));
}

/** @param {Refused[]} refused @param {string} undo */
function tell(refused, undo) {
  const lines = refused.map((each) => {
    const line = document.createElement("p");
    const name = document.createElement("b");
    name.textContent = each.name;
    line.append(name, ` ${each.why}`);
    return line;
  });
  refusedPlace?.replaceChildren(...lines);
  show();
  const holder = document.createElement("template");
  holder.innerHTML = undo;
  for (const each of holder.content.children) if (!document.getElementById(each.id)) toast(each.outerHTML);
}

document.addEventListener("resonanz:mended", show);
