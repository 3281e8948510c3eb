/**
 * Short messages in the corner. They go after ten seconds; the line below each one shows how long it stays, and waits
 * while a mouse or the focus rests on the messages. The line itself is the clock: its animation ends, the message goes.
 */

const MOST = 4;
const region = /** @type {HTMLElement | null} */ (document.querySelector(".toasts"));
const mould = /** @type {HTMLTemplateElement | null} */ (document.getElementById("toast-mould"));

/**
 * Show a message. `content` is HTML that our server made of the component `toast`, or words and, if wanted, one act.
 * @param {string | {text: string, tone?: "late", stays?: boolean, seconds?: number, action?: {text: string, key?: string, run: () => void}}} content
 * @returns {HTMLElement | null} the message, so that it can be taken away early
 */
export function toast(content) {
  if (!region || !mould) return null;
  const shown = typeof content === "string" ? parsed(content) : made(content);
  if (!shown) return null;
  region.append(shown);
  for (const old of [...region.children].slice(0, -MOST)) old.remove();
  return shown;
}

/** @param {string} html @returns {HTMLElement | null} */
function parsed(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.querySelector(".toast");
}

/** @param {Exclude<Parameters<typeof toast>[0], string>} content @returns {HTMLElement | null} */
function made({ text, tone, stays, seconds, action }) {
  const shown = /** @type {HTMLElement | null} */ (mould?.content.firstElementChild?.cloneNode(true) ?? null);
  const words = shown?.querySelector("p");
  if (!shown || !words) return null;
  words.textContent = text;
  if (tone) shown.classList.add(tone);
  if (stays) shown.querySelector(".wane")?.remove();
  if (seconds) shown.style.setProperty("--stays", `${seconds}s`);
  if (action) words.after(actionButton(shown, action));
  return shown;
}

/** @param {HTMLElement} shown @param {{text: string, key?: string, run: () => void}} action */
function actionButton(shown, action) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = action.text;
  if (action.key) button.dataset.key = action.key;
  button.addEventListener("click", () => {
    shown.remove();
    action.run();
  });
  return button;
}

region?.addEventListener("animationend", (event) => {
  if (event.target instanceof Element && event.target.matches(".wane")) event.target.closest(".toast")?.remove();
});
region?.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-dismiss]")) event.target.closest(".toast")?.remove();
});
