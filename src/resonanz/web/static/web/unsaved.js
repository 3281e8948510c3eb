/**
 * A long form that was changed asks before it is left, and says so beside its button. Ctrl or ⌘ with S saves it.
 */

/** @type {HTMLFormElement | null} */
const form = document.querySelector("form[data-unsaved]");
let changed = false;

/** @param {boolean} now */
function mark(now) {
  changed = now;
  const place = /** @type {HTMLElement | null | undefined} */ (form?.querySelector(".unsaved"));
  if (place) place.hidden = !now;
}

// What was refused is not stored either.
if (form && document.querySelector("main .errorlist, main [role=alert]")) mark(true);
form?.addEventListener("input", () => mark(true));
form?.addEventListener("submit", () => mark(false));
addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (!form || event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  form.requestSubmit();
});
