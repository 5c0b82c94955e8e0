// SPDX-License-Identifier: Apache-2.0
// Personal info: the fields that the realm's user profile describes.
import { element, heading } from "../../console/lib/elements.js";
import { form } from "../../console/lib/form.js";
import { hasText, text } from "../../console/lib/text.js";
import { api } from "../lib/api.js";

const autocomplete = { username: "username", email: "email", firstName: "given-name", lastName: "family-name" };

function label(attribute) {
  const key = `attribute.${attribute.name}`;
  return hasText(key) ? text(key) : attribute.displayName || attribute.name;
}

function language(tag) {
  try {
    return new Intl.DisplayNames([tag], { type: "language" }).of(tag);
  } catch {
    return tag;
  }
}

async function languages(attribute) {
  const tags = await api.get("supportedLocales");
  return {
    name: ["attributes", attribute.name], label: label(attribute), kind: "choice",
    options: [["", text("profile.any_language")], ...tags.sort().map((tag) => [tag, language(tag)])],
  };
}

// What is no name or address stands in the user's attributes: a list of texts, of which a field without several has one.
const names = ["username", "email", "firstName", "lastName"];
const isAttribute = (attribute) => !names.includes(attribute.name);
const held = (attribute, values = []) => (attribute.multivalued ? values : values[0] ?? "");
const sent = (attribute, value) => (attribute.multivalued ? value ?? [] : [value ?? ""]).filter((each) => each !== "");

function kind(attribute) {
  const { options } = attribute.validators;
  if (attribute.multivalued) return { kind: "lines" };
  if (options?.options) return { kind: "choice", options: [["", ""], ...options.options.map((each) => [each, each])] };
  return { kind: attribute.name === "email" ? "email" : "text" };
}

function field(attribute, user) {
  return {
    name: isAttribute(attribute) ? ["attributes", attribute.name] : attribute.name, label: label(attribute), ...kind(attribute),
    required: attribute.required && !attribute.readOnly, locked: attribute.readOnly, autocomplete: autocomplete[attribute.name],
    help: attribute.name === "email" && user.email ? text(user.emailVerified ? "profile.verified" : "profile.not_verified") : null,
  };
}

export async function profile() {
  const { userProfileMetadata, ...user } = await api.get("");
  const described = userProfileMetadata.attributes;
  const fields = described.filter((each) => each.name !== "locale").map((each) => field(each, user));
  const locale = described.find((each) => each.name === "locale");
  if (locale) fields.push(await languages(locale));
  const attributes = described.filter(isAttribute);
  const values = attributes.map((each) => [each.name, held(each, user.attributes?.[each.name])]);
  const object = { ...user, attributes: Object.fromEntries(values) };
  let known = object;
  const save = async (changed) => {
    const next = { ...known, ...changed };
    const written = attributes.map((each) => [each.name, sent(each, next.attributes[each.name])]);
    await api.post("", {
      username: next.username, email: next.email, firstName: next.firstName, lastName: next.lastName,
      attributes: Object.fromEntries(written.filter(([, list]) => list.length > 0)),
    });
    known = next;
  };
  return [
    heading(text("account.profile")),
    element("p", { class: "lead" }, text("profile.lead")),
    element("div", { class: "panel" }, form({ fields, object, save, whole: true })),
  ];
}
