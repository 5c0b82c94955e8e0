// SPDX-License-Identifier: Apache-2.0
// Dialogs: the browser's own, which keeps the focus within and closes by Escape.
import { element, button, newId } from "./elements.js";
import { text } from "./text.js";

export function openDialog(title, ...children) {
  const id = newId();
  const dialog = element("dialog", { "aria-labelledby": id }, element("h2", { id }, title), ...children);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

// Asks before what cannot be undone.
export function confirmed(title, question, action) {
  return new Promise((resolve) => {
    const dialog = openDialog(title, element("p", {}, question),
      element("div", { class: "actions" },
        button(text("dialog.cancel"), () => dialog.close(), "other"),
        button(action, () => {
          resolve(true);
          dialog.close();
        }, "danger")));
    dialog.addEventListener("close", () => resolve(false));
  });
}
