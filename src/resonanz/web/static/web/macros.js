/**
 * The choice of macros beside the answer: fetched when it opens, narrowed while typing. What is chosen there, or in the
 * help with words, stands where the caret was, as if it had been typed (so the browser's own undo takes it back).
 */

import { ask } from "./asking.js";
import { show } from "./dialog.js";
import { say } from "./inbox_words.js";
import { toast } from "./toast.js";

const dialog = () => /** @type {HTMLDialogElement | null} */ (document.getElementById("macros"));
const field = () => /** @type {HTMLTextAreaElement | null} */ (document.getElementById("reply-text"));
let address = "";
let waiting = 0;
let asked = 0;

async function fetchOffered() {
  const place = dialog()?.querySelector("[data-macros]");
  const typed = /** @type {HTMLInputElement | null} */ (dialog()?.querySelector("input"))?.value ?? "";
  const mine = ++asked;
  const answer = await ask(`${address}?${new URLSearchParams({ q: typed })}`);
  if (!place || mine !== asked) return; // a later letter was faster
  if (answer.ok) place.innerHTML = answer.html;
  else toast({ text: say(answer.status === 0 ? "offline" : "did_not_work"), tone: "late" });
}

/** @param {HTMLButtonElement} button */
function take(button) {
  const into = field();
  button.closest("dialog")?.close();
  if (!into) return;
  /** @type {HTMLElement | null} */ (document.querySelector("#tab-reply[aria-selected=false]"))?.click();
  into.focus();
  const text = button.dataset.text ?? "";
  if (!document.execCommand("insertText", false, text)) into.setRangeText(text, into.selectionStart, into.selectionEnd, "end");
  into.dispatchEvent(new Event("input", { bubbles: true }));
  const used = /** @type {HTMLInputElement | null} */ (into.form?.elements.namedItem("macro_id"));
  if (used && button.dataset.macro) used.value = button.dataset.macro;
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const opener = event.target.closest("[data-choose-macro]");
  const chosen = event.target.closest("button[data-macro], button[data-insert]");
  const within = dialog();
  if (opener instanceof HTMLAnchorElement && within && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    address = opener.href;
    const input = within.querySelector("input");
    if (input) input.value = "";
    show(within);
    fetchOffered();
  } else if (chosen instanceof HTMLButtonElement) {
    take(chosen);
  }
});
document.addEventListener("input", (event) => {
  if (!(event.target instanceof Element) || !event.target.closest("#macros")) return;
  clearTimeout(waiting);
  waiting = setTimeout(fetchOffered, 150);
});
document.addEventListener("keydown", (event) => {
  const within = dialog();
  if (!within?.open || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
  const buttons = /** @type {HTMLButtonElement[]} */ ([...within.querySelectorAll("button[data-macro]")]);
  const at = buttons.findIndex((button) => button === document.activeElement);
  if (event.key === "Enter" && at >= 0) return; // the browser presses it
  event.preventDefault();
  if (event.key === "Enter") return void (buttons[0] && take(buttons[0]));
  buttons[(at + (event.key === "ArrowDown" ? 1 : -1) + buttons.length) % buttons.length]?.focus();
});
