// SPDX-License-Identifier: Apache-2.0
// One provider of a key: whether it signs and before which others, its public half; and a new one.
import { button, date, deleting, described, element, form, go, hasText, heading, link, may, needed, newId, section, soft, text, textSwitch } from "../lib/page.js";

const type = "org.keycloak.keys.KeyProvider";
const words = { ...textSwitch, absent: "true" };
const choice = (name, ...options) => ({ name, label: text(`key.${name}`), kind: "choice", always: true, options: options.map((each) => [each, each]) });
const rsa = () => choice("algorithm", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512");
const size = () => choice("keySize", "2048", "3072", "4096");
const pem = (name, more = {}) => ({ name, label: text(`key.${name}`), kind: "area", rows: 6, ...more });

const kinds = {
  "rsa-generated": () => [rsa(), size()],
  "ecdsa-generated": () => [choice("ecdsaEllipticCurveKey", "P-256", "P-384", "P-521")],
  "eddsa-generated": () => [choice("eddsaEllipticCurveKey", "Ed25519", "Ed448")],
  "hmac-generated": () => [choice("algorithm", "HS512", "HS384", "HS256")],
  "rsa-enc-generated": () => [choice("algorithm", "RSA-OAEP", "RSA-OAEP-256"), size()],
  rsa: () => [rsa(), pem("privateKey", { ...needed }), pem("certificate")],
};

const common = () => [
  { name: "name", label: text("field.name"), ...needed },
  { name: "priority", ...described("key.priority"), always: true },
  { name: "enabled", label: text("field.enabled"), help: text("key.enabled_help"), ...words },
  { name: "active", ...described("key.active"), ...words },
];

const kindName = (kind) => (hasText(`key.kind_${kind}`) ? text(`key.kind_${kind}`) : kind);

// Settings are lists of one text each.
function component({ name, ...config }) {
  return { name, config: Object.fromEntries(Object.entries(config).map(([key, value]) => [key, [value]])) };
}

export function newKeyPage({ realm }) {
  return [
    heading(text("keys.add")),
    section(text("key.which"), soft("key.at_once"),
      element("ul", { class: "options" }, Object.keys(kinds).map((kind) => element("li", {}, link([realm, "keys", "new", kind], text(`key.kind_${kind}`)))))),
  ];
}

export function newKeyOfKindPage({ realm, api, kind }) {
  if (!Object.hasOwn(kinds, kind)) throw new Error(text("error.no_page"));
  const save = async (given) => go(realm, "keys", await api.create(["components"], { providerId: kind, providerType: type, ...component(given) }));
  const fields = [...common(), ...kinds[kind]()];
  return [heading(text("keys.add")), section(text(`key.kind_${kind}`), form({ fields, object: { name: kind, priority: "100" }, save, label: text("keys.add"), done: text("word.created") }))];
}

function publicPart(key) {
  const shown = (name) => {
    const id = newId();
    const control = element("textarea", { id, rows: 5, readonly: true, class: "code" });
    control.value = key[name];
    return key[name] && element("div", { class: "field area" }, element("label", { for: id }, text(`key.${name}`)), control);
  };
  return section(text("key.publicKey"), element("p", {}, text("key.kid"), " ", element("code", {}, key.kid)),
    key.validTo && element("p", {}, text("key.validTo", date(key.validTo))), shown("publicKey"), shown("certificate"));
}

export async function keyPage({ realm, api, id }) {
  const path = ["components", id];
  const [{ name, providerId, config }, { keys }] = await Promise.all([api.get(path), api.get(["keys"])]);
  const key = keys.find((each) => each.providerId === id);
  const locked = !may("manage-realm");
  const remove = deleting("key", name, () => api.remove(path), () => go(realm, "keys"));
  const flat = Object.fromEntries(Object.entries(config).map(([each, value]) => [each, value[0]]));
  return [
    heading(name, !locked && button(text("key.delete"), remove, "other danger")),
    section(kindName(providerId), form({ fields: common(), object: { priority: "0", ...flat, name }, save: (changed) => api.put(path, component(changed)), locked })),
    key && publicPart(key),
  ];
}
