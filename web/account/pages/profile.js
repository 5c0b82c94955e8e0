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
    name: attribute.name, label: label(attribute), kind: "choice",
    options: [["", text("profile.any_language")], ...tags.sort().map((tag) => [tag, language(tag)])],
  };
}

function field(attribute, user) {
  return {
    name: attribute.name, label: label(attribute), kind: attribute.name === "email" ? "email" : "text",
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
  const object = { ...user, locale: user.attributes?.locale?.[0] ?? "" };
  let known = object;
  const save = async (changed) => {
    const next = { ...known, ...changed };
    await api.post("", {
      username: next.username, email: next.email, firstName: next.firstName, lastName: next.lastName,
      attributes: next.locale ? { locale: [next.locale] } : {},
    });
    known = next;
  };
  return [
    heading(text("account.profile")),
    element("p", { class: "lead" }, text("profile.lead")),
    element("div", { class: "panel" }, form({ fields, object, save })),
  ];
}
