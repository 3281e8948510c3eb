/**
 * Draws the charts of a page once everything else is painted. The specification stands in the page as JSON; its
 * colours are names of tokens, so light and dark need no second drawing. Without this script the table tells the same.
 */

/**
 * @typedef {{ view: { resize(): any, finalize(): void } }} Drawn
 * @typedef {(node: Element, spec: object, options: object) => Promise<Drawn>} Embed
 */

/** Under our content policy Vega interprets its expressions (`ast`) and brings no style of its own. */
const OPTIONS = {
  mode: "vega-lite",
  ast: true,
  actions: false,
  defaultStyle: false,
  renderer: "svg",
  tooltip: false,
};

/**
 * The function that draws; its script is asked for once, however many charts there are.
 *
 * @param {string} address
 * @returns {Promise<Embed>}
 */
function loadEmbed(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(/** @type {any} */ (window).vegaEmbed);
    script.onerror = () => reject(new Error("The script that draws charts is missing."));
    document.head.append(script);
  });
}

/**
 * Draw one chart and say so, which makes room for the links over its days.
 *
 * @param {HTMLElement} figure
 * @param {Embed} embed
 */
async function draw(figure, embed) {
  const told = document.getElementById(figure.dataset.chart ?? "");
  const place = figure.querySelector(".drawing");
  if (!told || !place) return;
  const font = getComputedStyle(figure).fontFamily;
  // Drawn over the one before and then in its place, so that nothing blinks.
  const next = /** @type {Element} */ (place.cloneNode(false));
  place.after(next);
  await embed(next, JSON.parse(told.textContent ?? ""), { ...OPTIONS, config: { font } });
  place.remove();
  figure.classList.add("drawn");
}

/** @returns {Promise<void>} */
function afterPaint() {
  const idle = /** @type {any} */ (window).requestIdleCallback ?? requestAnimationFrame;
  return new Promise((resolve) => {
    if (document.readyState === "complete") idle(() => resolve());
    else addEventListener("load", () => idle(() => resolve()), { once: true });
  });
}

/** @returns {HTMLElement[]} */
const figures = () => [...document.querySelectorAll("[data-chart]")].filter((one) => one instanceof HTMLElement);

/** @type {Promise<Embed> | undefined} */
let embedding;

/** @type {Promise<void>} */
let drawing = Promise.resolve();

async function drawOnce() {
  const address = figures()[0]?.dataset.script;
  if (!address) return;
  try {
    embedding ??= afterPaint().then(() => loadEmbed(address));
    const embed = await embedding;
    await Promise.all(figures().map((figure) => draw(figure, embed)));
  } catch {
    figures().forEach((figure) => figure.classList.add("undrawn"));
  }
}

/** One drawing after the other: two at once would both take the place of the same one, and both would stay. */
function drawAll() {
  drawing = drawing.then(drawOnce);
}

document.addEventListener("resonanz:counted", drawAll);
drawAll();
