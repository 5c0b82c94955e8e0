// SPDX-License-Identifier: Apache-2.0
// Dialogs: the browser's own, which keeps the focus within and closes by Escape.
import { element, button, newId } from "./elements.js";
import { acting } from "./notice.js";
import { text } from "./text.js";

export function openDialog(title, ...children) {
  const id = newId();
  const dialog = element("dialog", { "aria-labelledby": id }, element("h2", { id }, title), ...children);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

// The buttons at the end of a dialog: one that closes it, and others.
export function closing(...others) {
  return element("div", { class: "actions" }, cancelling(), ...others);
}

export function cancelling() {
  return button(text("dialog.cancel"), (event) => event.target.closest("dialog").close(), "other");
}

// Asks before what cannot be undone.
export function confirmed(title, question, action) {
  return new Promise((resolve) => {
    const dialog = openDialog(title, element("p", {}, question),
      closing(button(action, () => {
        resolve(true);
        dialog.close();
      }, "danger")));
    dialog.addEventListener("close", () => resolve(false));
  });
}

// What a button does that deletes something of a kind, whose messages are KIND.delete and KIND.delete_sure.
export function deleting(kind, name, remove, then) {
  return acting(async () => {
    if (!(await confirmed(text(`${kind}.delete`), text(`${kind}.delete_sure`, name), text("word.delete")))) return;
    await remove();
    await then();
  });
}
