// SPDX-License-Identifier: Apache-2.0
// All realms, and a new one.
import { button, column, described, form, go, heading, link, needed, realmApi, section, showRealms, text, wholeList, yesNo } from "../lib/page.js";

export async function realmsPage({ realm }) {
  const rows = await realmApi().get([]);
  const columns = [
    column("realm.name", (row) => link([row.realm], row.realm)),
    column("realm.display_name", "displayName"),
    column("field.enabled", (row) => yesNo(row.enabled)),
  ];
  return [
    heading(text("realms.title"), button(text("import.title"), () => go(realm, "realms", "import"), "other"),
      button(text("realms.create"), () => go(realm, "realms", "new"))),
    await wholeList({ caption: text("realms.title"), columns, rows, matches: (row) => `${row.realm} ${row.displayName ?? ""}`, empty: "" }),
  ];
}

export async function newRealmPage({ realm }) {
  const fields = [
    { name: "realm", ...described("realm.name"), ...needed },
    { name: "displayName", label: text("realm.display_name") },
    { name: "enabled", label: text("field.enabled"), kind: "switch", always: true },
  ];
  const save = async (changed) => {
    await realmApi().create([], changed);
    await showRealms(changed.realm);
    go(changed.realm);
  };
  const cancel = button(text("dialog.cancel"), () => go(realm, "realms"), "other");
  return [heading(text("realms.create")), section(text("tab.settings"),
    form({ fields, object: { enabled: true }, save, label: text("realms.create"), done: text("word.created"), cancel }))];
}
