/** Copies what stands in an element, named by `data-copy` on a button; where nothing can be copied, it is selected. */

/** @param {HTMLElement} element */
function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
}

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-copy]") : null;
  if (!(button instanceof HTMLButtonElement)) return;
  const element = document.getElementById(button.dataset.copy ?? "");
  if (!element) return;
  try {
    await navigator.clipboard.writeText(element.textContent ?? "");
    button.textContent = button.dataset.copied ?? button.textContent;
  } catch {
    select(element);
  }
});
