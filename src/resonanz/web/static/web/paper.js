/** The paper to write on: its two tabs take the focus to their field, and a counter says how much room is left. */

/** @param {HTMLTextAreaElement} field */
function count(field) {
  const shown = /** @type {HTMLElement | null} */ (field.form?.querySelector("[data-left-over]"));
  const limit = Number(field.dataset.limit);
  if (!shown || !limit) return;
  const left = limit - [...field.value].length;
  shown.textContent = left.toLocaleString(document.documentElement.lang);
  shown.parentElement?.classList.toggle("late", left < 0);
  shown.parentElement?.classList.toggle("soon", left >= 0 && left < limit / 10);
}

function begin() {
  const field = document.getElementById("reply-text");
  if (field instanceof HTMLTextAreaElement) count(field);
  const note = document.getElementById("note-text");
  if (note instanceof HTMLTextAreaElement && !note.value && !note.form?.dataset.busy) note.value = sessionStorage.getItem(noteStore(caseOf(note))) ?? "";
  const chosen = document.querySelector("[data-paper] [role=tab][aria-selected=true]");
  for (const panel of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-paper] [role=tabpanel]"))) {
    panel.hidden = panel.id !== chosen?.getAttribute("aria-controls");
  }
}

/** A note is short-lived until it is kept: its words stay in this tab. @param {string} caseId */
const noteStore = (caseId) => `resonanz.note.${caseId}`;

/** @param {Element} field */
const caseOf = (field) => /** @type {HTMLElement | null} */ (field.closest("[data-open-case]"))?.dataset.openCase ?? "";

/** Write on where the words end. @param {HTMLTextAreaElement | null} field */
function goOn(field) {
  field?.focus();
  field?.setSelectionRange(field.value.length, field.value.length);
}

document.addEventListener("input", (event) => {
  if (event.target instanceof HTMLTextAreaElement && event.target.id === "note-text") {
    sessionStorage.setItem(noteStore(caseOf(event.target)), event.target.value);
  }
  if (event.target instanceof HTMLTextAreaElement && event.target.dataset.limit) count(event.target);
});
document.addEventListener("click", (event) => {
  const tab = event.target instanceof Element ? event.target.closest("[data-paper] [role=tab]") : null;
  const panel = tab && document.getElementById(tab.getAttribute("aria-controls") ?? "");
  if (!panel) return;
  panel.hidden = false;
  // Before the next letter comes: what is typed right after the key belongs into the field.
  queueMicrotask(() => goOn(panel.querySelector("textarea")));
});
document.addEventListener("resonanz:done", (event) => {
  const { act, caseId } = /** @type {CustomEvent} */ (event).detail;
  if (act === "note") sessionStorage.removeItem(noteStore(caseId));
});
/** Whom an answer goes to follows what was said, while nothing is written yet and the reader chose nobody. */
function aim() {
  const state = document.getElementById("paper-state")?.dataset;
  const field = document.getElementById("reply-text");
  if (!state?.to || !(field instanceof HTMLTextAreaElement) || field.value || new URLSearchParams(location.search).has("to")) return;
  const post = /** @type {HTMLInputElement | null} */ (field.form?.elements.namedItem("post_id"));
  const name = field.labels?.[0]?.querySelector("b");
  if (post) post.value = state.to;
  if (name) name.textContent = state.toName ?? "";
}

document.addEventListener("resonanz:opened", begin);
document.addEventListener("resonanz:mended", () => {
  begin();
  aim();
});
begin();
