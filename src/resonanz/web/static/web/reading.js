/** Where reading begins in a conversation: at its end, but never past the beginning of what was said last. */

const SAID = "article[id^='post-']";
const AIR = 8;

/** @param {Element | null} thread the conversation, as far as it scrolls by itself */
export function showNewest(thread) {
  if (!thread) return;
  thread.scrollTop = thread.scrollHeight;
  const last = [...thread.querySelectorAll(SAID)].at(-1);
  const above = last ? thread.getBoundingClientRect().top + AIR - last.getBoundingClientRect().top : 0;
  if (above > 0) thread.scrollTop -= above;
}

if (!location.hash) showNewest(document.querySelector(".thread"));
