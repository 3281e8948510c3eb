/** Says on the message that takes something back how long that is possible; the message goes with its time. */

/** @param {ParentNode} root */
function start(root) {
  for (const bar of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".toast[data-seconds]"))) {
    bar.style.setProperty("--stays", `${bar.dataset.seconds}s`);
    bar.removeAttribute("data-seconds");
  }
}

start(document);
const region = document.querySelector(".toasts");
if (region) new MutationObserver(() => start(region)).observe(region, { childList: true });
