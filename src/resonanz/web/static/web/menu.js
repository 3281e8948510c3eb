/** Menus are `<details class="menu">`: they close on Escape and on what happens outside, and arrows move within. */

/** @param {Element | null} menu @param {boolean} [back] whether the focus returns to the summary */
function close(menu, back = false) {
  menu?.removeAttribute("open");
  if (back) menu?.querySelector("summary")?.focus();
}

const openMenus = () => [...document.querySelectorAll("details.menu[open]")];

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(/** @type {Node} */ (event.target))) close(menu);
});

document.addEventListener("focusout", (event) => {
  const menu = event.target instanceof Element ? event.target.closest("details.menu.over[open]") : null;
  if (menu && event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) close(menu);
});

document.addEventListener("keydown", (event) => {
  const menu = event.target instanceof Element ? event.target.closest("details.menu[open]") : null;
  if (!menu) return;
  if (event.key === "Escape") {
    event.preventDefault();
    close(menu, true);
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const choices = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll("summary, a[href], button")]).filter((one) => one.checkVisibility());
  const step = event.key === "ArrowDown" ? 1 : -1;
  const here = choices.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  choices[(here + step + choices.length) % choices.length]?.focus();
  event.preventDefault();
});
