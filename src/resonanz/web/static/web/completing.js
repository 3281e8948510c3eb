/** What could be typed next in a search that knows filters: offered below the field, taken by Enter, Tab or a click. */

const PAUSE = 120;
const field = /** @type {HTMLInputElement | null} */ (document.querySelector("input[data-complete]"));
const list = /** @type {HTMLElement | null} */ (document.getElementById("offered"));
let waiting = 0;
let asking = new AbortController();
/** @typedef {{text: string, start: number, end: number}} Offer */

const options = () => /** @type {HTMLElement[]} */ ([...(list?.children ?? [])]);
const chosen = () => options().find((option) => option.getAttribute("aria-selected") === "true");

function close() {
  asking.abort();
  clearTimeout(waiting);
  if (list) list.hidden = true;
  field?.setAttribute("aria-expanded", "false");
  field?.removeAttribute("aria-activedescendant");
}

/** @param {HTMLElement | undefined} option */
function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (option) field?.setAttribute("aria-activedescendant", option.id);
}

/** @param {Offer} offer */
function take({ text, start, end }) {
  if (!field) return;
  field.setRangeText(text, start, end, "end");
  field.focus();
  close();
  if (text.endsWith(":")) soon();
}

/** @param {Offer[]} offers */
function show(offers) {
  if (!field || !list || document.activeElement !== field) return;
  const same = offers.length === 1 && field.value.slice(offers[0].start, offers[0].end) === offers[0].text.trim();
  list.replaceChildren(
    ...(same ? [] : offers).map((offer, index) => {
      const option = document.createElement("div");
      option.id = `offered-${index}`;
      option.className = "option";
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.textContent = offer.text;
      option.addEventListener("mousedown", (event) => {
        event.preventDefault();
        take(offer);
      });
      // @ts-expect-error what it offers stays with it
      option.offer = offer;
      return option;
    }),
  );
  list.hidden = !list.childElementCount;
  field.setAttribute("aria-expanded", String(!list.hidden));
}

async function ask() {
  if (!field) return;
  asking.abort();
  asking = new AbortController();
  const query = new URLSearchParams({ q: field.value, caret: String(field.selectionStart ?? field.value.length) });
  try {
    const answer = await fetch(`${field.dataset.complete}?${query}`, { signal: asking.signal });
    if (answer.ok && !answer.redirected) show((await answer.json()).offered);
  } catch {
    // Whoever types on has asked anew; without a connection nothing is offered.
  }
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(ask, PAUSE);
}

if (field && list) {
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.getAttribute("aria-label") ?? "");
  field.addEventListener("input", () => {
    const before = field.value.slice(0, field.selectionStart ?? 0);
    if (/\S$/.test(before)) soon();
    else close();
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const all = options();
    const at = all.findIndex((option) => option === chosen());
    if (event.key === "ArrowDown" && list.hidden) ask();
    else if (list.hidden) return;
    else if (event.key === "ArrowDown") choose(all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp") choose(all[(at - 1 + all.length) % all.length]);
    else if (event.key === "Escape") close();
    else if (event.key === "Tab" && !event.shiftKey) take(/** @type {any} */ (chosen() ?? all[0]).offer);
    else if (event.key === "Enter" && chosen()) take(/** @type {any} */ (chosen()).offer);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
