/**
 * Single letters that act, as shown beside the buttons. They can be switched off (WCAG 2.1.4) in the settings of this
 * browser. While somebody types, only Ctrl/⌘ Enter acts.
 */

const STORE = "resonanz.keys";

/** @returns {boolean} */
const keysOn = () => localStorage.getItem(STORE) !== "off";

/** @param {string} name @returns {HTMLElement | null} */
const target = (name) => document.querySelector(`[data-key="${name}"]`);

/** @param {number} step */
function move(step) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-case]")]);
  const here = document.activeElement?.closest("[data-case]") ?? document.querySelector("[data-case][aria-current]");
  const index = here ? rows.indexOf(/** @type {HTMLElement} */ (here)) + step : 0;
  rows[Math.max(0, Math.min(rows.length - 1, index))]?.focus();
}

/** @type {Record<string, () => void>} */
const ACTS = {
  j: () => move(1),
  k: () => move(-1),
  x: () => target("next")?.click(),
  r: () => target("reply")?.focus(),
  a: () => target("assign")?.click(),
  e: () => target("resolve")?.click(),
  f: () => target("search")?.focus(),
  z: () => /** @type {HTMLElement | null} */ (document.querySelector("[data-until] button"))?.click(),
};

/** @param {EventTarget | null} element @returns {boolean} */
const isTyping = (element) => element instanceof HTMLElement && element.matches("input:not([type=checkbox]), textarea, select");

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    if (event.target === target("reply")) target("send")?.click();
    return;
  }
  if (event.key === "Escape" && isTyping(event.target)) /** @type {HTMLElement} */ (event.target).blur();
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || isTyping(event.target) || !keysOn()) return;
  const act = ACTS[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-keys]"))) {
  box.checked = keysOn();
  box.addEventListener("change", () => localStorage.setItem(STORE, box.checked ? "on" : "off"));
}

for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-select]"))) {
  field.addEventListener("focus", () => field.select());
}

document.documentElement.toggleAttribute("data-keys-off", !keysOn());
document.querySelector("[data-case][aria-current]")?.scrollIntoView({ block: "nearest" });
const thread = document.querySelector(".thread");
if (thread && !location.hash) thread.scrollTop = thread.scrollHeight;
