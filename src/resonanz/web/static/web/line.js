/** Says calmly when nothing new can arrive: the connection is lost, or the session ended. What was typed stays. */

import { say } from "./inbox_words.js";
import { timeOfDay, now } from "./clock.js";

const bar = /** @type {HTMLElement | null} */ (document.getElementById("line"));
let signedOut = false;

/** @param {string} text @param {boolean} [signIn] */
function show(text, signIn = false) {
  if (!bar) return;
  bar.hidden = !text;
  const words = document.createElement("span");
  words.textContent = text;
  bar.replaceChildren(words);
  if (!signIn) return;
  const link = document.createElement("a");
  link.className = "button small";
  link.href = "/accounts/login/";
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = say("sign_in");
  bar.append(link);
}

document.addEventListener("resonanz:line", (event) => {
  if (signedOut) return;
  show(/** @type {CustomEvent} */ (event).detail.open ? "" : say("line_lost", { time: timeOfDay(now()) }));
});
document.addEventListener("resonanz:signed-out", () => {
  signedOut = true;
  show(say("signed_out"), true);
});
document.addEventListener("resonanz:signed-in", () => {
  signedOut = false;
  show("");
});
