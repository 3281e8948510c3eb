/**
 * What is being typed is kept on the server, so that it is there in another tab, on another day, on another device. A tab
 * that has the focus wins; another one says that the draft changed elsewhere and offers it. While nobody answers, a copy
 * stays in this tab.
 */

import { ask } from "./asking.js";
import { timeOfDay, now } from "./clock.js";
import { say } from "./inbox_words.js";

const PAUSE = 700;
const TRY_AGAIN = 5_000;
const MOST_KEPT_ALIVE = 20_000; // a request that outlives its page may carry 64 KiB
const between = new BroadcastChannel("resonanz-drafts");

/** @typedef {{form: HTMLFormElement, field: HTMLTextAreaElement, caseId: string, mark: string, kept: string, timer: number, asking: boolean, sent: boolean}} Draft */
/** @type {Draft | null} */
let draft = null;
/** @type {Promise<unknown>} */
let running = Promise.resolve();

/** Once what is being kept is kept: words that arrive after an answer was taken back would replace it. */
export const allKept = () => running;

/** @param {string} caseId */
const store = (caseId) => `resonanz.draft.${caseId}`;

/** @param {string} caseId */
const left = (caseId) => `resonanz.left.${caseId}`;

function begin() {
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-draft]"));
  const field = /** @type {HTMLTextAreaElement | null} */ (form?.elements.namedItem("text") ?? null);
  if (!form || !field) return void (draft = null);
  if (draft?.form === form) return;
  const caseId = /** @type {HTMLElement | null} */ (form.closest("[data-open-case]"))?.dataset.openCase ?? "";
  draft = { form, field, caseId, mark: mark(), kept: field.value, timer: 0, asking: false, sent: false };
  const rescued = sessionStorage.getItem(store(caseId)) ?? leftBehind(caseId);
  if (rescued === field.value) sessionStorage.removeItem(store(caseId));
  else if (rescued) {
    field.value = field.value && !rescued.includes(field.value) ? `${rescued}\n\n${field.value}` : rescued;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** What the last request of a page that went away held, unless the draft was changed or sent since. @param {string} caseId */
function leftBehind(caseId) {
  const [before, text] = JSON.parse(sessionStorage.getItem(left(caseId)) ?? "[]");
  sessionStorage.removeItem(left(caseId));
  return before === mark() ? text : null;
}

const mark = () => document.getElementById("paper-state")?.dataset.mark ?? "";

/** @param {string} text */
function tell(text) {
  const place = draft?.form.querySelector(".draft-state");
  if (place) place.textContent = text;
}

/**
 * One request after the other: an older wording must not overtake a newer one.
 * @param {Draft} kept @param {{mine?: boolean, leaving?: boolean}} [how] `leaving`: the request has to outlive the page
 */
async function keep(kept, { mine = document.hasFocus(), leaving = false } = {}) {
  clearTimeout(kept.timer);
  const text = kept.field.value;
  if (kept.sent || text === kept.kept) return;
  if (kept.asking && !leaving) return void (kept.timer = setTimeout(() => keep(kept), PAUSE));
  const form = new FormData(kept.form);
  form.set("text", text);
  form.set("mark", kept.mark);
  if (mine || leaving) form.set("mine", "1");
  if (leaving) sessionStorage.setItem(left(kept.caseId), JSON.stringify([kept.mark, text]));
  const before = kept.kept;
  kept.kept = text;
  kept.asking = true;
  const asked = ask(kept.form.dataset.draft ?? "", { form, keepalive: leaving && text.length < MOST_KEPT_ALIVE });
  running = asked;
  const answer = await asked;
  kept.asking = false;
  if (answer.ok) return saved(kept, text, answer.data);
  if (answer.status === 409) return offer(kept, answer.data.text, answer.data.mark);
  notKept(kept, text, before, answer);
}

/** @param {Draft} kept @param {string} text @param {string} before @param {import("./asking.js").Answer} answer */
function notKept(kept, text, before, answer) {
  kept.kept = before;
  sessionStorage.setItem(store(kept.caseId), text);
  if (answer.status === 0 || answer.status >= 500) kept.timer = setTimeout(() => keep(kept), TRY_AGAIN);
  if (draft === kept) tell(answer.data?.refused ?? say("draft_here_only"));
}

/** @param {Draft} kept @param {string} text @param {{mark: string, key: string, kept: boolean}} told */
function saved(kept, text, told) {
  for (const name of [store(kept.caseId), left(kept.caseId)]) sessionStorage.removeItem(name);
  kept.mark = told.mark;
  const key = /** @type {HTMLInputElement} */ (kept.form.elements.namedItem("key"));
  if (told.key) key.value = told.key;
  between.postMessage({ caseId: kept.caseId, mark: told.mark, text });
  if (draft === kept) tell(text ? say("draft_kept", { time: timeOfDay(now()) }) : "");
}

/** @param {Draft} kept @param {string} text @param {string} newMark */
function offer(kept, text, newMark) {
  if (text === kept.field.value) return void (kept.mark = newMark);
  const place = document.getElementById("draft-offer");
  if (!place || draft !== kept) return;
  const line = document.createElement("p");
  line.className = "alert soon";
  const words = document.createElement("span");
  words.textContent = say(text ? "draft_elsewhere" : "draft_gone");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small";
  button.textContent = say("draft_take");
  button.addEventListener("click", () => {
    Object.assign(kept, { mark: newMark, kept: text });
    kept.field.value = text;
    kept.field.dispatchEvent(new Event("input", { bubbles: true }));
    place.replaceChildren();
    kept.field.focus();
  });
  line.append(words, ...(text ? [button] : []));
  place.replaceChildren(line);
}

/** The server knows another draft than this tab: ask which. */
async function compare() {
  const kept = draft;
  if (!kept || kept.sent || kept.field.value !== kept.kept || mark() === kept.mark) return;
  const form = new FormData(kept.form);
  form.set("mark", kept.mark);
  const answer = await ask(kept.form.dataset.draft ?? "", { form });
  if (answer.status === 409) offer(kept, answer.data.text, answer.data.mark);
  else if (answer.ok) kept.mark = answer.data.mark;
}

between.addEventListener("message", ({ data }) => {
  const kept = draft;
  if (!kept || kept.sent || data.caseId !== kept.caseId || data.mark === kept.mark) return;
  offer(kept, data.text, data.mark);
});

document.addEventListener("input", (event) => {
  if (!draft || event.target !== draft.field) return;
  const kept = draft;
  clearTimeout(kept.timer);
  kept.timer = setTimeout(() => keep(kept), PAUSE);
});
const keepNow = () => draft && keep(draft, { mine: true });
const keepBeforeLeaving = () => draft && keep(draft, { leaving: true });
document.addEventListener("focusout", (event) => event.target === draft?.field && keepNow());
document.addEventListener("resonanz:leaving", keepNow);
document.addEventListener("visibilitychange", () => document.hidden && keepBeforeLeaving());
addEventListener("pagehide", keepBeforeLeaving);
document.addEventListener("resonanz:signed-in", () => draft && keep(draft));
addEventListener("online", () => draft && keep(draft));

// While it is sent nothing is kept: the reply takes the draft with it. Refused, its words are here to be kept again.
document.addEventListener("resonanz:sending", () => {
  if (!draft) return;
  clearTimeout(draft.timer);
  draft.sent = true;
  sessionStorage.setItem(store(draft.caseId), draft.field.value);
});
document.addEventListener("resonanz:refused", () => {
  if (!draft) return;
  draft.sent = false;
  draft.kept = "";
  keep(draft);
});
document.addEventListener("resonanz:done", (event) => {
  const { act, caseId } = /** @type {CustomEvent} */ (event).detail;
  if (act === "reply") sessionStorage.removeItem(store(caseId));
});
document.addEventListener("resonanz:opened", begin);
document.addEventListener("resonanz:mended", () => {
  begin();
  compare();
});
begin();
