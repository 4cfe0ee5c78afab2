// The web chat: what happens when somebody writes, taps or waits. What is seen is in view.js, the network in wire.js.
import { Refused, ask, insist, tryNow } from "./wire.js";
import { randomId, saveConversation, saveWaiting, savedConversation, savedWaiting } from "./memory.js";
import * as view from "./view.js";

// Milliseconds.
const POLL = 5_000;
const SLOWEST_POLL = 60_000;
const TYPING_AFTER = 300;
const TROUBLE_AFTER = 6_000;
const LONGEST_LOCATING = 15_000;
const LONGEST_START = 64; // characters, as the server takes them

const find = (id) => document.getElementById(id);
const box = find("box");
const browserLanguages = navigator.languages.map((code) => code.toLowerCase().split("-")[0]);

/** The conversation on the screen; "new conversation" ends it and puts another in its place. */
let talk;

function begin(id, language) {
  saveConversation(id);
  return {
    id,
    language, // a hint to the server, never a choice
    ended: new AbortController(),
    seen: new Set(), // ids of the replies on the screen
    after: 0, // what was polled so far; replies to messages do not move it, or a notice written meanwhile would be lost
    waiting: [], // messages not yet answered, oldest first
    sending: false,
  };
}

// ---- sending

/** Shows the message and sends it in its turn. `shown` is its bubble's text and language, or null for none. */
function post(body, shown, { button = null, first = false } = {}) {
  const item = { message: randomId(), body, shown, button };
  if (first) talk.waiting.unshift(item);
  else talk.waiting.push(item);
  saveWaiting(talk.waiting);
  show(item);
  send(talk);
}

function show(item) {
  if (item.shown) item.bubble = view.showPerson(item.shown.text, item.shown.language);
}

/** Sends what waits, one message after the other, so that answers come in the order of the questions. */
async function send(current) {
  if (current.sending) return;
  current.sending = true;
  try {
    while (current.waiting.length > 0 && current === talk) await sendFirst(current);
  } catch (error) {
    if (!current.ended.signal.aborted) throw error; // else: a new conversation was begun
  } finally {
    current.sending = false;
  }
}

async function sendFirst(current) {
  const item = current.waiting[0];
  const body = { conversation: current.id, message: item.message, language: current.language, ...item.body };
  const answer = await patiently("weak", "/chat/messages", { body, signal: current.ended.signal }).catch(refusal);
  if (current !== talk) return;
  current.waiting.shift();
  saveWaiting(current.waiting);
  if (answer instanceof Refused) giveBack(item, answer);
  else receiveAnswer(current, item, answer);
}

/** For `catch`: a refusal is an answer too; what else went wrong goes on. */
function refusal(error) {
  if (error instanceof Refused) return error;
  throw error;
}

/** A request that is repeated until it is answered, with dots while it waits and kind words when it takes long. */
async function patiently(trouble, path, options) {
  const tell = (name, again) => {
    clearTimeout(troubled);
    view.setTyping(false);
    view.setNotice(view.say(name), { again });
  };
  const typing = setTimeout(view.setTyping, TYPING_AFTER, true);
  const troubled = setTimeout(tell, TROUBLE_AFTER, trouble, true);
  try {
    return await insist(path, { ...options, whenBusy: () => tell("busy", false) });
  } finally {
    clearTimeout(typing);
    clearTimeout(troubled);
    view.setTyping(false);
    view.setNotice(null);
  }
}

/** A message that the server does not take goes back to whoever wrote it, to be changed. */
function giveBack({ bubble, body }, { detail }) {
  if (bubble) view.markNotSent(bubble);
  view.setNotice(detail ?? view.say("refused"));
  if (body.text && !box.value) {
    box.value = body.text;
    view.fitBox();
  }
}

// ---- receiving

function receiveAnswer(current, { body, button }, answer) {
  if ("start" in body) history.replaceState(null, "", location.pathname); // a reload is no second arrival
  if (current.after === 0) current.after = Math.max(0, ...answer.replies.map((reply) => reply.id));
  const messages = receive(current, answer.language, answer.replies, { asked: true });
  if (button) moveFocus(button, messages);
}

function receive(current, language, replies, { asked }) {
  const fresh = replies.filter((reply) => !current.seen.has(reply.id));
  for (const reply of fresh) current.seen.add(reply.id);
  view.speak(language);
  return fresh.length > 0 ? view.showReplies(fresh, { asked }) : [];
}

/** After a tap: to the first new button, else to the box where that opens no keyboard; never away from writing. */
function moveFocus(button, messages) {
  if (![button, document.body, null].includes(document.activeElement)) return;
  const option = messages.map((message) => message.querySelector(".option, .locate")).find(Boolean);
  if (option) option.focus({ preventScroll: true });
  else if (view.hasMouse()) box.focus();
}

async function showHistory(current) {
  const path = `/chat/messages?conversation=${current.id}&after=0`;
  const answer = await patiently("opening", path, { signal: current.ended.signal }).catch(refusal);
  if (current !== talk) return false;
  const past = answer instanceof Refused ? { messages: [] } : answer;
  current.seen = new Set(past.messages.map((message) => message.id));
  current.after = Math.max(0, ...current.seen);
  view.speak(past.language);
  view.showPast(past.messages);
  current.waiting.forEach(show);
  return past.messages.length > 0;
}

// ---- replies that nobody asked for

let pollTimer;
let pollWait = POLL;

function pollLater() {
  clearTimeout(pollTimer);
  pollTimer = setTimeout(poll, pollWait);
}

/** Fetches notices while the page is looked at; an answer on its way brings its own. */
async function poll() {
  clearTimeout(pollTimer);
  if (document.hidden) return;
  const current = talk;
  try {
    if (!current.sending) {
      const news = await ask(`/chat/messages?conversation=${current.id}&after=${current.after}`);
      if (current === talk && !current.sending) takeNews(current, news);
    }
    pollWait = POLL;
  } catch {
    pollWait = Math.min(pollWait * 2, SLOWEST_POLL);
  }
  pollLater();
}

function takeNews(current, news) {
  const replies = news.messages.filter((message) => message.from === "sportello");
  current.after = Math.max(current.after, ...replies.map((reply) => reply.id));
  receive(current, news.language, replies, { asked: false });
}

// ---- what the person does

function write(event) {
  event.preventDefault();
  const text = box.value.trim();
  box.focus();
  if (!text) return;
  box.value = "";
  view.fitBox();
  if (!talk.sending) view.setNotice(null);
  post({ text }, { text, language: null });
}

box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) write(event);
});
find("composer").addEventListener("submit", write);

// The button must not take the focus: the phone's keyboard would close after every message.
find("send").addEventListener("mousedown", (event) => event.preventDefault());

find("log").addEventListener("click", (event) => {
  const option = event.target.closest(".option");
  const locate = event.target.closest(".locate");
  if (option) tap(option);
  if (locate) sendLocation(locate);
});

function tap(button) {
  if (talk.waiting.some((item) => item.button === button)) return; // a trembling finger
  button.classList.add("chosen");
  const { lang: language } = button.closest(".message");
  post({ tap: button.dataset.key }, { text: button.querySelector(".label").textContent, language }, { button });
}

async function sendLocation(button) {
  if (button.getAttribute("aria-disabled") === "true") return;
  const label = button.textContent;
  const current = talk;
  button.setAttribute("aria-disabled", "true");
  button.textContent = view.say("finding_location");
  try {
    const { latitude, longitude } = (await locate()).coords;
    const shown = { text: `📍 ${view.say("location")}`, language: view.language() };
    if (current === talk) post({ location: { latitude, longitude } }, shown, { button });
  } catch {
    view.showNote(view.say("no_location"));
  }
  button.textContent = label;
  button.removeAttribute("aria-disabled");
}

function locate() {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) reject(new Error("no geolocation"));
    else navigator.geolocation.getCurrentPosition(resolve, reject, { timeout: LONGEST_LOCATING, maximumAge: 60_000 });
  });
}

find("restart").addEventListener("click", () => {
  const dialog = find("restart-dialog");
  if (dialog.showModal) dialog.showModal();
  else if (confirm(`${view.say("restart_question")}\n${view.say("restart_warning")}`)) restart();
});

find("restart-dialog").addEventListener("close", (event) => {
  if (event.target.returnValue === "yes") restart();
  event.target.returnValue = "";
});

function restart() {
  talk.ended.abort();
  talk = begin(randomId(), view.language());
  view.showPast([]);
  post({ start: "" }, null);
}

find("again").addEventListener("click", tryNow);
window.addEventListener("online", tryNow);
document.addEventListener("visibilitychange", () => talk && poll());

// ---- opening

async function open() {
  view.watchScreen();
  const troubled = setTimeout(view.setNotice, TROUBLE_AFTER, "", { again: true });
  const words = await insist("/chat/words");
  clearTimeout(troubled);
  view.setNotice(null);
  const offered = view.learn(words, browserLanguages);

  const saved = savedConversation();
  talk = begin(saved ?? randomId(), offered ?? browserLanguages[0]);
  if (view.hasMouse()) box.focus();
  pollLater();
  if (saved) await resume(talk);
  else arrive(talk, false);
}

/** Sends what the last visit could not, then shows what was said. */
async function resume(current) {
  current.waiting = savedWaiting();
  current.waiting.forEach(show);
  await send(current);
  current.sending = true; // what is written meanwhile waits until the history is on the screen
  const known = await showHistory(current).catch((error) => {
    if (!current.ended.signal.aborted) throw error;
  });
  current.sending = false;
  if (current === talk) arrive(current, known);
}

/** The first word is "start", with the city of the poster or the link that led here. */
function arrive(current, known) {
  const query = new URLSearchParams(location.search);
  const start = (query.get("start") ?? query.get("city") ?? "").slice(0, LONGEST_START);
  if (start || !known) post({ start }, null, { first: true });
  else send(current);
}

open();
