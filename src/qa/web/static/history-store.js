// Conversations in the browser's storage: one entry each, so that a damaged one harms no other. Everything read here may
// be foreign or broken; what can't be a conversation is passed over and makes room first.
import { root } from "./common.js";

const FORM = 1;
// Of several who log in at one browser each finds their own; that hides, it does not protect.
const WHO = document.getElementById("yj-drawer").dataset.who;
const PREFIX = `youju-chat-${FORM}:${root}:${WHO}:`;
const OFF = `youju-chat-off:${root}`;
// localStorage counts UTF-16 units of two bytes: 2 MB in all. One conversation has to fit into a request of 512 KB, in
// which a Chinese letter takes three bytes.
const ALL = 1_000_000;
const ONE = 400_000;
const TURNS = 100;

const bytes = (text) => new TextEncoder().encode(text).length;

function attempt(work, otherwise) {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

// Whether the browser lets us keep anything at all.
export const allowed = () =>
  attempt(() => {
    localStorage.setItem(`${OFF}?`, "");
    localStorage.removeItem(`${OFF}?`);
    return true;
  }, attempt(() => localStorage.length > 0, false));

export const isOff = () => attempt(() => localStorage.getItem(OFF) === "1", true);
export const setOff = (off) => attempt(() => (off ? localStorage.setItem(OFF, "1") : localStorage.removeItem(OFF)));

export function newId() {
  const made = crypto.getRandomValues(new Uint8Array(16));
  return [...made].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const sane = (one, id) =>
  one?.form === FORM &&
  one.id === id &&
  Number.isFinite(one.at) &&
  Math.abs(one.at) < 8.64e15 &&
  Array.isArray(one.turns) &&
  one.turns.length > 0 &&
  one.turns.every((turn) => typeof turn?.question === "string" && Array.isArray(turn.citations));

const keys = () =>
  attempt(() => Array.from({ length: localStorage.length }, (_, i) => localStorage.key(i)).filter((key) => key?.startsWith(PREFIX)), []);

// Every entry as {key, size, one}; one is null where it is no conversation.
function entries() {
  return keys().map((key) => {
    const text = attempt(() => localStorage.getItem(key), null) ?? "";
    const one = attempt(() => JSON.parse(text), null);
    return { key, size: key.length + text.length, one: sane(one, key.slice(PREFIX.length)) ? one : null };
  });
}

// All conversations, the newest first.
export const all = () =>
  entries()
    .map((entry) => entry.one)
    .filter(Boolean)
    .sort((a, b) => b.at - a.at);

export const get = (id) => all().find((one) => one.id === id) ?? null;

// The newest turns that fit into one request.
export function newest(turns) {
  let from = Math.max(0, turns.length - TURNS);
  let size = 0;
  for (let at = turns.length - 1; at >= from; at--) {
    size += bytes(JSON.stringify(turns[at])) + 1;
    if (size > ONE) from = at + 1;
  }
  return turns.slice(from);
}

// Keep a conversation {id, at, turns}; the oldest others go until it fits. False when it doesn't fit even so.
export function put(conversation, count) {
  const one = { form: FORM, ...conversation, turns: newest(conversation.turns) };
  if (!one.turns.length) return false;
  const key = PREFIX + one.id;
  const text = JSON.stringify(one);
  const others = entries()
    .filter((entry) => entry.key !== key)
    .sort((a, b) => (a.one?.at ?? -Infinity) - (b.one?.at ?? -Infinity));
  let size = others.reduce((sum, entry) => sum + entry.size, key.length + text.length);
  const makeRoom = () => {
    const gone = others.shift();
    if (!gone) return false;
    size -= gone.size;
    return attempt(() => (localStorage.removeItem(gone.key), true), false);
  };
  while (others.length >= count || (size > ALL && others.length)) makeRoom();
  for (;;) {
    if (attempt(() => (localStorage.setItem(key, text), true), false)) return true;
    if (!makeRoom()) return false;
  }
}

export const drop = (id) => attempt(() => localStorage.removeItem(PREFIX + id));
export const clear = () => keys().forEach((key) => attempt(() => localStorage.removeItem(key)));
