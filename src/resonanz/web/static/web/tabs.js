/** Tabs of one page: `role="tablist"` with `role="tab"` buttons whose `aria-controls` name their panels. */

/** @param {HTMLElement} tab */
function choose(tab) {
  for (const other of /** @type {NodeListOf<HTMLElement>} */ (tab.closest("[role=tablist]")?.querySelectorAll("[role=tab]") ?? [])) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    const panel = document.getElementById(other.getAttribute("aria-controls") ?? "");
    if (panel) panel.hidden = !chosen;
  }
}

document.addEventListener("click", (event) => {
  const tab = event.target instanceof Element ? event.target.closest("[role=tab]") : null;
  if (tab instanceof HTMLElement) choose(tab);
});

document.addEventListener("keydown", (event) => {
  const tab = event.target instanceof Element ? event.target.closest("[role=tab]") : null;
  if (!tab) return;
  const tabs = /** @type {HTMLElement[]} */ ([...(tab.closest("[role=tablist]")?.querySelectorAll("[role=tab]") ?? [])]);
  const here = tabs.indexOf(/** @type {HTMLElement} */ (tab));
  /** @type {Record<string, number>} */
  const steps = { ArrowRight: here + 1, ArrowLeft: here - 1 + tabs.length, Home: 0, End: tabs.length - 1 };
  if (!(event.key in steps)) return;
  event.preventDefault();
  const next = tabs[steps[event.key] % tabs.length];
  choose(next);
  next.focus();
});
