// SPDX-License-Identifier: Apache-2.0
// The words of a console, in the first language of the browser's that there are words of: its file alone is loaded, and
// before any page, for pages name things as they are read.
const languages = ["en", "de"];
export const language = navigator.languages.map((tag) => tag.split("-")[0]).find((tag) => languages.includes(tag)) ?? "en";
document.documentElement.lang = language;
let messages = (await import(`../messages/${language}.js`)).default;

// Of another console than the administrators'.
export function addMessages(own) {
  messages = { ...messages, ...own };
}

// {0}, {1}, … stand for the values.
export function text(key, ...values) {
  const message = messages[key];
  if (message === undefined) throw new Error(`no message ${key}`);
  return message.replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)]));
}

export const yesNo = (is) => text(is ? "word.yes" : "word.no");

export function hasText(key) {
  return Object.hasOwn(messages, key);
}

// What realms are made with is named by keys in braces, of which some have words; people write names themselves.
export function told(name) {
  const key = /^\$\{(client|role)_(.+)\}$/.exec(name ?? "");
  if (key === null) return name ?? "";
  const message = `built_in.${key[1]}_${key[2]}`;
  return hasText(message) ? text(message) : key[2][0].toUpperCase() + key[2].slice(1).replace(/[-_]/g, " ");
}

export function date(milliseconds) {
  return new Date(milliseconds).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
}
