/**
 * The numbers of the day follow what happens: after a notice the page is asked for again, and what was counted takes the
 * place of what stands there. At most once in a while, and never while nobody looks.
 */

const PAUSE = 8_000;
const COUNTED = [".figures", "#days-said", ".days-said .days", ".days-said tbody", "#days-chart"];
let isDue = false;
let waits = false;

/** Put the new words in the place of the old ones; whoever stands on a link keeps it. @param {Document} fresh */
function replace(fresh) {
  const stood = document.activeElement?.closest("main a")?.getAttribute("href");
  for (const selector of COUNTED) {
    const [here, there] = [document.querySelector(selector), fresh.querySelector(selector)];
    if (here && there) here.innerHTML = there.innerHTML;
  }
  if (!stood || document.activeElement !== document.body) return;
  const same = [...document.querySelectorAll("main a")].find((link) => link.getAttribute("href") === stood);
  if (same instanceof HTMLElement) same.focus({ preventScroll: true });
}

async function count() {
  isDue = false;
  waits = true;
  setTimeout(() => ((waits = false), isDue && look()), PAUSE);
  try {
    const answer = await fetch(location.href, { redirect: "error" });
    if (!answer.ok) return;
    replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
    document.dispatchEvent(new CustomEvent("resonanz:counted"));
  } catch {
    // The connection is lost, or the session ended: the numbers stay as they were, and the page says so elsewhere.
  }
}

function look() {
  isDue = true;
  if (!waits && !document.hidden) count();
}

document.addEventListener("resonanz:notice", look);
document.addEventListener("resonanz:again", look);
document.addEventListener("visibilitychange", () => isDue && look());
