/**
 * Letters that act, as each colleague chose them (WCAG 2.1.4: they can be changed and switched off in the settings).
 *
 * A page names what a key does by `data-key="reply"` on the element that does it: fields are focused, everything else is
 * clicked. `<kbd data-kbd="reply">` beside it shows the letter. While somebody types, only combinations with Ctrl act.
 */

/** @type {Record<string, string>} from letter to act */
const ACTS = JSON.parse(document.body.dataset.letters ?? "{}");
const LETTERS = Object.fromEntries(Object.entries(ACTS).map(([letter, act]) => [act, letter.toUpperCase()]));
const CTRL = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : document.body.dataset.ctrl ?? "Ctrl";
/** @type {Record<string, string>} */
const COMBINATIONS = { palette: `${CTRL} K`, send: `${CTRL} ↵`, "send-next": `${CTRL} ⇧ ↵`, undo: `${CTRL} Z` };
const FIELD = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";
const ANYWHERE = new Set(["palette", "help"]); // even where a narrow page has no room for their buttons
const ROW = "[data-case], [data-row]";

/** @param {EventTarget | null} element @returns {boolean} */
export const isTyping = (element) => element instanceof HTMLElement && element.matches(FIELD);

/** What waits in a closed menu that can be seen. @param {HTMLElement} element */
const isInMenu = (element) => element.closest("details.menu:not([open])")?.checkVisibility() ?? false;

/**
 * The elements of an act that can be seen, then those in closed menus; of several, a key means the first one.
 * @param {string} act @returns {HTMLElement[]}
 */
export function targets(act) {
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(`[data-key="${act}"]`)]);
  const seen = all.filter((found) => found.checkVisibility());
  return seen.length ? seen : all.filter(isInMenu);
}

/** @param {HTMLElement} element */
export function use(element) {
  if (!element.matches(FIELD)) return element.click();
  element.focus();
  if (element instanceof HTMLInputElement) element.select();
}

/** @param {number} step */
function move(step) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(ROW)]);
  const here = document.activeElement?.closest(ROW) ?? document.querySelector("[data-case][aria-current]");
  const index = here ? rows.indexOf(/** @type {HTMLElement} */ (here)) + step : 0;
  rows[Math.max(0, Math.min(rows.length - 1, index))]?.focus();
}

/** @param {string} act @returns {boolean} whether there was something to do */
function perform(act) {
  if (act === "down" || act === "up") {
    move(act === "down" ? 1 : -1);
    return true;
  }
  const shown = act === "undo" ? targets(act).at(-1) : targets(act)[0];
  const found = shown ?? (ANYWHERE.has(act) ? /** @type {HTMLElement | null} */ (document.querySelector(`[data-key="${act}"]`)) : null);
  if (found) use(found);
  return Boolean(found);
}

/** @param {KeyboardEvent} event @returns {boolean} */
function send(event) {
  const form = event.target instanceof Element ? event.target.closest("form") : null;
  const wanted = event.shiftKey ? "send-next" : "send";
  const button = /** @type {HTMLElement | undefined} */ (
    [...(form?.elements ?? [])].find((element) => /** @type {HTMLElement} */ (element).dataset.key === wanted)
  );
  button?.click();
  return Boolean(button);
}

/** @param {KeyboardEvent} event @returns {boolean} */
function combine(event) {
  if (event.altKey) return false;
  const key = event.key.toLowerCase();
  if (key === "enter") return send(event);
  if (event.shiftKey) return false;
  if (key === "k") return perform("palette");
  return key === "z" && !isTyping(event.target) && perform("undo");
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey) {
    if (combine(event)) event.preventDefault();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && isTyping(event.target)) /** @type {HTMLElement} */ (event.target).blur();
  if (event.altKey || event.shiftKey || isTyping(event.target)) return;
  const act = ACTS[event.key.toLowerCase()];
  if (act && perform(act)) event.preventDefault();
});

/**
 * Write the reader's own keys beside the buttons.
 * @param {ParentNode} root
 */
function label(root) {
  for (const sign of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("kbd[data-kbd]"))) {
    const act = sign.dataset.kbd ?? "";
    sign.textContent = COMBINATIONS[act] ?? LETTERS[act] ?? "";
    sign.hidden = !sign.textContent;
  }
  for (const sign of root.querySelectorAll("kbd [data-ctrl]")) sign.textContent = CTRL;
}

label(document);
document.addEventListener("htmx:load", (event) => label(/** @type {ParentNode} */ (event.target)));
document.addEventListener("focusin", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.matches("[data-select]")) event.target.select();
});

document.querySelector("[data-case][aria-current]")?.scrollIntoView({ block: "nearest" });
