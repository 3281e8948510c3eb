/**
 * What waits for a signature follows what happens elsewhere: the number in the navigation, the list, and a word on an open
 * request when something was said in its conversation. What was said is never put under the eyes of who is about to sign
 * without a word: they show it themselves.
 */

import { ask } from "./asking.js";

const GATHER = 300;
const TRY_AGAIN = 5_000;
let gathering = 0;

/** @param {number} count */
function showNumber(count) {
  for (const room of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.navigation a[href="/approvals/"]'))) {
    let number = room.querySelector(".n");
    if (!number && count) {
      number = document.createElement("span");
      number.className = "n";
      room.append(number);
    }
    if (number && count) number.textContent = count.toLocaleString(document.documentElement.lang);
    else number?.remove();
    if (count) room.hidden = false;
  }
}

async function look() {
  if (document.hidden) return;
  const answer = await ask("/approvals/");
  if (!answer.ok) {
    if (!answer.signedOut) gather(TRY_AGAIN);
    return;
  }
  const holder = document.createElement("template");
  holder.innerHTML = answer.html;
  const rows = holder.content.querySelectorAll("[data-row]");
  showNumber(rows.length);
  const list = document.getElementById("approval-rows");
  const focused = document.activeElement?.id;
  if (!list || list.innerHTML.trim() === answer.html.trim()) return;
  list.innerHTML = answer.html;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function gather(wait = GATHER) {
  clearTimeout(gathering);
  gathering = setTimeout(look, wait);
}

/** @param {number[]} cases */
function tellOpen(cases) {
  const open = /** @type {HTMLElement | null} */ (document.querySelector("[data-approval]"));
  const line = document.getElementById("moved-on");
  if (open && line && cases.includes(Number(open.dataset.approval))) line.hidden = false;
}

document.addEventListener("resonanz:notice", (event) => {
  const { cases, approvals } = /** @type {CustomEvent} */ (event).detail;
  tellOpen(cases);
  if (approvals) gather();
});
// The signature is a form of its own: Ctrl and Enter give it from anywhere on the page.
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  if (event.target instanceof Element && event.target.closest("form")) return;
  const button = /** @type {HTMLElement | null} */ (document.querySelector("#approve [data-key=send]"));
  if (!button) return;
  event.preventDefault();
  button.click();
});

let began = false;
document.addEventListener("resonanz:again", () => {
  // The first one comes as soon as the stream is open; the page has just been made.
  if (began) gather();
  began = true;
});
document.addEventListener("visibilitychange", () => document.hidden || (began && gather()));
