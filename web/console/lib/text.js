// SPDX-License-Identifier: Apache-2.0
// The words of a console: the admin console's, those of another one, and of a language that the browser asks for, which
// is loaded then.
import english from "../messages/en.js";

let messages = english;

export async function loadMessages(own, languages) {
  const wanted = navigator.languages.map((tag) => tag.split("-")[0]).find((tag) => tag === "en" || Object.hasOwn(languages, tag)) ?? "en";
  document.documentElement.lang = wanted;
  messages = { ...english, ...own };
  if (wanted !== "en") messages = { ...messages, ...(await languages[wanted]()).default };
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
