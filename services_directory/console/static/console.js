// Keeps the agenda up to date and presses its buttons without leaving the page. Without it everything still works.

const EVERY = 1500; // milliseconds: a change is seen within two seconds
const PATIENCE = 8000;
const HIGHLIGHTED = 8000;
const FAILURES_TOLD = 2;
const DOUBLE_CLICK = 400;
const SAID = 10000;

const live = document.getElementById("live");
const flash = document.getElementById("flash");
const announcements = document.getElementById("announcements");
const connection = document.getElementById("connection");
const deeds = document.getElementById("deeds");

let etag = live.dataset.etag;
let failures = 0;
let deedsDone = 0; // an answer that was asked for before a button was pressed is old
const shown = new Map(); // id of a row or a card -> the markup it was made of, before anybody opened or focused it

for (const item of live.querySelectorAll("[data-part=keyed] > *")) shown.set(item.id, item.outerHTML);

async function poll() {
  const before = deedsDone;
  try {
    const answer = await fetch(live.dataset.poll, {
      headers: { "If-None-Match": etag },
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.status === 401) return location.reload(); // the session is over: the login page says so
    if (answer.status !== 304 && !answer.ok) throw new Error(answer.status);
    if (answer.ok && before === deedsDone) await show(answer);
    connected(true);
  } catch {
    connected(false);
  }
  setTimeout(poll, EVERY);
}

function connected(yes) {
  failures = yes ? 0 : failures + 1;
  const lost = failures >= FAILURES_TOLD;
  connection.classList.toggle("is-lost", lost);
  connection.querySelector(".connected").hidden = lost;
  connection.querySelector(".disconnected").hidden = !lost;
}

async function show(answer) {
  const before = deedsDone;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const agenda = page.getElementById("agenda");
  if (!agenda || before !== deedsDone) return null;
  etag = answer.headers.get("ETag") ?? "";
  const news = [];
  for (const fresh of agenda.querySelectorAll("[data-part]")) {
    const part = document.getElementById(fresh.id);
    part.hidden = fresh.hidden;
    if (fresh.dataset.part === "whole" && part.innerHTML !== fresh.innerHTML) part.innerHTML = fresh.innerHTML;
    if (fresh.dataset.part === "keyed") news.push(...merge(part, fresh));
  }
  announce(news);
  return agenda;
}

// Brings the children of `part` to what `fresh` holds, touching only those that changed. Gives the new rows.
function merge(part, fresh) {
  const wanted = new Set([...fresh.children].map((item) => item.id));
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const lost = focused && !wanted.has(focused.closest(`#${part.id} > *`).id);
  for (const item of [...part.children]) {
    if (!wanted.has(item.id)) {
      shown.delete(item.id);
      item.remove();
    }
  }
  const news = [];
  let place = part.firstElementChild;
  for (const item of [...fresh.children]) {
    const markup = item.outerHTML;
    let standing = part.querySelector(`:scope > #${CSS.escape(item.id)}`);
    if (!standing) {
      part.insertBefore(item, place);
      if (item.dataset.announce) news.push(item);
    } else {
      if (shown.get(item.id) !== markup) {
        if (place === standing) place = item;
        replace(standing, item);
        standing = item;
      }
      if (place === standing) place = place.nextElementSibling;
      else part.insertBefore(standing, place);
    }
    shown.set(item.id, markup);
  }
  // Not onto the next person's button: who presses Enter once more must not do to them what was meant for another.
  if (lost) (part.querySelector("[tabindex]") ?? document.getElementById("day-title")).focus({ preventScroll: true });
  return news;
}

// Puts a changed row in the place of the old one; an opened question stays open, the focus stays in the row.
function replace(standing, item) {
  const question = item.querySelector("details");
  if (question && standing.querySelector("details[open]")) question.open = true;
  const focused = standing.contains(document.activeElement) ? document.activeElement : null;
  standing.replaceWith(item);
  if (!focused) return;
  const same = focused.dataset.verb && item.querySelector(`[data-verb=${focused.dataset.verb}]`);
  (same || item.querySelector("[data-verb=undo], button") || item).focus({ preventScroll: true });
}

function announce(rows) {
  if (!rows.length) return;
  announcements.textContent = rows.map((row) => row.dataset.announce).join(" ");
  for (const row of rows) {
    row.classList.add("is-new");
    setTimeout(() => row.classList.remove("is-new"), HIGHLIGHTED);
  }
}

let saying;

function say(words, refused) {
  clearTimeout(saying);
  saying = setTimeout(() => (flash.hidden = true), refused ? 2 * SAID : SAID);
  flash.textContent = words;
  flash.hidden = !words;
  flash.classList.toggle("notice-refused", refused);
  flash.classList.toggle("notice-done", !refused);
}

async function press(button) {
  try {
    const answer = await fetch(button.formAction, {
      method: "POST",
      headers: { "Sportello-Fragment": "1" },
      body: new URLSearchParams(new FormData(deeds)),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.status === 401) return location.reload();
    deedsDone += 1;
    const agenda = answer.ok || answer.status === 409 ? await show(answer) : null;
    if (!agenda) throw new Error(answer.status);
    say(agenda.dataset.flash, Boolean(agenda.dataset.refused));
  } catch {
    say(live.dataset.notDone, true);
  }
}

// One after the other: of two answers the later one is the newer one.
let pressed = Promise.resolve();
const waiting = new Set();

deeds.addEventListener("submit", (event) => {
  event.preventDefault();
  const button = event.submitter;
  if (waiting.has(button.formAction)) return; // pressed twice
  waiting.add(button.formAction);
  pressed = pressed.then(() => press(button)).finally(() => waiting.delete(button.formAction));
});

// The second half of a double click lands on whatever has come under the pointer: it is not meant.
let click = { at: -Infinity, x: 0, y: 0, address: "" };

live.addEventListener("click", (event) => {
  const address = event.target.closest("button[formaction]")?.formAction;
  if (!address || event.detail === 0) return; // not a button, or the keyboard
  const near = Math.hypot(event.clientX - click.x, event.clientY - click.y) < 8;
  if (near && address !== click.address && event.timeStamp - click.at < DOUBLE_CLICK) event.preventDefault();
  else click = { at: event.timeStamp, x: event.clientX, y: event.clientY, address };
});

// Escape takes the question back, as in a dialogue.
live.addEventListener("keydown", (event) => {
  const question = event.key === "Escape" && event.target.closest("details[open]");
  if (!question) return;
  question.open = false;
  question.querySelector("summary").focus();
});

poll();
