// What is seen: bubbles, buttons, cards, notices and where the page stands. Knows no network and decides nothing.
import { linked } from "./links.js";

const FALLBACK = "it";
const NEAR_END = 120; // pixels
const SHORT_LABEL = 8; // characters: "09:30"
const LONG_LABEL = 22;

const find = (id) => document.getElementById(id);
const scroller = find("scroller");
const log = find("log");
const box = find("box");

let languages = {};
let words = {};
let current = FALLBACK;

// ---- words and language

/** Takes the words in, as `GET /chat/words` gives them; returns the first preferred language that is on offer. */
export function learn(answer, preferred) {
  languages = Object.fromEntries(answer.languages.map((language) => [language.code, language]));
  words = answer.words;
  const offered = preferred.find((code) => code in words);
  speak(offered ?? FALLBACK);
  for (const id of ["composer", "restart"]) find(id).hidden = false;
  return offered;
}

/** The page in that language, when it is one of ours. */
export function speak(code) {
  if (!(code in words)) return;
  current = code;
  document.documentElement.lang = code;
  document.documentElement.dir = direction(code);
  document.title = say("title");
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  for (const element of document.querySelectorAll("[data-word-label]")) {
    element.setAttribute("aria-label", say(element.dataset.wordLabel));
    if (element.tagName === "BUTTON") element.title = say(element.dataset.wordLabel);
  }
  box.placeholder = say(box.dataset.wordPlaceholder);
  fitBox();
}

export function language() {
  return current;
}

/** One of the page's words, in the page's language or in another one of ours. */
export function say(name, code = current) {
  return (words[code] ?? words[current])[name];
}

function direction(code) {
  return code in languages ? (languages[code].rtl ? "rtl" : "ltr") : "auto";
}

// ---- bubbles

/** The person's own bubble, at the end side. */
export function showPerson(text, code) {
  const message = personBubble(text, code);
  log.append(message);
  stayAtEnd();
  return message;
}

/** A bubble that could not be sent says so. */
export function markNotSent(message) {
  message.classList.add("not-sent");
  message.append(make("p", { class: "state" }, say("not_sent")));
}

/** Sportello's replies. Those nobody asked for do not move the page of somebody who is reading further up. */
export function showReplies(replies, { asked }) {
  const follow = asked || isAtEnd();
  const messages = replies.map(replyBubble);
  log.append(...messages);
  markOpenOptions();
  if (follow) reveal(messages[0]);
  else find("new-message").hidden = false;
  return messages;
}

/** Words of the page itself among the bubbles, such as why there is no location. */
export function showNote(text) {
  log.append(make("p", { class: "note", lang: current, dir: direction(current) }, text));
  stayAtEnd();
}

/** Draws what was said before, without reading it all out to screen readers. */
export function showPast(messages) {
  log.setAttribute("aria-live", "off");
  log.replaceChildren(
    ...messages.map((message) =>
      message.from === "person" ? personBubble(message.text, message.language) : replyBubble(message),
    ),
  );
  markOpenOptions();
  if (log.lastElementChild) reveal(log.lastElementChild);
  setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
}

function personBubble(text, code) {
  const bubble = make("div", { class: "bubble" }, make("p", { class: "text", dir: "auto" }, text));
  return make("div", { class: "message person", lang: code }, speaker(say("you")), bubble);
}

function replyBubble(reply) {
  const code = reply.language ?? current;
  const parts = [];
  if (reply.text) parts.push(make("p", { class: "text" }, ...linked(reply.text)));
  if (reply.location) parts.push(placeCard(reply.location, code));
  if (reply.link && !reply.text?.includes(reply.link)) parts.push(linkCard(reply.link, code));
  if (reply.document) parts.push(documentCard(reply.document, code));
  return make(
    "div",
    { class: "message sportello", "data-id": reply.id, lang: code, dir: direction(code) },
    speaker("Sportello"),
    parts.length && make("div", { class: "bubble" }, ...parts),
    reply.options?.length && optionButtons(reply.options, code),
    reply.wants_location && make("button", { type: "button", class: "locate" }, say("send_location", code)),
  );
}

/** The last buttons stand out, also when a notice comes after them; earlier ones stay tappable. */
function markOpenOptions() {
  const all = [...log.querySelectorAll(".options")];
  all.forEach((options) => options.classList.toggle("open", options === all[all.length - 1]));
}

/** Who speaks: seen by nobody, read by screen readers. */
function speaker(name) {
  return make("span", { class: "unseen" }, `${name}: `);
}

function optionButtons(options, code) {
  const longest = Math.max(...options.map((option) => option.label.length));
  const described = options.some((option) => option.description);
  const width = described || longest > LONG_LABEL ? "wide" : longest > SHORT_LABEL ? "middling" : "narrow";
  const buttons = options.map(({ key, label, description }) =>
    make(
      "button",
      { type: "button", class: "option", "data-key": key },
      make("span", { class: "label" }, label),
      description && make("span", { class: "description" }, description),
    ),
  );
  return make("div", { class: `options ${width}`, role: "group", "aria-label": say("choose", code) }, ...buttons);
}

function placeCard({ latitude, longitude, name, address }, code) {
  const point = `${latitude},${longitude}`;
  const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`;
  const app = `geo:${point}?q=${encodeURIComponent(name ? `${point}(${name})` : point)}`;
  return make(
    "div",
    { class: "card place" },
    name && make("p", { class: "name" }, make("bdi", {}, name)),
    address && make("p", { class: "address" }, make("bdi", {}, address)),
    make("a", { class: "action map", href: map, ...elsewhere }, say("map", code)),
    // Only Android has an app for these addresses as a rule; elsewhere a tap would do nothing.
    /Android/.test(navigator.userAgent) && make("a", { class: "action map-app", href: app }, say("map_app", code)),
  );
}

function linkCard(link, code) {
  const url = new URL(link, location.href);
  if (!["http:", "https:"].includes(url.protocol)) return null;
  return make(
    "a",
    { class: "card action link", href: url.href, ...elsewhere },
    make("span", { class: "name" }, say("link", code)),
    make("span", { class: "address" }, make("bdi", {}, url.host)),
  );
}

function documentCard({ name, media_type, content }, code) {
  if (media_type === "image/png") {
    // A code to be scanned: its letters are in the words beside it.
    return make("img", { class: "picture", src: `data:image/png;base64,${content}`, alt: name });
  }
  const file = URL.createObjectURL(new Blob([content], { type: media_type }));
  return make(
    "a",
    { class: "card action document", href: file, download: name },
    make("span", { class: "name" }, say("download", code)),
    make("span", { class: "address" }, make("bdi", {}, name)),
  );
}

const elsewhere = { target: "_blank", rel: "noopener noreferrer" };

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child || child === ""));
  return element;
}

// ---- waiting and trouble

export function setTyping(on) {
  const follow = isAtEnd();
  find("typing").hidden = !on;
  find("typing-words").textContent = on ? say("typing") : "";
  if (on && follow) stayAtEnd();
}

/** A notice above the composer, or none; `again` gives it the button to try again. */
export function setNotice(text, { again = false } = {}) {
  if (document.activeElement === find("again")) log.focus({ preventScroll: true });
  find("notice-body").hidden = text === null;
  find("again").hidden = !again;
  if (text) find("notice-words").textContent = text;
}

// ---- where the page stands

function isAtEnd() {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END;
}

function stayAtEnd() {
  scroller.scrollTop = scroller.scrollHeight;
}

/** The end of the page, or the top of that message when what follows it is taller than the screen. */
function reveal(message) {
  scroller.scrollTop = Math.min(scroller.scrollHeight, message.offsetTop - 12);
}

/** Whether writing needs no keyboard on the screen, so that the box may take the focus by itself. */
export function hasMouse() {
  return matchMedia("(hover: hover) and (pointer: fine)").matches;
}

/** Keeps the last message visible when the keyboard opens, and the box as tall as what is written in it. */
export function watchScreen() {
  let below = 0; // pixels of conversation under the lower edge
  const note = () => (below = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight);
  scroller.addEventListener("scroll", () => {
    note();
    if (isAtEnd()) find("new-message").hidden = true;
  });
  new ResizeObserver(() => (scroller.scrollTop = scroller.scrollHeight - scroller.clientHeight - below)).observe(scroller);
  new MutationObserver(note).observe(log, { childList: true });
  find("new-message").addEventListener("click", stayAtEnd);
  box.addEventListener("input", fitBox);

  // iPhones lay the keyboard over the page instead of shrinking it.
  const seen = window.visualViewport;
  seen?.addEventListener("resize", () => {
    if (seen.scale > 1.01) return;
    document.documentElement.style.setProperty("--height", `${seen.height}px`);
    window.scrollTo(0, 0);
  });
}

export function fitBox() {
  box.dir = box.value ? "auto" : ""; // an empty box would put an Arabic placeholder on the left
  box.style.height = "";
  if (box.value) box.style.height = `${box.scrollHeight + 2}px`; // and its border
}
