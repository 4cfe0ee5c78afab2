// Telephone numbers and web addresses inside a text, made tappable. Text is only ever inserted as text.

// Regular expressions here use no look-behind: Safari before 16.4 would refuse the whole file.
const GAP = "[ \\u00a0\\u202f.-]?";
const SHORT = "11[234578]|1522|1530|19696|116 ?(?:000|006|111|117|123)|020202|060606";
const PHONES = [
  `\\+\\d(?:${GAP}\\d){5,13}`, //                                        +39 02 884
  `8(?:00|40|48)${GAP}\\d{3}${GAP}\\d{3}|803${GAP}\\d{3}`, //            800 290 290
  "0\\d{1,3}[ /-]?\\d{5,8}|0\\d{1,3} \\d{3,4} \\d{3,4}", //              099 4581111
  `3\\d\\d${GAP}\\d{3}${GAP}\\d{3,4}`, //                                333 123 4567
  SHORT, //                                                              112
].join("|");
// Marks of direction (U+200E, U+200F, U+2066 to U+2069) end an address: they are around it, not in it.
const FOUND = new RegExp(
  `(https?://[^\\s<>"\\u200e\\u200f\\u2066-\\u2069]+)|((?:${PHONES})(?!\\w|[:/.,-]\\d))`,
  "gi",
);
const ONLY_SHORT = new RegExp(`^(?:${SHORT})$`);
const TAIL = /[.,;:!?'"»”’،؛؟।]+$/;

// "Via Roma, 112", "art. 117" and "115 euro" are no telephones.
const STREET = "via|viale|v\\.le|vicolo|piazza|p\\.zza|piazzale|corso|c\\.so|largo|strada|lungomare";
const NAME = "[A-ZÀ-Ú0-9][\\wÀ-ú'’.]*|d[aie]|de[il]|dell[aeo]|dell?['’][\\wÀ-ú]+|degli|san|e";
const ADDRESS = new RegExp(`(?:^|[^\\w])(?:${cased(STREET)})(?:\\s+(?:${NAME}))+[\\s,]*(?:n\\.?\\s*)?$`);
const ARTICLE = /(?:\bart\.?|articol[oi]|articles?|artículos?|€)\s*$/i;
const AMOUNT = /^\s*(?:€|%|euros?\b)/i;

function cased(words) {
  return words.replace(/(^|\|)([a-z])/g, (_, bar, letter) => `${bar}[${letter}${letter.toUpperCase()}]`);
}

/** The text as nodes: words, and anchors for its telephone numbers and web addresses. */
export function linked(text) {
  const nodes = [];
  let done = 0;
  for (const found of text.matchAll(FOUND)) {
    const before = text.slice(0, found.index);
    const words = found[1] ? address(found[1]) : found[2];
    if (found[2] && !isPhone(words, before, text.slice(found.index + words.length))) continue;
    nodes.push(text.slice(done, found.index), found[1] ? webLink(words) : phoneLink(words));
    done = found.index + words.length;
  }
  nodes.push(text.slice(done));
  return nodes.filter((node) => node !== "");
}

/** A web address without the punctuation of the sentence that it ends. */
function address(words) {
  const shorter = words.replace(TAIL, "");
  return shorter.endsWith(")") && !shorter.includes("(") ? address(shorter.slice(0, -1)) : shorter;
}

function isPhone(words, before, after) {
  if (/[\w+/]$|\d[.,:-]$/.test(before)) return false;
  return !ONLY_SHORT.test(words) || !(ADDRESS.test(before) || ARTICLE.test(before) || AMOUNT.test(after));
}

function phoneLink(words) {
  return anchor(words, `tel:${words.replace(/[^\d+]/g, "")}`);
}

function webLink(words) {
  const link = anchor(words, words);
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

/** `dir` keeps "+39 02 884" in its order inside a right-to-left line. */
function anchor(words, href) {
  const link = document.createElement("a");
  link.href = href;
  link.dir = "ltr";
  link.textContent = words;
  return link;
}
