// SPDX-License-Identifier: Apache-2.0
"use strict";
for (const button of document.querySelectorAll(".secret button")) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  const what = button.getAttribute("aria-label").replace("Show", "");
  const show = (visible) => {
    field.type = visible ? "text" : "password";
    button.textContent = visible ? "Hide" : "Show";
    button.setAttribute("aria-label", (visible ? "Hide" : "Show") + what);
  };
  button.hidden = false;
  button.addEventListener("click", () => show(field.type === "password"));
  // Browsers remember what stands in text fields.
  field.form.addEventListener("submit", () => show(false));
}
