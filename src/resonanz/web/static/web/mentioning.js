/** Colleagues behind an @ in a note: offered below the field, taken by Enter, Tab or a click. Notes come and go with cases. */

const PAUSE = 120;
const BEGUN = /(?:^|[^\w.@])@([^\s@]{0,40}(?: [^\s@]{0,40})?)$/u;
let waiting = 0;
let asking = new AbortController();

/** @param {EventTarget | null} target @returns {HTMLTextAreaElement | null} */
const fieldOf = (target) => (target instanceof HTMLTextAreaElement && target.dataset.mention ? target : null);
/** @param {HTMLTextAreaElement} field */
const listOf = (field) => /** @type {HTMLElement | null} */ (document.getElementById(field.getAttribute("aria-controls") ?? ""));
/** @param {HTMLElement | null} list */
const options = (list) => /** @type {HTMLElement[]} */ ([...(list?.children ?? [])]);
/** @param {HTMLElement | null} list */
const chosen = (list) => options(list).find((option) => option.getAttribute("aria-selected") === "true");
/** What stands behind the @ before the caret, or null. @param {HTMLTextAreaElement} field */
const begun = (field) => BEGUN.exec(field.value.slice(0, field.selectionStart))?.[1] ?? null;

/** @param {HTMLTextAreaElement} field */
function close(field) {
  asking.abort();
  clearTimeout(waiting);
  const list = listOf(field);
  if (list) list.hidden = true;
  field.removeAttribute("aria-activedescendant");
}

/** @param {HTMLTextAreaElement} field @param {HTMLElement | undefined} option */
function choose(field, option) {
  for (const other of options(listOf(field))) other.setAttribute("aria-selected", String(other === option));
  if (option) field.setAttribute("aria-activedescendant", option.id);
}

/** @param {HTMLTextAreaElement} field @param {string} name */
function take(field, name) {
  const typed = begun(field);
  close(field);
  if (typed === null) return;
  field.setRangeText(`${name} `, field.selectionStart - typed.length, field.selectionStart, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

/** @param {HTMLTextAreaElement} field @param {string[]} names */
function show(field, names) {
  const list = listOf(field);
  if (!list || document.activeElement !== field || begun(field) === null) return;
  list.replaceChildren(
    ...names.map((name, index) => {
      const option = document.createElement("div");
      option.id = `${list.id}-${index}`;
      option.className = "option";
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", String(index === 0));
      option.textContent = name;
      option.addEventListener("mousedown", (event) => {
        event.preventDefault();
        take(field, name);
      });
      return option;
    }),
  );
  list.hidden = !names.length;
  choose(field, options(list)[0]);
}

/** @param {HTMLTextAreaElement} field */
async function ask(field) {
  const typed = begun(field);
  if (typed === null) return close(field);
  asking.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(`${field.dataset.mention}?${new URLSearchParams({ q: typed })}`, { signal: asking.signal });
    if (answer.ok && !answer.redirected) show(field, (await answer.json()).offered);
  } catch {
    // Whoever types on has asked anew; without a connection nothing is offered.
  }
}

document.addEventListener("input", (event) => {
  const field = fieldOf(event.target);
  if (!field) return;
  clearTimeout(waiting);
  if (begun(field) === null) close(field);
  else waiting = setTimeout(ask, PAUSE, field);
});

document.addEventListener("focusout", (event) => {
  const field = fieldOf(event.target);
  if (field) close(field);
});

document.addEventListener(
  "keydown",
  (event) => {
    const field = fieldOf(event.target);
    const list = field && listOf(field);
    if (!field || !list || list.hidden || event.isComposing || event.ctrlKey || event.metaKey) return;
    const all = options(list);
    const at = all.findIndex((option) => option === chosen(list));
    if (event.key === "ArrowDown") choose(field, all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp") choose(field, all[(at - 1 + all.length) % all.length]);
    else if (event.key === "Escape") close(field);
    else if ((event.key === "Tab" && !event.shiftKey) || event.key === "Enter") take(field, chosen(list)?.textContent ?? "");
    else return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);
