// SPDX-License-Identifier: Apache-2.0
// The password: whoever changes it proves to know the present one, and is told what a new one has to be.
import { button, element, heading } from "../../console/lib/elements.js";
import { form } from "../../console/lib/form.js";
import { acting, notify } from "../../console/lib/notice.js";
import { date, hasText, text } from "../../console/lib/text.js";
import { AccountError, api } from "../lib/api.js";
import { show } from "../lib/shell.js";

const fieldOf = {
  invalidPasswordExistingMessage: "currentPassword", notMatchPasswordMessage: "confirmation", missingPasswordMessage: "newPassword",
};

// "length(8) and notUsername": the rules that a person can keep, in words.
function rules(policy) {
  return (policy ?? "").split(" and ").flatMap((rule) => {
    const [, name, value] = /^\s*(\w+)(?:\(([^)]*)\))?\s*$/.exec(rule) ?? [];
    const key = `policy.${name}`;
    return hasText(key) ? [text(key, value || (name === "length" ? "8" : "1"))] : [];
  });
}

async function change(sent) {
  try {
    await api.post("credentials/password", { currentPassword: "", newPassword: "", confirmation: "", ...sent });
  } catch (error) {
    if (error instanceof AccountError && error.status === 400) error.field = fieldOf[error.key] ?? "newPassword";
    throw error;
  }
}

function changed() {
  const others = button(text("sessions.end_others"), acting(async () => {
    await api.remove("sessions");
    notify(text("sessions.others_ended"));
    await show();
  }), "other");
  const again = element("div", { class: "panel" },
    element("h2", { tabindex: "-1" }, text("password.changed")), element("p", {}, text("password.others")), element("div", { class: "actions" }, others));
  return again;
}

export async function password() {
  const details = await api.get("credentials/password");
  const told = rules(details.policy);
  const panel = element("div", { class: "panel" });
  const save = async (sent) => {
    await change(sent);
    const after = changed();
    panel.replaceWith(after);
    after.querySelector("h2").focus();
  };
  panel.append(
    told.length > 0 ? element("p", { class: "soft" }, text("password.rules")) : "",
    told.length > 0 ? element("ul", { class: "rules" }, told.map((rule) => element("li", {}, rule))) : "",
    form({
      fields: [
        { name: "currentPassword", label: text("password.current"), kind: "password", required: true, autocomplete: "current-password" },
        { name: "newPassword", label: text("password.new"), kind: "password", required: true },
        { name: "confirmation", label: text("password.again"), kind: "password", required: true },
      ],
      save, label: text("password.change"), done: null,
    }));
  return [
    heading(text("account.password")),
    element("p", { class: "lead" }, details.lastUpdate ? text("password.since", date(details.lastUpdate)) : text("password.lead")),
    panel,
  ];
}
