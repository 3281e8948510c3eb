/**
 * Why a post is judged so, looked into where it stands: its deciding words are marked in the post, and below it stands
 * what was decided, how surely, and what it could be instead. One key opens it, the same key again corrects, a figure
 * confirms or chooses. Without this script the same links lead to a page with the same forms.
 */

import { ask } from "./asking.js";
import { awaitChoices, choicesAreThere } from "./digits.js";
import { toast } from "./toast.js";

const POST = "article[id^='post-']";
const OPENER = ".judge[data-judged]";
const UNDO = ".toast[id^='undo-judged-']";

/** @typedef {{article: string, panel: HTMLElement, text: HTMLElement | null, held: Element | null}} Open */
/** @type {Open | null} what is looked into */
let open = null;

/** @param {Element} article @returns {HTMLElement | null} what was said, as it stands without being looked into */
const textOf = (article) => article.querySelector(":scope > .text:not([data-aside]), :scope > .long > .text:not([data-aside])");

/** The post that the key means: that with the focus, else the one that is answered, else the last one. */
function current() {
  const here = document.activeElement?.closest(POST);
  if (here?.querySelector(OPENER)) return here;
  const answered = /** @type {HTMLInputElement | null} */ (document.querySelector("#reply-form [name=post_id]"))?.value;
  const found = answered ? document.getElementById(`post-${answered}`) : null;
  if (found?.querySelector(OPENER)) return found;
  return [...document.querySelectorAll(POST)].findLast((each) => each.querySelector(OPENER)) ?? null;
}

/** The key opens the current post's evaluation; while one is open it corrects that. */
function aim() {
  for (const each of document.querySelectorAll(`${OPENER}[data-key]`)) each.removeAttribute("data-key");
  if (!open?.panel.isConnected) current()?.querySelector(OPENER)?.setAttribute("data-key", "correct");
}

/** @param {Element} article @param {Open} shown its words marked in the post, and all about them below */
function attach(article, shown) {
  for (const old of article.querySelectorAll('[data-aside=""]')) old.remove();
  const text = textOf(article);
  if (text && shown.text) {
    text.hidden = true;
    text.after(shown.text);
    text.closest("details")?.setAttribute("open", "");
  }
  const row = article.querySelector(":scope > .more, :scope > .chips");
  if (row) row.after(shown.panel);
  else article.append(shown.panel);
  for (const chip of article.querySelectorAll(".chip[data-judged]")) {
    if (/** @type {HTMLElement} */ (chip).dataset.judged === shown.panel.dataset.label) chip.setAttribute("aria-current", "true");
    else chip.removeAttribute("aria-current");
  }
}

function close() {
  if (!open) return;
  const article = document.getElementById(open.article);
  open.panel.remove();
  open.text?.remove();
  if (article) for (const chip of article.querySelectorAll(".chip[aria-current]")) chip.removeAttribute("aria-current");
  const text = article && textOf(article);
  if (text) text.hidden = false;
  open = null;
  aim();
}

/** @param {HTMLElement} article @param {string} html pieces that our server made */
function show(article, html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const piece = (/** @type {string} */ selector) => /** @type {HTMLElement | null} */ (holder.content.querySelector(selector));
  const panel = piece(".judged");
  if (!panel) return;
  if (open && open.article !== article.id) close();
  const row = piece(".judgements");
  if (row) document.getElementById(row.id)?.replaceWith(row);
  open = { article: article.id, panel, text: piece("[data-weighed]"), held: null };
  attach(article, open);
  for (const each of holder.content.querySelectorAll("[data-toasts] .toast")) {
    for (const old of document.querySelectorAll(UNDO)) old.remove();
    toast(each.outerHTML);
  }
  wake(article);
  aim();
}

/** @param {Element} element what came from the server: its htmx and its keys */
function wake(element) {
  // @ts-expect-error htmx is a classic script
  globalThis.htmx?.process(element);
  element.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
}

/** @param {HTMLElement} panel @param {string} [value] the choice to stand on, else the judge's own */
function settle(panel, value) {
  const choices = /** @type {HTMLButtonElement[]} */ ([...panel.querySelectorAll("[data-digits] button")]);
  const wanted = choices.find((each) => each.value === value) ?? choices.find((each) => "confirms" in each.dataset);
  wanted?.focus({ preventScroll: true });
  panel.scrollIntoView({ block: "nearest" });
  open?.text?.scrollIntoView({ block: "nearest" }); // where both have no room, the words come first
}

document.addEventListener("click", async (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (target?.closest("[data-judged-close]") && open) {
    event.preventDefault();
    return leave();
  }
  const link = target?.closest("a[data-judged]");
  const article = /** @type {HTMLElement | null} */ (link?.closest(POST) ?? null);
  if (!(link instanceof HTMLAnchorElement) || !article) return;
  event.preventDefault();
  const again = open?.article === article.id && link.dataset.judged === open.panel.dataset.label;
  if (again && !link.closest(".judged")) return leave();
  awaitChoices();
  const answer = await ask(link.href);
  if (!answer.ok) return void location.assign(link.href);
  const drawn = document.getElementById(article.id); // perhaps anew, while we asked
  if (drawn) show(drawn, answer.html);
  if (open) settle(open.panel);
  choicesAreThere();
});

/** Close it, and back to where it was opened. */
function leave() {
  const article = open && document.getElementById(open.article);
  const label = open?.panel.dataset.label ?? "";
  close();
  const chips = /** @type {HTMLElement[]} */ ([...(article?.querySelectorAll("a[data-judged]") ?? [])]);
  (chips.find((each) => each.dataset.judged === label) ?? chips.at(-1))?.focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  const inside = event.target instanceof Element && event.target.closest(".judged");
  if (event.key !== "Escape" || !inside || !open) return;
  event.preventDefault();
  leave();
});

document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches(`[data-judge], ${UNDO}`)) return;
    event.preventDefault();
    event.stopPropagation(); // the message that takes something back is no act on a case here
    const by = /** @type {HTMLButtonElement | null} */ (event.submitter);
    if (form.dataset.busy) return;
    form.dataset.busy = "true";
    const id = form.closest(".judged, .toast")?.id.replace(/^\D+/, "");
    const sent = by ? new FormData(form, by) : new FormData(form);
    sent.set("next", location.pathname + location.search);
    const answer = await ask(form.getAttribute("action") ?? "", { form: sent });
    delete form.dataset.busy;
    if (!answer.ok) return refused(form, by, answer);
    if (form.matches(UNDO)) form.remove();
    const article = document.getElementById(`post-${id}`);
    if (!article) return;
    show(article, answer.html);
    if (open) settle(open.panel, by?.value);
  },
  { capture: true },
);

/** @param {HTMLFormElement} form @param {HTMLButtonElement | null} by @param {import("./asking.js").Answer} answer */
function refused(form, by, answer) {
  if (answer.data?.refused) return void toast({ text: answer.data.refused, tone: "late" });
  // Nobody answered, or the session ended: the page that the form leads to says what is the matter.
  if (by?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: by.name, value: by.value }));
  form.submit();
}

// A post that changed elsewhere is drawn anew; what is looked into stays open on it, and keeps the focus.
document.addEventListener("focusin", (event) => {
  if (open && event.target instanceof Element) open.held = open.panel.contains(event.target) ? event.target : null;
  aim();
});
document.addEventListener("htmx:load", (event) => {
  const article = event.target instanceof Element && event.target.matches(POST) ? event.target : null;
  if (!open || open.panel.isConnected || article?.id !== open.article) return aim();
  const { held } = open;
  attach(article, open);
  if (held instanceof HTMLElement) held.focus({ preventScroll: true });
});
for (const name of ["resonanz:opened", "resonanz:mended"]) {
  document.addEventListener(name, () => {
    if (open && !document.getElementById(open.article)) open = null;
    aim();
  });
}

aim();
