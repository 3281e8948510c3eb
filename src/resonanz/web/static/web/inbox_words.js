/** What scripts of the inbox say; the server puts it on the page in the reader's language. */

/** @type {Record<string, string>} */
const words = JSON.parse(document.getElementById("inbox-words")?.textContent ?? "{}");

/** @param {string} name @param {Record<string, string | number>} [values] @returns {string} */
export const say = (name, values = {}) =>
  (words[name] ?? "").replace(/%\((\w+)\)s/g, (_all, key) => String(values[key] ?? ""));
