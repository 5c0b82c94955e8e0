// SPDX-License-Identifier: Apache-2.0
// A new client in one step: what kind it is, and where it is found.
import { button, described, element, form, go, heading, needed, newId, text } from "../lib/page.js";

// What each kind of program needs; everything else stays off until somebody turns it on.
const kinds = {
  server: { publicClient: false, standardFlowEnabled: true },
  browser: { publicClient: true, standardFlowEnabled: true, attributes: { "pkce.code.challenge.method": "S256" } },
  service: { publicClient: false, standardFlowEnabled: false, serviceAccountsEnabled: true },
  api: { publicClient: false, standardFlowEnabled: false },
};
const off = { implicitFlowEnabled: false, directAccessGrantsEnabled: false, serviceAccountsEnabled: false };

// The pages of an application, and where they stand; what is no web address is an app's own scheme.
function addresses(url) {
  if (!/^https?:/i.test(url)) return { redirectUris: [url] };
  const at = new URL(url);
  const root = at.origin + at.pathname.replace(/\/+$/, "");
  return at.pathname.includes("*") ? { redirectUris: [url], webOrigins: ["+"] } : { rootUrl: root, redirectUris: [`${root}/*`], webOrigins: ["+"] };
}

function chooser(onchange) {
  const name = newId();
  return element("fieldset", { class: "kinds" }, element("legend", {}, text("client.which_kind")),
    Object.keys(kinds).map((kind) => {
      const id = newId();
      return element("div", { class: "kind" },
        element("input", { id, type: "radio", name, value: kind, checked: kind === "server", onchange: () => onchange(kind) }),
        element("label", { for: id }, element("strong", {}, text(`client.kind_${kind}`)), element("span", { class: "soft" }, text(`client.kind_${kind}_help`))));
    }));
}

export async function newClientPage({ realm, api }) {
  let kind = "server";
  const hasPages = () => kind === "server" || kind === "browser";
  const fields = [
    { name: "clientId", ...described("client.id"), ...needed },
    { name: "name", label: text("field.name") },
    { name: "url", ...described("client.url"), placeholder: "https://shop.example.org" },
  ];
  const save = async ({ url = "", ...changed }) => {
    const places = hasPages() && url.trim() !== "" ? addresses(url.trim()) : {};
    const id = await api.create(["clients"], { protocol: "openid-connect", enabled: true, ...off, ...kinds[kind], ...changed, ...places });
    go(realm, "clients", id, "settings");
  };
  const cancel = button(text("dialog.cancel"), () => go(realm, "clients"), "other");
  const made = form({ fields, save, label: text("clients.create"), done: text("word.created"), cancel });
  const url = made.querySelectorAll(".field")[2];
  const choose = (chosen) => {
    kind = chosen;
    url.hidden = !hasPages();
  };
  return [heading(text("clients.create")), element("section", { class: "panel" }, chooser(choose), made)];
}
