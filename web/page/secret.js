// SPDX-License-Identifier: Apache-2.0
"use strict";
for (const button of document.querySelectorAll(".secret button")) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  const words = [
    [button.textContent, button.getAttribute("aria-label")],
    [button.dataset.text, button.dataset.label],
  ];
  const show = (visible) => {
    const [word, label] = words[Number(visible)];
    field.type = visible ? "text" : "password";
    button.textContent = word;
    button.setAttribute("aria-label", label);
  };
  button.hidden = false;
  button.addEventListener("click", () => show(field.type === "password"));
  // Browsers remember what stands in text fields.
  field.form.addEventListener("submit", () => show(false));
}
