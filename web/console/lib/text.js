// SPDX-License-Identifier: Apache-2.0
// The console's words. A language is a file of messages/ and its name here.
import english from "../messages/en.js";

const languages = ["en"];
let messages = english;

export async function loadMessages() {
  const wanted = navigator.languages.map((tag) => tag.split("-")[0]).find((tag) => languages.includes(tag)) ?? "en";
  document.documentElement.lang = wanted;
  if (wanted !== "en") messages = { ...english, ...(await import(`../messages/${wanted}.js`)).default };
}

// Words of another console's own.
export function addMessages(more) {
  messages = { ...messages, ...more };
}

// {0}, {1}, … stand for the values.
export function text(key, ...values) {
  const message = messages[key];
  if (message === undefined) throw new Error(`no message ${key}`);
  return message.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)]));
}

export function hasText(key) {
  return Object.hasOwn(messages, key);
}

// What realms are made with is named by keys in braces; people write names themselves.
export function told(name) {
  const key = /^\$\{(client|role)_(.+)\}$/.exec(name ?? "");
  if (key === null) return name ?? "";
  const message = `built_in.${key[1]}_${key[2]}`;
  return hasText(message) ? text(message) : key[2].replace(/[-_]/g, " ");
}

export function date(milliseconds) {
  return new Date(milliseconds).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
}
