// SPDX-License-Identifier: Apache-2.0
// The client scopes of a realm, a new one, and one with its mappers.
import { acting, button, column, deleting, element, form, formDialog, go, heading, link, mappersPanel, may, needed, section, text, textSwitch, wholeList } from "../lib/page.js";

const fields = () => [
  { name: "name", label: text("field.name"), ...needed },
  { name: "description", label: text("field.description") },
  { name: ["attributes", "include.in.token.scope"], label: text("scope.in_token"), ...textSwitch, absent: "true" },
  { name: ["attributes", "display.on.consent.screen"], label: text("scope.on_consent"), ...textSwitch, absent: "true" },
  { name: ["attributes", "consent.screen.text"], label: text("scope.consent_text") },
];

export async function scopesPage({ realm, api }) {
  const rows = await api.get(["client-scopes"]);
  const columns = [
    column("field.name", (row) => (may("view-clients", "manage-clients") ? link([realm, "client-scopes", row.id], row.name) : row.name)),
    column("scope.protocol", "protocol"),
    column("field.description", "description"),
  ];
  const create = () => formDialog(text("scopes.create"), {
    fields: fields(), done: text("word.created"),
    save: (scope) => api.create(["client-scopes"], { protocol: "openid-connect", ...scope }), then: (id) => go(realm, "client-scopes", id),
  });
  return [
    heading(text("tab.scopes"), may("manage-clients") && button(text("scopes.create"), create)),
    await wholeList({ caption: text("tab.scopes"), columns, rows, matches: (row) => `${row.name} ${row.description ?? ""}` }),
  ];
}

export async function scopePage({ realm, api, id }) {
  const path = ["client-scopes", id];
  const scope = await api.get(path);
  const locked = !may("manage-clients");
  const remove = deleting("scope", scope.name, () => api.remove(path), () => go(realm, "client-scopes"));
  return [
    heading(scope.name, !locked && button(text("scope.delete"), remove, "other danger")),
    section(text("tab.settings"), form({ fields: fields(), object: scope, save: (changed) => api.put(path, changed), locked })),
    await mappersPanel({ api, path: [...path, "protocol-mappers"], mappers: scope.protocolMappers ?? [], locked }),
  ];
}

// Which scopes tokens of a client have, always or when they are asked for.
export async function clientScopes({ api, id }) {
  const locked = !may("manage-clients");
  const lists = ["default-client-scopes", "optional-client-scopes"];
  const [all, standing, optional] = await Promise.all([api.get(["client-scopes"]), ...lists.map((list) => api.get(["clients", id, list]))]);
  const stateOf = (scope) => (standing.some((each) => each.id === scope.id) ? lists[0] : optional.some((each) => each.id === scope.id) ? lists[1] : "");
  const assign = (scope) => {
    let state = stateOf(scope);
    const chooser = element("select", { "aria-label": text("scope.assigned_as", scope.name), disabled: locked },
      ["", ...lists].map((list) => element("option", { value: list }, text(list === "" ? "scope.not" : `scope.${list}`))));
    chooser.value = state;
    chooser.addEventListener("change", acting(async () => {
      const wanted = chooser.value;
      try {
        if (state !== "") await api.remove(["clients", id, state, scope.id]);
        state = "";
        if (wanted !== "") await api.put(["clients", id, wanted, scope.id]);
        state = wanted;
      } finally {
        chooser.value = state;
      }
    }, text("form.saved")));
    return chooser;
  };
  const columns = [
    column("field.name", "name"),
    column("scope.assigned", assign),
    column("field.description", "description"),
  ];
  const rows = all.filter((scope) => (scope.protocol ?? "openid-connect") === "openid-connect");
  return wholeList({ caption: text("tab.scopes"), columns, rows, matches: (row) => row.name, page: 50 });
}
