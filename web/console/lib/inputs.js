// SPDX-License-Identifier: Apache-2.0
// The kinds of fields: each is made of a field and its value, and tells its control, its parts, how to
// read it and how to lock it.
import { element, newId } from "./elements.js";
import { text } from "./text.js";

const label = (field, id) => element("label", { for: id }, field.label, field.required ? element("span", { class: "soft" }, ` (${text("form.needed")})`) : null);

function single(type, more = {}) {
  return (field, value, id) => {
    const control = element("input", {
      id, type, spellcheck: "false", required: field.required, placeholder: field.placeholder, maxlength: field.longest,
      ...more,
      autocomplete: field.autocomplete ?? more.autocomplete ?? "off",
    });
    control.value = value ?? "";
    return {
      control, parts: [label(field, id), control],
      read: () => (type === "number" ? (control.value === "" ? null : Number(control.value)) : control.value),
      lock: () => (control.readOnly = true),
    };
  };
}

function toggle(field, value, id) {
  const control = element("input", { id, type: "checkbox", role: "switch", checked: (value ?? field.absent ?? false) === (field.on ?? true) });
  return {
    control, parts: [control, element("label", { for: id }, field.label)],
    read: () => (control.checked ? (field.on ?? true) : (field.off ?? false)),
    lock: () => (control.disabled = true),
  };
}

function choice(field, value, id) {
  const control = element("select", { id }, field.options.map(([name, words]) => element("option", { value: name }, words)));
  control.value = value ?? field.options[0][0];
  return { control, parts: [label(field, id), control], read: () => control.value, lock: () => (control.disabled = true) };
}

function area(field, value, id) {
  const control = element("textarea", { id, rows: field.rows ?? 3, spellcheck: "false" });
  control.value = value ?? "";
  return { control, parts: [label(field, id), control], read: () => control.value, lock: () => (control.readOnly = true) };
}

// A list of texts, a row each.
function lines(field, value, id) {
  const list = element("div", { class: "lines" });
  const add = (words, at) => {
    const input = element("input", { type: "text", id: list.childElementCount === 0 ? id : newId(), "aria-label": field.label, spellcheck: "false", autocomplete: "off", placeholder: field.placeholder });
    input.value = words;
    const remove = element("button", { type: "button", class: "plain", "aria-label": text("form.remove_line", field.label), onclick: () => {
      if (list.childElementCount > 1) row.remove();
      else input.value = "";
    } }, "✕");
    const row = element("div", { class: "line" }, input, remove);
    list.append(row);
    if (at) input.focus();
  };
  const given = value ?? [];
  (given.length > 0 ? given : [""]).forEach((words) => add(words, false));
  const more = element("button", { type: "button", class: "plain", "aria-label": text("form.add_line_to", field.label), onclick: () => add("", true) }, text("form.add_line"));
  const all = () => [...list.querySelectorAll("input")];
  return {
    get control() {
      return all()[0];
    },
    parts: [label(field, id), list, more],
    read: () => all().map((input) => input.value.trim()).filter((words) => words !== ""),
    lock: () => {
      more.hidden = true;
      all().forEach((input) => (input.readOnly = true));
      list.querySelectorAll("button").forEach((each) => (each.hidden = true));
    },
  };
}

// A span of time: a number with its unit; in the representation, seconds.
const units = [[86400, "unit.days"], [3600, "unit.hours"], [60, "unit.minutes"], [1, "unit.seconds"]];
function seconds(field, value, id) {
  const given = value ?? 0;
  const unit = units.find(([size]) => given !== 0 && given % size === 0)?.[0] ?? 60;
  const control = element("input", { id, type: "number", min: "0", step: "1" });
  control.value = given / unit;
  const size = element("select", { "aria-label": text("unit.label", field.label) }, units.map(([each, key]) => element("option", { value: each }, text(key))));
  size.value = String(unit);
  return {
    control, parts: [label(field, id), element("div", { class: "pair" }, control, size)],
    read: () => Number(control.value) * Number(size.value),
    lock: () => {
      control.readOnly = true;
      size.disabled = true;
    },
  };
}

export const inputs = {
  text: single("text"), email: single("email"), password: single("password", { autocomplete: "new-password" }), number: single("number"),
  switch: toggle, choice, area, lines, seconds,
};
