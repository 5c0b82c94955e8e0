// SPDX-License-Identifier: Apache-2.0
"use strict";
{
  const field = document.getElementById("password");
  const button = document.getElementById("show-password");
  const show = (visible) => {
    field.type = visible ? "text" : "password";
    button.textContent = visible ? "Hide" : "Show";
    button.setAttribute("aria-label", visible ? "Hide password" : "Show password");
  };
  button.hidden = false;
  button.addEventListener("click", () => show(field.type === "password"));
  // Browsers remember what stands in text fields.
  field.form.addEventListener("submit", () => show(false));
}
