/**
 * One way to ask our server from an open page. It never throws: what went wrong is an answer, too.
 *
 * A sign-in page in place of an answer means that the session ended; the page is told by `resonanz:signed-out`, and
 * nothing on it is lost.
 */

/**
 * @typedef {object} Answer
 * @property {boolean} ok
 * @property {number} status 0 when nobody answered
 * @property {string} html
 * @property {any} data what came as JSON
 * @property {boolean} signedOut
 */

const PATIENCE = 20_000; // only for questions: whether an act was done is not known before its answer

/** The token of this moment: it changes when somebody signs in again. @returns {string} */
export function token() {
  const cookie = document.cookie.split("; ").find((each) => each.startsWith("csrftoken="));
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector("[name=csrfmiddlewaretoken]"));
  return cookie ? decodeURIComponent(cookie.slice("csrftoken=".length)) : field?.value ?? "";
}

/**
 * @param {string} address
 * @param {{form?: FormData, keepalive?: boolean}} [how] with a form it is a POST
 * @returns {Promise<Answer>}
 */
export async function ask(address, { form, keepalive = false } = {}) {
  /** @type {Record<string, string>} */
  const headers = { "HX-Request": "true", "X-CSRFToken": token() };
  const signal = form ? undefined : AbortSignal.timeout(PATIENCE);
  form?.delete("csrfmiddlewaretoken");
  try {
    const answer = await fetch(address, { method: form ? "POST" : "GET", body: form, headers, keepalive, signal });
    const signedOut = answer.redirected && new URL(answer.url).pathname.startsWith("/accounts/");
    if (signedOut) document.dispatchEvent(new CustomEvent("resonanz:signed-out"));
    const json = answer.headers.get("content-type")?.startsWith("application/json") ?? false;
    return {
      ok: answer.ok && !signedOut,
      status: answer.status,
      html: json || signedOut ? "" : await answer.text(),
      data: json ? await answer.json() : null,
      signedOut,
    };
  } catch {
    return { ok: false, status: 0, html: "", data: null, signedOut: false };
  }
}
