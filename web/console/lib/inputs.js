// SPDX-License-Identifier: Apache-2.0
// The kinds of fields: each is made of a field and its value, and tells its control, its parts, how to
// read it and how to lock it.
import { element, newId } from "./elements.js";
import { text } from "./text.js";

const label = (field, id) => element("label", { for: id }, field.label, field.required ? element("span", { class: "soft" }, ` (${text("form.needed")})`) : null);

function single(type, autocomplete = "off", tag = "input") {
  return (field, value, id) => {
    const control = element(tag, {
      id, type, rows: field.rows, required: field.required, placeholder: field.placeholder, maxlength: field.longest, autocomplete: field.autocomplete ?? autocomplete,
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

// A list of texts, a row each.
function lines(field, value, id) {
  const list = element("div", { class: "lines" });
  const all = () => [...list.querySelectorAll("input")];
  const add = (words) => {
    const input = element("input", { type: "text", id: list.firstChild ? null : id, "aria-label": field.label, autocomplete: "off", placeholder: field.placeholder, value: words });
    const remove = element("button", { type: "button", class: "plain", "aria-label": text("form.remove_line", field.label), onclick: () => {
      if (all().length > 1) row.remove();
      else input.value = "";
      all().at(-1).focus();
    } }, "✕");
    const row = element("div", { class: "line" }, input, remove);
    list.append(row);
  };
  (value?.length > 0 ? value : [""]).forEach(add);
  const more = element("button", { type: "button", class: "plain", "aria-label": text("form.add_line_to", field.label), onclick: () => {
    add("");
    all().at(-1).focus();
  } }, text("form.add_line"));
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
  text: single("text"), email: single("email"), password: single("password", "new-password"), number: single("number"), area: single(null, null, "textarea"),
  switch: toggle, choice, lines, seconds,
};
