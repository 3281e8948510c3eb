/**
 * Everything from one field: what this page can do, then what the server finds. The previous answer stays until the
 * next one is there. What was chosen lately comes first; only addresses of pages are remembered, never names.
 */

import { targets, use } from "./keys.js";

const STORE = "resonanz.recent";
const MOST_RECENT = 12;
const PAUSE = 120;
const NOT_CHOSEN_HERE = new Set(["palette", "send", "send-next", "undo"]);

const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("palette"));
const input = /** @type {HTMLInputElement} */ (dialog.querySelector("input"));
const list = /** @type {HTMLElement} */ (document.getElementById("palette-list"));
const status = /** @type {HTMLElement} */ (dialog.querySelector("[role=status]"));
let answer = document.createDocumentFragment();
let waiting = 0;
let isOutdated = false; // the answer shown belongs to earlier words
let opensWhenThere = false; // Enter came before the answer did
let asking = new AbortController();

/** @returns {HTMLElement[]} */
const options = () => [...list.querySelectorAll("[role=option]")].map((one) => /** @type {HTMLElement} */ (one));

/** @returns {string[]} */
function recent() {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? "[]");
  } catch {
    return [];
  }
}

/** @param {HTMLElement} option */
function remember(option) {
  const address = option.getAttribute("href");
  if (!address) return;
  const kept = [address, ...recent().filter((other) => other !== address)].slice(0, MOST_RECENT);
  localStorage.setItem(STORE, JSON.stringify(kept));
}

/** What can be done on this page, by the words on its buttons. @param {string} asked */
function actsHere(asked) {
  const group = document.createElement("section");
  group.className = "found";
  const title = document.createElement("h2");
  title.textContent = dialog.dataset.here ?? "";
  group.append(title);
  const seen = new Set(NOT_CHOSEN_HERE);
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-key]"))) {
    const act = element.dataset.key ?? "";
    const target = targets(act)[0];
    if (seen.has(act) || !target || element.closest("dialog")) continue;
    seen.add(act);
    const words = nameOf(target, act);
    if (words && words.toLowerCase().includes(asked.toLowerCase())) group.append(actOption(target, act, words));
  }
  return group.children.length > 1 ? [group] : [];
}

/** @param {HTMLElement} element @param {string} act */
function nameOf(element, act) {
  const told = document.querySelector(`[data-act-words="${act}"]`)?.textContent;
  if (element.matches("input, textarea")) return told ?? element.getAttribute("aria-label") ?? "";
  const copy = /** @type {HTMLElement} */ (element.cloneNode(true));
  for (const sign of copy.querySelectorAll("kbd, svg")) sign.remove();
  return copy.textContent?.trim() || told || element.title;
}

/** @param {HTMLElement} target @param {string} act @param {string} words */
function actOption(target, act, words) {
  const option = document.createElement("button");
  option.type = "button";
  option.className = "option";
  const name = document.createElement("span");
  name.textContent = words;
  const sign = document.querySelector(`kbd[data-kbd="${act}"]`)?.cloneNode(true);
  option.append(name, ...(sign ? [sign] : []));
  option.addEventListener("click", () => {
    dialog.close();
    use(target);
  });
  return option;
}

/** Show the page's own acts and the answer at hand, as options of one list. */
function draw() {
  const asked = input.value.trim();
  list.replaceChildren(...actsHere(asked), answer.cloneNode(true));
  const none = list.querySelector(".none");
  const known = recent();
  for (const group of list.querySelectorAll("section")) {
    const title = /** @type {HTMLElement} */ (group.querySelector("h2"));
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", title.textContent ?? "");
    title.setAttribute("role", "presentation");
    /** How lately it was chosen, 0 for the last time. @param {Element} option */
    const rank = (option) => {
      const place = known.indexOf(option.getAttribute("href") ?? "");
      return place < 0 ? MOST_RECENT : place;
    };
    group.append(...[...group.querySelectorAll(".option")].sort((one, other) => rank(one) - rank(other)));
  }
  list.querySelectorAll(".option").forEach((option, index) => {
    option.id = `palette-option-${index}`;
    option.setAttribute("role", "option");
    /** @type {HTMLElement} */ (option).tabIndex = -1;
  });
  const count = options().length;
  none?.remove();
  list.hidden = !count;
  status.textContent = count ? `${count}` : none?.textContent ?? "";
  status.classList.toggle("unseen", count > 0);
  activate(options()[0]);
}

/** @param {HTMLElement | undefined} option */
function activate(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (!option) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

/** @param {number} step */
function step(step) {
  const all = options();
  const here = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  activate(all[(here + step + all.length) % all.length]);
}

async function ask() {
  asking.abort();
  asking = new AbortController();
  const address = `${input.form?.action}?q=${encodeURIComponent(input.value.trim())}`;
  try {
    const response = await fetch(address, { headers: { "HX-Request": "true" }, signal: asking.signal });
    if (!response.ok || response.redirected) return location.assign(address); // signed out meanwhile: say so there
    const holder = document.createElement("template");
    holder.innerHTML = await response.text();
    answer = holder.content;
    isOutdated = false;
    draw();
    if (opensWhenThere) open();
  } catch (error) {
    if (/** @type {Error} */ (error).name !== "AbortError") draw(); // no connection: what the page itself can do remains
  }
}

/** Go to what is chosen; words just typed wait for their own answer. */
function open() {
  opensWhenThere = isOutdated;
  if (!isOutdated) options().find((option) => option.getAttribute("aria-selected") === "true")?.click();
}

input.addEventListener("input", () => {
  isOutdated = true;
  opensWhenThere = false;
  clearTimeout(waiting);
  waiting = setTimeout(ask, PAUSE);
});

input.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    isOutdated = false; // whoever chooses among what is shown means what is shown
    step(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") open();
  else return;
  event.preventDefault();
});

list.addEventListener("click", (event) => {
  const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
  if (option instanceof HTMLElement) remember(option);
});

new MutationObserver(() => {
  if (!dialog.open) return;
  input.value = "";
  opensWhenThere = false;
  draw();
  ask();
}).observe(dialog, { attributeFilter: ["open"] });
