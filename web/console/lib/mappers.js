// SPDX-License-Identifier: Apache-2.0
// The protocol mappers of a client or a client scope: a list, and a dialog for one.
import { below, button, element, section } from "./elements.js";
import { closing, deleting, openDialog } from "./dialog.js";
import { formDialog, needed } from "./form.js";
import { claimOf, mapperName, mapperTypes, newConfig } from "./mapper_types.js";
import { show } from "./shell.js";
import { actionColumn, column, wholeList } from "./table.js";
import { text } from "./text.js";

const nameField = () => ({ name: "name", label: text("field.name"), ...needed });

function editor(kind, mapper, save) {
  formDialog(mapperName(kind), {
    fields: [nameField(), ...mapperTypes[kind].fields()], object: mapper, label: text("form.save"), whole: true,
    save: (changed) => save({ ...mapper, ...changed }), then: show,
  });
}

function chooseKind(api, path) {
  const choose = (kind) => {
    dialog.close();
    const mapper = { protocol: "openid-connect", protocolMapper: kind, config: newConfig(kind) };
    editor(kind, mapper, (changed) => api.create([...path, "models"], changed));
  };
  const dialog = openDialog(text("mapper.which"), element("ul", { class: "options" }, Object.keys(mapperTypes).map((kind) =>
    element("li", {}, button(mapperName(kind), () => choose(kind), "other")))),
  closing());
}

// `path`: "…/protocol-mappers" of the client or the scope.
export async function mappersPanel({ api, path, mappers, locked }) {
  const edit = (mapper) => button(mapper.name, () => editor(mapper.protocolMapper, mapper, (changed) => api.put([...path, "models", mapper.id], changed)), "plain-name");
  const remove = (mapper) => deleting("mapper", mapper.name, () => api.remove([...path, "models", mapper.id]), show);
  const columns = [
    column("field.name", (row) => (!locked && mapperTypes[row.protocolMapper] ? edit(row) : row.name)),
    column("word.type", (row) => mapperName(row.protocolMapper)),
    column("mapper.claim", (row) => claimOf(row) ?? ""),
    actionColumn(!locked, "word.delete", remove),
  ];
  return section(text("tab.mappers"),
    await wholeList({ caption: text("tab.mappers"), columns, rows: mappers, matches: (row) => `${row.name} ${claimOf(row)}` }),
    !locked && below(button(text("mapper.add"), () => chooseKind(api, path))));
}
