// SPDX-License-Identifier: Apache-2.0
// The attributes of a user, each with its values; those of the realm's user profile even where the user has none.
import { below, button, form, formDialog, may, needed, section, show, soft, text } from "../lib/page.js";

const apart = ["username", "email", "firstName", "lastName"]; // among the details

export async function userAttributes({ api, id, user: { attributes: held = {} } }) {
  const path = ["users", id];
  const { attributes: described } = await api.get(["users", "profile"]);
  const names = [...new Set([...described.map((each) => each.name), ...Object.keys(held)])].filter((name) => !apart.includes(name));
  const locked = !may("manage-users");
  // The API takes all: others are as they are by now.
  const save = async (change) => {
    const { attributes = {} } = await api.get(path);
    await api.put(path, { attributes: { ...attributes, ...change(attributes) } });
  };
  // A field of one line would lose the end of another.
  const fields = names.map((name) => ({ name: ["attributes", name], label: name, kind: "lines", locked: held[name]?.some((value) => value.includes("\n")) }));
  const add = () => formDialog(text("attribute.add"), {
    fields: [{ name: "name", label: text("field.name"), ...needed }, { name: "value", label: text("evaluate.value"), ...needed }],
    save: ({ name, value }) => save((now) => ({ [name]: [...(now[name] ?? []), value] })), then: show,
  });
  return section(text("tab.attributes"),
    names.length > 0 ? form({ fields, object: { attributes: held }, save: ({ attributes }) => save(() => attributes), locked }) : soft("list.none"),
    !locked && below(button(text("attribute.add"), add, "other")));
}
