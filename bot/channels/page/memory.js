// What this phone remembers: which conversation it has, and what it could not send.
// In a private window nothing is kept, and the conversation lives as long as the page.

/** The id of the conversation that this phone has, or null. */
export function savedConversation() {
  return read("conversation");
}

export function saveConversation(id) {
  write("conversation", id);
}

/** The messages that the last visit could not send. */
export function savedWaiting() {
  try {
    return JSON.parse(read("waiting")) ?? [];
  } catch {
    return [];
  }
}

/** Unsent messages survive a page that the phone has thrown away. */
export function saveWaiting(items) {
  write("waiting", JSON.stringify(items.map(({ message, body, shown }) => ({ message, body, shown }))));
}

/** 128 random bits, in base64url: who knows the id of a conversation can read it. */
export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function read(name) {
  try {
    return localStorage.getItem(`sportello.${name}`);
  } catch {
    return null;
  }
}

function write(name, value) {
  try {
    localStorage.setItem(`sportello.${name}`, value);
  } catch {
    // Private window: see above.
  }
}
