/**
 * The tour follows what somebody does: it goes on when a number was followed, a case stands open, an evaluation was
 * looked at, an answer was sent. The server knows the step when a page is loaded; this module knows what happens after.
 */

const LAST = 5;
const STEP = "resonanz-tour-step";
const FOLDED = "resonanz-tour-folded";
const POINTED = "tour-here";
const REACTION = ".said.ours ~ .said:not(.ours, .note)";
const card = document.getElementById("tour");

/** @param {string} selector @returns {HTMLElement | null} */
const part = (selector) => card?.querySelector(selector) ?? null;

const isWalking = card !== null && part("[data-tour-step]") !== null;

/** @returns {number} */
const step = () => Number(card?.dataset.step);

/** @returns {boolean} whether a case stands open on this page */
const caseIsOpen = () => document.querySelector("[data-open-case]") !== null;

/** Where the words of a step hold; elsewhere the card shows the way there. @param {string} place */
function isThere(place) {
  if (place === "case") return caseIsOpen();
  return place === "/" ? location.pathname === "/" : location.pathname.startsWith(place);
}

/** @returns {Element | null} what the step that is shown speaks of, marked */
function point() {
  const shown = part(`[data-tour-step="${step()}"]`);
  const found = shown?.dataset.points ? document.querySelector(shown.dataset.points) : null;
  document.querySelectorAll(`.${POINTED}`).forEach((one) => one === found || one.classList.remove(POINTED));
  if (!found?.classList.contains(POINTED)) found?.classList.add(POINTED);
  shown?.querySelectorAll("[data-elsewhere]").forEach((way) => {
    if (way instanceof HTMLElement) way.hidden = isThere(way.dataset.elsewhere ?? "");
  });
  const reacted = document.querySelector(REACTION) !== null;
  card?.querySelectorAll("[data-reacted]").forEach((one) => {
    if (one instanceof HTMLElement) one.hidden = (one.dataset.reacted === "yes") !== reacted;
  });
  return found;
}

function show() {
  card?.querySelectorAll("[data-tour-step]").forEach((one) => {
    if (one instanceof HTMLElement) one.hidden = Number(one.dataset.tourStep) !== step();
  });
  const back = part("[data-tour-back]");
  const onward = part("[data-tour-onward]");
  if (back) back.hidden = step() <= 1;
  if (onward) onward.hidden = step() >= LAST;
  part("[data-tour-end]")?.classList.toggle("quiet", step() < LAST);
  point()?.scrollIntoView({ block: "nearest" });
}

/** @param {number} wanted */
function goTo(wanted) {
  if (!card) return;
  card.dataset.step = String(Math.min(Math.max(wanted, 1), LAST));
  sessionStorage.setItem(STEP, card.dataset.step);
  show();
}

/** Forward only, never back. @param {number} wanted */
function reach(wanted) {
  if (step() < wanted) goTo(wanted);
}

function look() {
  if (step() <= 2 && caseIsOpen()) reach(3);
  point();
}

/** Lists and cases are replaced while they are looked at; the mark goes with what takes their place. */
function watch() {
  let waits = false;
  const soon = () => {
    if (!waits) requestAnimationFrame(() => ((waits = false), look()));
    waits = true;
  };
  const main = document.querySelector("main");
  if (main) new MutationObserver(soon).observe(main, { childList: true, subtree: true });
}

/** @param {boolean} folded */
function fold(folded) {
  const button = part("[data-tour-fold]");
  card?.classList.toggle("folded", folded);
  button?.setAttribute("aria-expanded", String(!folded));
  sessionStorage.setItem(FOLDED, folded ? "yes" : "");
}

function walk() {
  const kept = Number(sessionStorage.getItem(STEP));
  if (kept > step() && kept <= LAST) goTo(kept);
  else goTo(step());
  const button = part("[data-tour-fold]");
  if (button) button.hidden = false;
  fold(sessionStorage.getItem(FOLDED) === "yes");
  look();
  part("[data-tour-back]")?.addEventListener("click", () => goTo(step() - 1));
  part("[data-tour-onward]")?.addEventListener("click", () => goTo(step() + 1));
  button?.addEventListener("click", () => fold(!card?.classList.contains("folded")));
  watch();
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("focusin", onFocus);
}

/** Whoever looks into an evaluation has seen why it is judged so. @param {MouseEvent} event */
function onClick(event) {
  if (event.target instanceof Element && event.target.closest(".said [data-judged]") && step() === 3) reach(4);
}

/** On a phone the card makes way for whoever writes. @param {FocusEvent} event */
function onFocus(event) {
  const writes = event.target instanceof HTMLTextAreaElement;
  if (writes && matchMedia("(max-width: 720px)").matches) fold(true);
}

/** An answer was sent, or the tour ends. @param {SubmitEvent} event */
function onSubmit(event) {
  if (!(event.target instanceof HTMLFormElement)) return;
  if (event.target.dataset.act === "reply") reach(LAST);
  if (card?.contains(event.target)) [STEP, FOLDED].forEach((kept) => sessionStorage.removeItem(kept));
}

if (isWalking) walk();
else sessionStorage.removeItem(STEP);
