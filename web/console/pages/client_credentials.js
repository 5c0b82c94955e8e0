// SPDX-License-Identifier: Apache-2.0
// The secret of a confidential client: hidden until somebody asks for it.
import { acting, button, confirmed, element, may, newId, notify, section, text } from "../lib/page.js";

export async function clientCredentials({ api, id }) {
  const path = ["clients", id, "client-secret"];
  const field = newId();
  // Not a password of the browser's: it would offer to keep it.
  const shown = element("input", { id: field, type: "text", readonly: true, autocomplete: "off", class: "code" });
  let secret = "";
  let hidden = true;
  const draw = () => (shown.value = hidden ? "•".repeat(16) : secret);
  const fill = (answer) => {
    secret = answer.value ?? "";
    draw();
  };
  fill(await api.get(path));
  const reveal = button(text("secret.show"), () => {
    hidden = !hidden;
    draw();
    reveal.textContent = text(hidden ? "secret.show" : "secret.hide");
  }, "other");
  const copy = button(text("secret.copy"), acting(async () => {
    await navigator.clipboard.writeText(secret);
    notify(text("secret.copied"));
  }), "other");
  const renew = acting(async () => {
    if (!(await confirmed(text("secret.renew"), text("secret.renew_sure"), text("secret.renew")))) return;
    fill(await api.post(path));
    notify(text("secret.renewed"));
  });
  return section(text("secret.title"),
    element("div", { class: "field" }, element("label", { for: field }, text("secret.label")),
      element("div", { class: "pair" }, shown, reveal, copy)),
    may("manage-clients") && element("div", { class: "actions" }, button(text("secret.renew"), renew, "other danger")));
}
