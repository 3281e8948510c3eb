/**
 * Pictures beside the answer that is being written: chosen, pasted or dropped, they are brought at once, one by one, so
 * that they are a part of the draft like its words. Without this script the same form brings them when it is sent.
 */

import { ask } from "./asking.js";

/** @returns {HTMLElement | null} */
const place = () => document.getElementById("attachments");
const form = () => /** @type {HTMLFormElement | null} */ (place()?.closest("form") ?? null);
/** @type {Promise<unknown>} one after the other: each answer shows all of them */
let running = Promise.resolve();

/** @param {string} text */
function refuse(text) {
  const line = /** @type {HTMLElement | null} */ (place()?.querySelector(".refused") ?? null);
  if (!line) return;
  line.textContent = text;
  line.hidden = !text;
}

/** @param {Record<string, string | Blob>} more what the form does not say itself */
function asked(more) {
  const typed = form();
  const sent = new FormData();
  if (!typed) return sent;
  for (const [name, value] of new FormData(typed)) {
    if (name === "key" || name === "post_id" || name.startsWith("alt-")) sent.append(name, value);
  }
  for (const [name, value] of Object.entries(more)) sent.append(name, value);
  return sent;
}

/** @param {import("./asking.js").Answer} answer @param {HTMLElement} before @param {HTMLFormElement} of */
function show(answer, before, of) {
  const made = document.createElement("template");
  made.innerHTML = answer.html;
  const after = /** @type {HTMLElement | null} */ (made.content.getElementById("attachments"));
  if (!after) return refuse(before.dataset.failed ?? "");
  before.replaceWith(after);
  const key = /** @type {HTMLInputElement | null} */ (of.elements.namedItem("key"));
  if (key && after.dataset.formKey) key.value = after.dataset.formKey;
}

/** @param {Record<string, string | Blob>} more */
async function change(more) {
  const [before, of] = [place(), form()];
  if (!before || !of) return;
  const status = before.querySelector("[data-adding]");
  if (status && "pictures" in more) status.textContent = before.dataset.busyWords ?? "";
  const answer = await ask(before.dataset.attach ?? "", { form: asked(more) });
  if (!before.isConnected) return; // on to another case meanwhile; the draft of that one holds it
  show(answer, before, of);
}

/** @param {FileList | File[]} files */
function add(files) {
  const found = [...files].filter((file) => file.type.startsWith("image/"));
  const most = Number(place()?.dataset.most ?? 0);
  for (const file of found) {
    if (file.size > most) refuse(place()?.dataset.tooLarge ?? "");
    else running = running.then(() => change({ pictures: file }));
  }
  running = running.then(() => {
    const empty = [.../** @type {NodeListOf<HTMLTextAreaElement>} */ (place()?.querySelectorAll("textarea") ?? [])];
    if (found.length) empty.find((field) => !field.value)?.focus();
  });
}

document.addEventListener("change", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLElement) || !field.closest("#attachments")) return;
  if (field instanceof HTMLInputElement && field.files) {
    const files = [...field.files];
    field.value = ""; // else the form would bring them once more
    add(files);
  } else if (field instanceof HTMLTextAreaElement) {
    const of = form();
    const address = place()?.dataset.attach;
    if (of && address) running = running.then(() => ask(address, { form: asked({}) }));
  }
});

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("#attachments button[name=remove]") : null;
  if (!(button instanceof HTMLButtonElement)) return;
  event.preventDefault();
  running = running.then(() => change({ remove: button.value })).then(() => document.getElementById("pictures")?.focus());
});

document.addEventListener("paste", (event) => {
  const field = event.target instanceof Element ? event.target.closest("form[data-draft]") : null;
  const files = event.clipboardData?.files ?? [];
  if (!field || !files.length || !document.getElementById("pictures")) return;
  event.preventDefault();
  add(files);
});

/** @param {DragEvent} event @returns {HTMLFormElement | null} */
const under = (event) => {
  const found = event.target instanceof Element ? event.target.closest("form[data-draft]") : null;
  const brings = event.dataTransfer?.types.includes("Files") && document.getElementById("pictures");
  return brings ? /** @type {HTMLFormElement | null} */ (found) : null;
};
document.addEventListener("dragover", (event) => {
  const paper = under(event);
  if (!paper) return;
  event.preventDefault();
  paper.classList.add("is-dropped-on");
});
document.addEventListener("dragleave", (event) => under(event)?.classList.remove("is-dropped-on"));
document.addEventListener("drop", (event) => {
  const paper = under(event);
  if (!paper) return;
  event.preventDefault();
  paper.classList.remove("is-dropped-on");
  add(event.dataTransfer?.files ?? []);
});
