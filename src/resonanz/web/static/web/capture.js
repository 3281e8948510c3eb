/**
 * The screenshot of what is captured: pasted, dropped, or shared by a telephone, it is put into the form's own field, so
 * that nothing is kept before somebody captures it.
 */

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-capture]"));
const field = /** @type {HTMLInputElement | null} */ (form?.elements.namedItem("screenshot") ?? null);
const shot = /** @type {HTMLImageElement | null} */ (document.getElementById("shot"));



function show() {
  const file = field?.files?.[0];
  if (!shot) return;
  shot.hidden = !file;
  if (!file) return;
  const reader = new FileReader(); // the policy of our pages knows data, but no blobs
  reader.addEventListener("load", () => { shot.src = String(reader.result); });
  reader.readAsDataURL(file);
}

/** @param {File | undefined} file */
function put(file) {
  if (!field || !file?.type.startsWith("image/")) return;
  const held = new DataTransfer();
  held.items.add(file);
  field.files = held.files;
  show();
}

/** What a telephone shared stands in the page itself. @param {string} address */
function unpacked(address) {
  const [head, data] = address.split(",", 2);
  const type = head.slice("data:".length).split(";", 1)[0];
  const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
  return new File([bytes], type === "image/png" ? "shared.png" : "shared.jpg", { type });
}

field?.addEventListener("change", show);
if (shot?.src.startsWith("data:")) put(unpacked(shot.src));
document.addEventListener("paste", (event) => {
  const file = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
  if (!file) return;
  event.preventDefault();
  put(file);
});
form?.addEventListener("dragover", (event) => {
  if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
});
form?.addEventListener("drop", (event) => {
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  put(event.dataTransfer.files[0]);
});
