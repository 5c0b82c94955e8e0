// SPDX-License-Identifier: Apache-2.0
// The keys of a realm: the rotation that is under way, and every key with its provider.
import { button, column, described, element, formDialog, go, heading, link, may, section, show, soft, text, wholeList } from "../lib/page.js";
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
    { name: "delay", ...described("keys.delay"), kind: "seconds", always: true },
  ];
  formDialog(text("keys.rotate"), {
    fields, object: { delay: published }, done: text("keys.rotated"), save: (wanted) => api.post(["keys", "rotation"], wanted), then: show,
  });
}

export async function keysPage({ realm, api }) {
  const [{ now, keys }, providers] = await Promise.all([
    api.get(["keys", "timeline"]), api.get(["components"], { type: "org.keycloak.keys.KeyProvider" }),
  ]);
  const provider = (key) => providers.find((each) => each.id === key.providerId);
  const columns = [
    column("key.provider", (key) => link([realm, "keys", key.providerId], provider(key)?.name ?? key.providerId)),
    column("key.algorithm", "algorithm"),
    column("key.state", (key) => text(`key.${key.state}`)),
    column("key.priority", (key) => provider(key)?.config.priority?.[0] ?? "0"),
    column("key.kid", (key) => element("code", { class: "soft" }, key.kid)),
  ];
  const rows = keys.sort((a, b) => a.algorithm.localeCompare(b.algorithm) || b.published - a.published);
  const under = moving(rows);
  return [
    heading(text("keys.title"), may("manage-realm") && [button(text("keys.add"), () => go(realm, "keys", "new"), "other"), button(text("keys.rotate"), () => rotate(api, keys))]),
    section(text("keys.rotation"), under.length > 0 ? timeline(under, now) : soft("keys.still")),
    await wholeList({ caption: text("keys.title"), columns, rows, matches: (key) => `${provider(key)?.name} ${key.algorithm} ${key.kid}`, empty: "" }),
  ];
}
