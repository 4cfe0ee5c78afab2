// The wire: one request, and the same request again until it is answered.

const ONE_TRY = 20_000; // milliseconds
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

/** The server understood and said no: trying again would not help. `detail` is its sentence, or null. */
export class Refused extends Error {
  constructor(status, detail) {
    super(`refused: ${status}`);
    this.detail = detail;
  }
}

/** No answer this time. `wait` is how long the server asked to wait, in milliseconds, or null. */
class Unanswered extends Error {
  constructor(status, wait) {
    super(`not answered: ${status}`);
    this.busy = status === 429;
    this.wait = wait;
  }
}

const hurry = new EventTarget();

/** Cuts every wait short: the person asked to try again, or the network came back. */
export function tryNow() {
  hurry.dispatchEvent(new Event("now"));
}

/** One request (POST when there is a body); the answer's JSON. Throws Refused, Unanswered or a network error. */
export async function ask(path, { body, signal } = {}) {
  const attempt = new AbortController();
  const giveUp = () => attempt.abort();
  const timer = setTimeout(giveUp, ONE_TRY);
  hurry.addEventListener("now", giveUp);
  signal?.addEventListener("abort", giveUp);
  if (signal?.aborted) giveUp();
  try {
    const response = await fetch(path, {
      method: body ? "POST" : "GET",
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
      signal: attempt.signal,
    });
    if (response.ok) return await response.json(); // the sign-in page of a free Wi-Fi is no JSON: tried again
    if (response.status >= 500 || [408, 425, 429].includes(response.status)) {
      const seconds = Number(response.headers.get("Retry-After"));
      throw new Unanswered(response.status, seconds > 0 ? seconds * 1000 : null);
    }
    const { detail } = await response.json().catch(() => ({}));
    throw new Refused(response.status, typeof detail === "string" ? detail : null);
  } finally {
    clearTimeout(timer);
    hurry.removeEventListener("now", giveUp);
    signal?.removeEventListener("abort", giveUp);
  }
}

/** Asks until there is an answer, waiting longer each time. Throws Refused, or when `signal` says to stop. */
export async function insist(path, { body, signal, whenBusy = () => {} } = {}) {
  for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    let hurried = false;
    const noteHurry = () => (hurried = true);
    hurry.addEventListener("now", noteHurry, { once: true });
    try {
      return await ask(path, { body, signal });
    } catch (error) {
      if (error instanceof Refused || signal?.aborted) throw error;
      if (error.busy) whenBusy();
      if (!hurried) await pause(error.wait ?? wait * (0.75 + Math.random() / 2), signal);
    } finally {
      hurry.removeEventListener("now", noteHurry);
    }
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, milliseconds);
    hurry.addEventListener("now", finish);
    signal?.addEventListener("abort", finish);
    function finish() {
      clearTimeout(timer);
      hurry.removeEventListener("now", finish);
      signal?.removeEventListener("abort", finish);
      resolve();
    }
  });
}
