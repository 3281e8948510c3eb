/**
 * What was noticed in an answer, under its field: the words are shown where they stand, a mend is typed into the field
 * (so the browser's own undo takes it back), and an answer that was refused says so at the field.
 */

const field = () => /** @type {HTMLTextAreaElement | null} */ (document.getElementById("reply-text"));
/** The words that were looked at: places count characters of these, and no others. */
let looked = "";

/** Places count characters; a field counts units, of which an emoji has two. @param {string} text @param {number} characters */
const unit = (text, characters) => [...text].slice(0, characters).join("").length;

/** Whether the field still says what was looked at. @param {HTMLTextAreaElement} within */
const isSame = (within) => within.value === looked;

/** @param {HTMLTextAreaElement} within @param {HTMLElement} button */
function select(within, button) {
  const [start, end] = [Number(button.dataset.start), Number(button.dataset.end)];
  within.focus();
  within.setSelectionRange(unit(within.value, start), unit(within.value, end));
}

/** @param {HTMLTextAreaElement} within @param {string} text */
function type(within, text) {
  const typed = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
  if (typed) return;
  within.setRangeText(text, within.selectionStart, within.selectionEnd, "end");
  within.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Look again, at once. @param {HTMLTextAreaElement} within */
const lookAgain = (within) => within.dispatchEvent(new CustomEvent("look", { bubbles: true }));

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-show], [data-mend]") : null;
  const within = field();
  if (!(button instanceof HTMLElement) || !within) return;
  if (!isSame(within)) return lookAgain(within); // the words moved on meanwhile: nothing is mended blindly
  select(within, button);
  if (button.dataset.mend === undefined) return;
  type(within, button.dataset.mend);
  lookAgain(within);
});

/** What kept the answer from being sent stands at the field until it is changed. @param {string} told */
function refuse(told) {
  const within = field();
  const place = document.getElementById("reply-refused");
  if (!within || !place) return;
  place.textContent = told;
  place.hidden = !told;
  if (told) within.setAttribute("aria-invalid", "true");
  else within.removeAttribute("aria-invalid");
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target === field()) looked = field()?.value ?? "";
});
document.addEventListener("resonanz:refused", (event) => {
  const { act, answer } = /** @type {CustomEvent} */ (event).detail;
  const within = field();
  if (act !== "reply" || !within) return;
  refuse(answer.data?.refused ?? "");
  within.focus();
  lookAgain(within);
});
document.addEventListener("input", (event) => {
  if (event.target === field()) refuse("");
});

/** A draft that was kept is looked at when it is opened. */
function begin() {
  const within = field();
  if (within?.value.trim()) lookAgain(within);
}
document.addEventListener("resonanz:opened", begin);
document.addEventListener("htmx:load", (event) => {
  if (event.target === document.body) begin();
});
