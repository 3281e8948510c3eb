/**
 * Acts show at once and are confirmed after. Refused, the page is as it was before, and says why; typed words never go.
 * Without this script the same forms lead to the same acts, a page later.
 */

import { ask } from "./asking.js";
import { awaitChoices, choicesAreThere } from "./digits.js";
import { allKept } from "./drafts.js";
import { openCase, take, within } from "./rows.js";
import { say } from "./inbox_words.js";
import { toast } from "./toast.js";

/** @typedef {() => void} Restore */

/** @param {Element | null} element @returns {Restore} puts it back as it is now */
function remember(element) {
  if (!element) return () => {};
  const before = /** @type {Element} */ (element.cloneNode(true));
  for (const form of before.querySelectorAll("[data-busy]")) form.removeAttribute("data-busy");
  const id = element.id;
  return () => {
    const standing = document.getElementById(id);
    standing?.replaceWith(before);
    // @ts-expect-error htmx is a classic script
    globalThis.htmx?.process(before);
  };
}

const row = () => document.getElementById(`case-${openCase()}`);

/** @param {HTMLFormElement} form @param {string} name */
const field = (form, name) => /** @type {HTMLTextAreaElement} */ (form.elements.namedItem(name));

/** @param {string} text @param {string} kind "ours" or "note" */
function pending(text, kind) {
  const line = document.createElement("article");
  line.className = `said ${kind} pending`;
  line.id = `pending-${Math.random().toString(36).slice(2)}`;
  const words = document.createElement("div");
  words.className = "text";
  words.dir = "auto";
  words.textContent = text;
  const state = document.createElement("p");
  state.className = "who";
  state.textContent = say("on_its_way");
  line.append(state, words);
  const thread = document.getElementById("thread");
  thread?.append(line);
  thread?.scrollTo({ top: thread.scrollHeight });
  return () => line.remove();
}

/** Empty the field; given back, its words stand above what was typed since. @param {HTMLTextAreaElement} typed */
function emptied(typed) {
  const text = typed.value;
  typed.value = "";
  return () => {
    const target = /** @type {HTMLTextAreaElement} */ (document.getElementById(typed.id)) ?? typed;
    if (!target.isConnected || target.value.includes(text)) return;
    target.value = target.value ? `${text}\n\n${target.value}` : text;
    target.dispatchEvent(new Event("input", { bubbles: true }));
  };
}

/** On to the next case, at once. @returns {Restore} back to this one */
function moveOn() {
  const here = openCase();
  const left = row();
  const next = /** @type {HTMLElement | null} */ (document.querySelector("#case-head [data-next]"));
  left?.setAttribute("data-left", "");
  next?.click();
  return () => {
    left?.removeAttribute("data-left");
    if (next) document.getElementById(`case-${here}`)?.click();
  };
}

/** @param {string} who */
function taken(who) {
  const told = [remember(document.getElementById("case-head"))];
  const words = document.querySelector("#case-head .taken");
  if (words) words.textContent = say("with", { name: who });
  return told;
}

/** @type {Record<string, (form: HTMLFormElement, by: HTMLButtonElement | null) => Restore[]>} */
const AT_ONCE = {
  claim: (form) => {
    const done = taken(say("me"));
    form.hidden = true;
    return done;
  },
  assign: (_form, by) => {
    const done = taken(by?.value ? by.dataset.name ?? by.textContent?.trim() ?? "" : say("nobody"));
    closeAssign();
    return done;
  },
  none: (form) => {
    const post = form.closest("article");
    const done = [remember(post)];
    form.closest("details")?.removeAttribute("open");
    post?.classList.add("settled", "pending");
    return done;
  },
  close: (form) => {
    form.closest("details")?.removeAttribute("open");
    return [moveOn()];
  },
  snooze: () => {
    closeAssign();
    return [moveOn()];
  },
  "hand-over": () => {
    closeAssign();
    return [moveOn()];
  },
  tag: () => (closeAssign(), []),
  link: () => (closeAssign(), []),
  release: () => [],
  resolve: (form) => (form.dataset.stillOpen === "0" ? [moveOn()] : []),
  note: (form) => [pending(field(form, "text").value, "note"), emptied(field(form, "text"))],
  reply: (form, by) => {
    const text = field(form, "text").value;
    closeAssign();
    // What the guideline has spoken against already is not shown as said.
    if (document.querySelector("#ruling [data-outcome=FORBIDDEN]")) return [];
    document.dispatchEvent(new CustomEvent("resonanz:sending", { detail: form }));
    if (by?.name === "then_resolve") return [moveOn()];
    return [pending(text, "ours"), emptied(field(form, "text"))];
  },
  undo: (form) => {
    const message = /** @type {HTMLElement} */ (form);
    message.hidden = true;
    return [() => (message.hidden = false)];
  },
};

/** @param {import("./asking.js").Answer} answer @param {string} act */
function reason(answer, act) {
  if (answer.signedOut) return say("signed_out_act");
  if (answer.status === 0) return say(act === "reply" || act === "note" ? "offline_text" : "offline");
  return answer.data?.refused ?? (answer.status === 403 ? say("may_not") : say("did_not_work"));
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset.act) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "true";
  const by = /** @type {HTMLButtonElement | null} */ (event.submitter);
  const { act } = form.dataset;
  const caseId = openCase();
  const sent = by ? new FormData(form, by) : new FormData(form); // before the page shows it: the field is emptied then
  const restores = (AT_ONCE[act] ?? (() => []))(form, by);
  // The ten seconds run on, so a slow request is not waited for longer than this.
  if (act === "undo") await Promise.race([allKept(), new Promise((over) => setTimeout(over, 1_500))]);
  const answer = await ask(within(form.getAttribute("action") ?? ""), { form: sent });
  delete form.dataset.busy;
  if (answer.ok) return done(form, act, answer, caseId);
  restores.forEach((restore) => restore());
  toast({ text: reason(answer, act), tone: "late" });
  document.dispatchEvent(new CustomEvent("resonanz:refused", { detail: { act, answer } }));
});

/** @param {HTMLFormElement} form @param {string} act @param {import("./asking.js").Answer} answer @param {string} caseId */
function done(form, act, answer, caseId) {
  if (act === "undo") form.remove();
  if (act === "declare") closeAssign();
  document.dispatchEvent(new CustomEvent("resonanz:done", { detail: { act, caseId } }));
  const about = answer.html.match(/data-of="(\d+)"/)?.[1] ?? caseId;
  if (answer.html) take(answer.html, { own: true, caseId: about });
  // With nothing left open it went on at once; a slow answer must not go on once more.
  if (act === "resolve" && form.dataset.stillOpen !== "0" && openCase() === caseId) {
    /** @type {HTMLElement | null} */ (document.querySelector("#case-head [data-next]"))?.click();
  }
}

const assignPlace = () => document.getElementById("assign-place");

function closeAssign() {
  assignPlace()?.replaceChildren();
}

document.addEventListener("click", async (event) => {
  const link = event.target instanceof Element ? event.target.closest("[data-assign], [data-panel]") : null;
  const place = assignPlace();
  if (!(link instanceof HTMLAnchorElement) || !place || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (place.childElementCount && place.dataset.of === link.pathname) return closeAssign();
  awaitChoices();
  const answer = await ask(link.href);
  if (!answer.ok) return void toast({ text: reason(answer, "assign"), tone: "late" });
  place.innerHTML = answer.html;
  // @ts-expect-error htmx is a classic script
  globalThis.htmx?.process(place); // a correction is looked at while it is written
  place.dataset.of = link.pathname;
  /** @type {HTMLElement | null} */ (place.querySelector("textarea, button, input:not([type=hidden])"))?.focus();
  choicesAreThere();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !(event.target instanceof Element) || !event.target.closest("#assign-place")) return;
  const from = assignPlace()?.dataset.of;
  closeAssign();
  const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("[data-assign], [data-panel]"));
  const link = [...links].find((one) => one.pathname === from);
  const menu = link?.closest("details.menu:not([open])"); // its own link cannot be seen
  /** @type {HTMLElement | null | undefined} */ (menu?.querySelector("summary") ?? link)?.focus();
});
