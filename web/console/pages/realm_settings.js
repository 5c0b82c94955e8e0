// SPDX-License-Identifier: Apache-2.0
// Settings of the realm: what it is called, how people sign in, how long things last.
import { acting, button, deleting, element, form, go, heading, may, section, soft, tabs, text, textSwitch } from "../lib/page.js";

const named = (kind) => (name, more = {}) => ({ name, kind, label: more.label ?? text(`settings.${name}`), ...more });
const flag = named("switch");
const span = named("seconds");
const word = named("text");
const count = named("number");
const smtp = (name, more = {}) => ({ name: ["smtpServer", name], label: text(`mail.${name}`), ...more });
const smtpFlag = (name) => smtp(name, textSwitch);

const parts = {
  general: () => [
    { name: "realm", label: text("realm.name"), locked: true },
    { name: "displayName", label: text("realm.display_name") },
    flag("enabled", { label: text("field.enabled") }),
    named("choice")("sslRequired", { options: ["external", "all", "none"].map((each) => [each, text(`settings.ssl_${each}`)]) }),
  ],
  login: () => [
    flag("registrationAllowed"), flag("registrationEmailAsUsername"), flag("loginWithEmailAllowed"), flag("duplicateEmailsAllowed"), flag("rememberMe"),
    word("passwordPolicy", { help: text("settings.passwordPolicy_help"), placeholder: "length(12) and notUsername" }),
    flag("bruteForceProtected"), count("failureFactor"), span("maxFailureWaitSeconds"), span("waitIncrementSeconds"),
  ],
  tokens: () => [
    span("accessTokenLifespan"), span("accessTokenLifespanForImplicitFlow"), span("accessCodeLifespan"),
    span("ssoSessionIdleTimeout"), span("ssoSessionMaxLifespan"), span("offlineSessionIdleTimeout"),
    flag("revokeRefreshToken"), count("refreshTokenMaxReuse"),
  ],
  mail: () => [
    smtp("host", { placeholder: "smtp.example.org" }), smtp("port", { placeholder: "25" }), smtpFlag("ssl"), smtpFlag("starttls"),
    smtp("from", { kind: "email" }), smtp("fromDisplayName"), smtp("replyTo", { kind: "email" }),
    smtpFlag("auth"), smtp("user"), smtp("password", { kind: "password" }),
  ],
};

function saveFile(name, value) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${JSON.stringify(value, null, 2)}\n`], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

function exportPanel({ realm, api }) {
  const fields = ["exportClients", "exportGroupsAndRoles"].map((name) => flag(name, { always: true }));
  const save = async (wanted) => saveFile(`${realm}-realm.json`, await api.post(["partial-export"], undefined, wanted));
  return section(text("tab.export"), soft("settings.export_help"),
    form({ fields, object: { exportClients: true, exportGroupsAndRoles: true }, save, label: text("tab.export"), done: null }));
}

// By the settings that are kept, not by what stands in the form.
function mailTest(api) {
  const test = acting(async () => api.post(["testSMTPConnection"], (await api.get([])).smtpServer ?? {}), text("mail.tested"));
  return section(text("mail.test"), soft("mail.test_help"), button(text("mail.test"), test, "other"));
}

export async function realmSettingsPage({ realm, api, tab = "general" }) {
  const settings = await api.get([]);
  const name = tab === "export" || Object.hasOwn(parts, tab) ? tab : "general";
  const locked = !may("manage-realm");
  const remove = deleting("realm", realm, () => api.remove([]), () => go("master", "realms"));
  return [
    heading(text("settings.title"), !locked && realm !== "master" && button(text("realm.delete"), remove, "other danger")),
    tabs([realm, "realm-settings"], [...Object.keys(parts), "export"], name),
    name === "export" ? exportPanel({ realm, api }) : element("section", { class: "panel" }, form({ fields: parts[name](), object: settings, save: (changed) => api.put([], changed), locked, whole: true })),
    name === "mail" && !locked && mailTest(api),
  ];
}
