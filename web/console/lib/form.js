// SPDX-License-Identifier: Apache-2.0
// Forms that edit a representation: each field names its member, and only members that were changed
// are sent, so that two people who edit different things do not undo each other.
import { cancelling, openDialog } from "./dialog.js";
import { element, newId } from "./elements.js";
import { notify, resting } from "./notice.js";
import { hasText, text } from "./text.js";
import { inputs } from "./inputs.js";

export const needed = { required: true, always: true };
export const textSwitch = { kind: "switch", on: "true", off: "false", absent: "false" };

let touched = null; // the form in which something stands that is not saved

export const unsaved = () => touched?.isConnected ?? false;
export const forget = () => (touched = null);

const pathOf = (field) => (Array.isArray(field.name) ? field.name : [field.name]);

// How a field is called, and the help that there is for it under KEY_help.
export function described(key) {
  return { label: text(key), help: hasText(`${key}_help`) && text(`${key}_help`) };
}

export function valueAt(object, path) {
  return path.reduce((at, name) => at?.[name], object);
}

function withValue(object, [name, ...rest], value) {
  return { ...object, [name]: rest.length === 0 ? value : withValue(object?.[name] ?? {}, rest, value) };
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function fieldset(field, value, locked) {
  const id = newId();
  const made = inputs[field.kind ?? "text"](field, value, id);
  const help = field.help ? element("p", { class: "help", id: `${id}-help` }, field.help) : null;
  const problem = element("p", { class: "problem", id: `${id}-problem`, hidden: true });
  if (help) made.control.setAttribute("aria-describedby", help.id);
  if (locked || field.locked) made.lock();
  const row = element("div", { class: `field ${field.kind ?? "text"}` }, made.parts, help, problem);
  const tell = (words) => {
    problem.hidden = words === null;
    problem.textContent = words ?? "";
    if (words === null) made.control.removeAttribute("aria-invalid");
    else made.control.setAttribute("aria-invalid", "true");
    made.control.setAttribute("aria-describedby", [help?.id, words && problem.id].filter(Boolean).join(" "));
  };
  return { field, row, tell, before: made.read(), read: made.read, control: made.control, locked: locked || field.locked };
}

// The field that an error of the API is about: the one that it names, or whose member its words name.
function guilty(rows, error) {
  const name = (row) => pathOf(row.field).at(-1);
  return rows.find((row) => name(row) === error.field) ??
    rows.find((row) => new RegExp(`\\b${name(row).replace(/\W/g, "\\$&")}\\b`, "i").test(error.message));
}

// What was changed; of members that the API takes as a `whole`, with the rest of them.
function changes(rows, object, whole) {
  let result = object;
  let sent = {};
  for (const row of rows) {
    const value = row.read();
    if (row.locked || (same(value, row.before) && !row.field.always)) continue;
    const path = pathOf(row.field);
    result = withValue(result, path, value);
    sent = whole ? { ...sent, [path[0]]: result[path[0]] } : withValue(sent, path, value);
  }
  return { sent, result };
}

// `fields`: {name, label, kind, help, required, options, always, locked}, or {group} for a title; `save` gets the members that
// were changed. `locked`: may be read alone; `done`: what is told when it has saved, null where nothing is kept.
export function form({ fields, object = {}, save, label = text("form.save"), done = text("form.saved"), locked = false, cancel = null, whole = false }) {
  const groups = fields.map((field) => (field.group ? element("h2", {}, field.group) : fieldset(field, valueAt(object, pathOf(field)), locked)));
  const rows = groups.filter((row) => row.field);
  let current = object;
  const alert = element("p", { class: "alert", role: "alert", hidden: true });
  const submit = element("button", { type: "submit", class: "button" }, label);
  const made = element("form", { novalidate: true }, alert, groups.map((row) => row.row ?? row),
    locked ? null : element("div", { class: "actions" }, submit, cancel));
  const refuse = (row, words) => {
    row.tell(words);
    row.control.focus();
  };
  if (done) made.addEventListener("input", () => (touched = made));
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    alert.hidden = true;
    rows.forEach((row) => row.tell(null));
    const empty = rows.find((row) => row.field.required && (row.read() ?? "") === "");
    if (empty) return refuse(empty, text("form.required"));
    resting(submit, async () => {
      try {
        const { sent, result } = changes(rows, current, whole);
        await save(sent);
        current = result;
        for (const row of rows) row.before = row.read();
        forget();
        if (done) notify(done);
      } catch (error) {
        const row = guilty(rows, error);
        if (row) return refuse(row, error.message);
        alert.textContent = error.message;
        alert.hidden = false;
      }
    });
  });
  return made;
}

// A form in a dialog, which closes when it has saved; then `then` gets what `save` gave.
export function formDialog(title, { save, then, label = title, ...rest }) {
  const keep = async (sent) => {
    const made = await save(sent);
    dialog.close();
    await then(made);
  };
  const dialog = openDialog(title, form({ ...rest, label, save: keep, cancel: cancelling() }));
}
