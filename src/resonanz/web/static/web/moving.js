/** Moving from case to case: htmx swaps the conversation and the person; the list keeps its place and shows where we are. */

import { showNewest } from "./reading.js";
import { openCase } from "./rows.js";
import { say } from "./inbox_words.js";
import { toast } from "./toast.js";

const desk = /** @type {HTMLElement} */ (document.getElementById("main"));

/** A list is told by its view and filters; which case is open, and from which post on, does not matter. @param {string} query */
function listOf(query) {
  const asked = new URLSearchParams(query);
  if (!asked.get("view")) asked.set("view", "mine");
  asked.delete("to");
  asked.sort();
  return asked.toString();
}

function arrive() {
  const here = openCase();
  for (const row of document.querySelectorAll("[data-case][aria-current]")) row.removeAttribute("aria-current");
  const row = here ? document.getElementById(`case-${here}`) : null;
  if (row) {
    row.setAttribute("aria-current", "true");
    row.classList.remove("unread");
    row.removeAttribute("data-fresh");
    row.scrollIntoView({ block: "nearest" });
    if (document.activeElement === document.body && row.checkVisibility()) row.focus({ preventScroll: true });
  }
  const wanted = location.hash.startsWith("#post-") ? document.getElementById(location.hash.slice(1)) : null;
  if (wanted) wanted.scrollIntoView({ block: "center" });
  else showNewest(document.getElementById("thread"));
  document.dispatchEvent(new CustomEvent("resonanz:opened", { detail: here }));
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = /** @type {CustomEvent} */ (event).detail;
  if (target?.id !== "open" && target?.id !== "ruling") return;
  if (new URL(xhr.responseURL || location.href).pathname.startsWith("/accounts/")) {
    /** @type {CustomEvent} */ (event).detail.shouldSwap = false;
    document.dispatchEvent(new CustomEvent("resonanz:signed-out"));
  } else if (target.id === "open" && xhr.status < 400) {
    document.dispatchEvent(new CustomEvent("resonanz:leaving"));
    // htmx gives the focus back to the field of the same name: the letter meant for a key would be typed into an answer.
    const held = document.activeElement;
    if (held instanceof HTMLElement && target.contains(held)) held.blur();
  }
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (/** @type {HTMLElement} */ (event.target).id === "open") arrive();
});
document.addEventListener("htmx:historyRestore", arrive);
for (const [name, words] of [["htmx:sendError", "offline"], ["htmx:responseError", "not_opened"], ["htmx:timeout", "offline"]]) {
  document.addEventListener(name, (event) => {
    if (/** @type {CustomEvent} */ (event).detail.target?.id === "open") toast({ text: say(words), tone: "late" });
  });
}

// Back into another list is a page of its own; back to another case of this one is a swap like any other.
addEventListener("popstate", (event) => {
  if (location.pathname.startsWith("/inbox/") && listOf(location.search) === listOf(desk.dataset.list ?? "")) return;
  event.stopImmediatePropagation();
  location.reload();
});

document.addEventListener("click", async (event) => {
  const link = event.target instanceof Element ? event.target.closest("[data-filter]") : null;
  const menu = document.getElementById("filter-menu");
  if (!(link instanceof HTMLAnchorElement) || !menu || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (!menu.hidden) return void (menu.hidden = true);
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return void location.assign(link.href);
  menu.innerHTML = await answer.text();
  menu.hidden = false;
  menu.querySelector("select")?.focus();
});
document.addEventListener("keydown", (event) => {
  const menu = event.target instanceof Element ? event.target.closest("#filter-menu") : null;
  if (event.key !== "Escape" || !menu) return;
  menu.toggleAttribute("hidden", true);
  /** @type {HTMLElement | null} */ (document.querySelector("[data-filter]"))?.focus();
});

