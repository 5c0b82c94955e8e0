// SPDX-License-Identifier: Apache-2.0
// The protocol mappers of a client or a client scope: a list, and a dialog for one.
import { button, element, section } from "./elements.js";
import { confirmed, openDialog } from "./dialog.js";
import { form } from "./form.js";
import { claimOf, mapperName, mapperTypes, newConfig } from "./mapper_types.js";
import { acting } from "./notice.js";
import { show } from "./shell.js";
import { wholeList } from "./table.js";
import { text } from "./text.js";

const nameField = () => ({ name: "name", label: text("field.name"), required: true, always: true });

function editor(kind, mapper, save) {
  const cancel = button(text("dialog.cancel"), () => dialog.close(), "other");
  const keep = async (changed) => {
    await save({ ...mapper, ...changed });
    dialog.close();
    await show();
  };
  const dialog = openDialog(mapperName(kind), form({ fields: [nameField(), ...mapperTypes[kind].fields()], object: mapper, save: keep, cancel }));
}

function chooseKind(api, path) {
  const choose = (kind) => {
    dialog.close();
    const mapper = { protocol: "openid-connect", protocolMapper: kind, config: newConfig(kind) };
    editor(kind, mapper, (changed) => api.create([...path, "models"], changed));
  };
  const dialog = openDialog(text("mapper.which"), element("ul", { class: "options" }, Object.keys(mapperTypes).map((kind) =>
    element("li", {}, button(mapperName(kind), () => choose(kind), "other")))),
  element("div", { class: "actions" }, button(text("dialog.cancel"), () => dialog.close(), "other")));
}

// `path`: "…/protocol-mappers" of the client or the scope.
export async function mappersPanel({ api, path, mappers, locked }) {
  const edit = (mapper) => button(mapper.name, () => editor(mapper.protocolMapper, mapper, (changed) => api.put([...path, "models", mapper.id], changed)), "plain-name");
  const remove = (mapper) => acting(async () => {
    if (!(await confirmed(text("mapper.delete"), text("mapper.delete_sure", mapper.name), text("word.delete")))) return;
    await api.remove([...path, "models", mapper.id]);
    await show();
  });
  const columns = [
    { title: text("field.name"), cell: (row) => (!locked && mapperTypes[row.protocolMapper] ? edit(row) : row.name) },
    { title: text("mapper.kind"), cell: (row) => mapperName(row.protocolMapper) },
    { title: text("mapper.claim"), cell: (row) => claimOf(row) ?? "" },
    { title: text("word.actions"), hidden: true, cell: (row) => !locked && button(text("word.delete"), remove(row), "other") },
  ];
  return section(text("mappers.title"),
    await wholeList({ caption: text("mappers.title"), columns, rows: mappers, matches: (row) => `${row.name} ${claimOf(row)}`, empty: text("mappers.none") }),
    !locked && element("div", { class: "actions below" }, button(text("mapper.add"), () => chooseKind(api, path))));
}
