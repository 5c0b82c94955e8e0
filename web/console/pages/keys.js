// SPDX-License-Identifier: Apache-2.0
// The keys of a realm: the rotation that is under way, and every key with its provider.
import { may } from "../lib/access.js";
import { button, element, heading, link, section } from "../lib/elements.js";
import { openDialog } from "../lib/dialog.js";
import { form } from "../lib/form.js";
import { go, show } from "../lib/shell.js";
import { wholeList } from "../lib/table.js";
import { text } from "../lib/text.js";
import { timeline } from "../lib/timeline.js";

const published = 600; // seconds before a new key signs

// Keys that wait or retire, and those that they take the place of.
function moving(keys) {
  const algorithms = keys.filter((key) => key.state === "NEXT" || key.retires).map((key) => key.algorithm);
  return keys.filter((key) => key.use === "SIG" && algorithms.includes(key.algorithm) && (key.state !== "PASSIVE" || key.retires));
}

function rotate(api, keys) {
  const algorithms = [...new Set(keys.filter((key) => key.use === "SIG" && key.state === "ACTIVE" && !key.algorithm.startsWith("HS")).map((key) => key.algorithm))];
  const fields = [
    { name: "algorithm", label: text("key.algorithm"), kind: "choice", always: true, options: algorithms.map((each) => [each, each]) },
    { name: "delay", label: text("keys.delay"), kind: "seconds", always: true, help: text("keys.delay_help") },
  ];
  const save = async (wanted) => {
    await api.post(["keys", "rotation"], wanted);
    dialog.close();
    await show();
  };
  const cancel = button(text("dialog.cancel"), () => dialog.close(), "other");
  const dialog = openDialog(text("keys.rotate"), form({ fields, object: { delay: published }, save, label: text("keys.rotate"), done: text("keys.rotated"), cancel }));
}

export async function keysPage({ realm, api }) {
  const [{ now, keys }, providers] = await Promise.all([
    api.get(["keys", "timeline"]), api.get(["components"], { type: "org.keycloak.keys.KeyProvider" }),
  ]);
  const provider = (key) => providers.find((each) => each.id === key.providerId);
  const columns = [
    { title: text("key.provider"), cell: (key) => link([realm, "keys", key.providerId], provider(key)?.name ?? key.providerId) },
    { title: text("key.algorithm"), cell: (key) => key.algorithm },
    { title: text("key.state"), cell: (key) => text(`key.${key.state}`) },
    { title: text("key.priority"), cell: (key) => provider(key)?.config.priority?.[0] ?? "0" },
    { title: text("key.kid"), cell: (key) => element("code", { class: "soft" }, key.kid) },
  ];
  const rows = keys.sort((a, b) => a.algorithm.localeCompare(b.algorithm) || b.published - a.published);
  const under = moving(rows);
  return [
    heading(text("keys.title"), may("manage-realm") && [button(text("keys.add"), () => go(realm, "keys", "new"), "other"), button(text("keys.rotate"), () => rotate(api, keys))]),
    section(text("keys.rotation"), under.length > 0 ? timeline(under, now) : element("p", { class: "soft" }, text("keys.still"))),
    await wholeList({ caption: text("keys.title"), columns, rows, matches: (key) => `${provider(key)?.name} ${key.algorithm} ${key.kid}`, empty: "" }),
  ];
}
