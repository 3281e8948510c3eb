/**
 * Times that go on while a page is open, on the server's clock: the browser's own may be wrong by a day. The server sends
 * its moment with every answer; from there on only the time that passed is counted.
 */

const TICK = 15_000;
const MINUTE = 60_000;
const SOON = 60 * MINUTE;
const NEAR = 4 * 60 * MINUTE;
const desk = /** @type {HTMLElement | null} */ (document.querySelector("[data-now]"));
/** @type {Record<string, string>} */
const words = JSON.parse(desk?.dataset.words ?? "{}");
let offset = Number(desk?.dataset.now) - performance.now();

/** @param {string | undefined} milliseconds what the server's clock said a moment ago */
export function setClock(milliseconds) {
  if (milliseconds) offset = Number(milliseconds) - performance.now();
}

/** @returns {number} the server's moment */
export const now = () => performance.now() + offset;

/** @param {string} pattern @param {Record<string, string | number>} values */
const fill = (pattern, values) => pattern.replace(/%\((\w+)\)s/g, (_all, name) => String(values[name]));

/** @param {number} length */
function span(length) {
  const minutes = Math.floor(length / MINUTE);
  if (minutes < 60) return fill(words.minutes, { minutes });
  return fill(words.hours, { hours: `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}` });
}

/** @param {number} moment @returns {string} */
export const timeOfDay = (moment) =>
  new Intl.DateTimeFormat("de-DE", { hour: "2-digit", minute: "2-digit", timeZone: desk?.dataset.zone }).format(moment);

/** @param {HTMLElement} time */
function tellDue(time) {
  const left = Date.parse(time.getAttribute("datetime") ?? "") - now();
  if (Math.abs(left) >= NEAR) return; // further away, the server's words hold for longer than a page is looked at
  const text = left < 0 ? fill(words.over, { span: span(-left) }) : fill(words.left, { span: span(left) });
  if (time.textContent !== text) time.textContent = text;
  const due = time.closest(".due");
  due?.classList.toggle("late", left < 0);
  due?.classList.toggle("soon", left >= 0 && left < SOON);
}

/** @param {HTMLElement} time */
function tellAgo(time) {
  const moment = Date.parse(time.getAttribute("datetime") ?? "");
  const passed = now() - moment;
  if (passed < 0 || passed >= 2 * SOON) return;
  let text = words.now;
  if (passed >= SOON) text = time.textContent === words.now || /\d/.test(time.textContent ?? "") ? today(moment) : "";
  else if (passed >= MINUTE) text = fill(words.ago, { minutes: Math.floor(passed / MINUTE) });
  if (text && time.textContent !== text) time.textContent = text;
}

/** Around midnight "today" would be wrong for an hour; then the server's words stay. @param {number} moment */
function today(moment) {
  const dayOf = (/** @type {number} */ at) => new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone: desk?.dataset.zone }).format(at);
  return dayOf(moment) === dayOf(now()) ? fill(words.today, { time: timeOfDay(moment) }) : "";
}

export function tick() {
  for (const time of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("time[data-due]"))) tellDue(time);
  for (const time of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("time[data-ago]"))) tellAgo(time);
}

if (desk) {
  setInterval(tick, TICK);
  document.addEventListener("visibilitychange", () => document.hidden || tick());
}
