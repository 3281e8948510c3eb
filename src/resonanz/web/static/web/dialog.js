/**
 * Native dialogs. `data-dialog="id"` on a button or link opens one (a link leads to a page that does the same without
 * scripts), `data-close` inside closes it, and so do Escape and a click beside it. The browser returns the focus.
 */

/** @param {HTMLDialogElement} dialog */
export function show(dialog) {
  if (dialog.open) return;
  prepare(dialog);
  dialog.showModal();
}

/** What can only be known when it opens: the keys that this page has. @param {HTMLDialogElement} dialog */
function prepare(dialog) {
  for (const row of /** @type {NodeListOf<HTMLElement>} */ (dialog.querySelectorAll("[data-needs]"))) {
    row.hidden = !document.querySelector(row.dataset.needs ?? "");
  }
}

/** @param {HTMLElement} element @param {MouseEvent} event */
const isBeside = (element, event) => {
  const box = element.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
};

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const opener = /** @type {HTMLElement | null} */ (event.target.closest("[data-dialog]"));
  const dialog = opener && document.getElementById(opener.dataset.dialog ?? "");
  if (dialog instanceof HTMLDialogElement && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    for (const menu of document.querySelectorAll("details.menu[open]")) menu.removeAttribute("open");
    show(dialog);
    return;
  }
  const around = event.target.closest("dialog");
  if (!(around instanceof HTMLDialogElement)) return;
  if (event.target.closest("[data-close]") || (event.target === around && event.detail && isBeside(around, event))) around.close();
});
