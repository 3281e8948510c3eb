/**
 * Who else is looking at the open case, and who is writing in it. Colleagues tell each other as they come, write and go;
 * nobody keeps it, and who has not been heard of for a while is forgotten.
 */

import { ask } from "./asking.js";
import { openCase } from "./rows.js";
import { say } from "./inbox_words.js";

const EVERY = 25_000;
const WHILE_WRITING = 4_000;
const FORGET = 35_000;
const WRITING_LASTS = 9_000;
const me = document.getElementById("main")?.dataset.user ?? "";

/** @typedef {{name: string, initials: string, doing: string, at: number}} Colleague */
/** @type {Map<number, Colleague>} */
const here = new Map();
let caseId = "";
let wrote = -Infinity;
let signedOut = false;

/** @param {string} doing @param {string} [about] */
function tell(doing, about = caseId) {
  if (!about || signedOut) return;
  const form = new FormData();
  form.set("doing", doing);
  ask(`/inbox/${about}/presence/`, { form, keepalive: doing === "gone" });
}

/** @param {Colleague} colleague */
function line(colleague) {
  const shown = document.createElement("span");
  shown.className = "colleague";
  shown.classList.toggle("writing", colleague.doing === "writing");
  const avatar = document.createElement("span");
  avatar.className = "avatar small";
  avatar.setAttribute("aria-hidden", "true");
  avatar.textContent = colleague.initials;
  shown.append(avatar, say(colleague.doing === "writing" ? "is_writing" : "is_looking", { name: colleague.name }));
  return shown;
}

function show() {
  const now = performance.now();
  for (const [user, colleague] of here) {
    if (now - colleague.at > FORGET) here.delete(user);
    else if (colleague.doing === "writing" && now - colleague.at > WRITING_LASTS) colleague.doing = "looking";
  }
  const all = [...here.values()];
  const place = document.getElementById("presence");
  const words = all.map((each) => `${each.name} ${each.doing}`).join();
  if (place && place.dataset.shown !== words) {
    place.dataset.shown = words;
    place.replaceChildren(...all.map(line));
    place.hidden = !all.length;
  }
  warn(all.filter((each) => each.doing === "writing"));
}

/** Said where one would begin to write, before one does. @param {Colleague[]} writing */
function warn(writing) {
  const place = document.getElementById("colleague-writes");
  if (!place) return;
  place.hidden = !writing.length;
  place.textContent = writing.length ? say("writes_an_answer", { name: writing.map((each) => each.name).join(", ") }) : "";
}

document.addEventListener("resonanz:presence", (event) => {
  const told = /** @type {CustomEvent} */ (event).detail;
  if (String(told.case) !== caseId || String(told.user) === me) return;
  const unknown = !here.has(told.user);
  if (told.doing === "gone") here.delete(told.user);
  else here.set(told.user, { name: told.name, initials: told.initials, doing: told.doing, at: performance.now() });
  // Who comes should learn who is here already.
  if (unknown && told.doing !== "gone" && !document.hidden) setTimeout(announce, Math.random() * 300);
  show();
});

const announce = () => tell(performance.now() - wrote < WRITING_LASTS ? "writing" : "looking");

/** @param {string} next */
function enter(next) {
  if (next === caseId) return show();
  tell("gone");
  here.clear();
  caseId = next;
  wrote = -Infinity;
  if (!document.hidden) tell("looking");
  show();
}

document.addEventListener("input", (event) => {
  if (!(event.target instanceof HTMLTextAreaElement) || event.target.id !== "reply-text") return;
  if (performance.now() - wrote < WHILE_WRITING) return;
  wrote = performance.now();
  tell("writing");
});
document.addEventListener("resonanz:opened", () => enter(openCase()));
document.addEventListener("resonanz:mended", show);
document.addEventListener("resonanz:done", () => (wrote = -Infinity));
document.addEventListener("resonanz:signed-out", () => (signedOut = true));
document.addEventListener("resonanz:signed-in", () => {
  signedOut = false;
  announce();
});
document.addEventListener("visibilitychange", () => document.hidden || announce());
addEventListener("pagehide", () => tell("gone"));
setInterval(() => document.hidden || announce(), EVERY);
setInterval(show, 3_000);
enter(openCase());
