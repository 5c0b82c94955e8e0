// SPDX-License-Identifier: Apache-2.0
// What a token of this client would say for a user, which mapper makes each claim, and what to do when
// the audience of an API is missing.
import { acting, button, column, described, element, form, may, needed, newId, notify, section, soft, table, text } from "../lib/page.js";
import { claimOf } from "../lib/mapper_types.js";

// Claims that the protocol asks for; every other one comes from a mapper.
const ofProtocol = ["exp", "iat", "auth_time", "jti", "iss", "sub", "typ", "azp", "nonce", "session_state", "sid", "scope", "at_hash", "s_hash", "nbf"];

async function mappersOf(api, id, scope) {
  const [used, scopes, own] = await Promise.all([
    api.get(["clients", id, "evaluate-scopes", "protocol-mappers"], { scope }),
    api.get(["client-scopes"]), api.get(["clients", id, "protocol-mappers", "models"]),
  ]);
  const all = [...own, ...scopes.flatMap((each) => each.protocolMappers ?? [])];
  return used.map((each) => ({ ...each, claim: claimOf(all.find((mapper) => mapper.id === each.mapperId) ?? {}) }));
}

function origin(claim, mappers) {
  const makers = mappers.filter((mapper) => mapper.claim === claim).map((mapper) => text("evaluate.mapper", mapper.mapperName, mapper.containerName));
  if (makers.length > 0) return makers.join(", ");
  return text(ofProtocol.includes(claim) ? "evaluate.protocol" : "evaluate.unknown");
}

function claimsTable(token, mappers) {
  const columns = [
    column("mapper.claim", ([name]) => element("code", {}, name)),
    column("evaluate.value", ([, value]) => element("code", {}, JSON.stringify(value))),
    column("evaluate.origin", ([name]) => origin(name, mappers)),
  ];
  return table(text("evaluate.token"), columns, Object.entries(token));
}

// The audience as one button: a mapper of the client itself.
async function addAudience(api, id, audience) {
  const clients = await api.get(["clients"], { clientId: audience });
  const known = clients.some((client) => client.clientId === audience);
  await api.create(["clients", id, "protocol-mappers", "models"], {
    name: `audience ${audience}`, protocol: "openid-connect", protocolMapper: "oidc-audience-mapper",
    config: { [known ? "included.client.audience" : "included.custom.audience"]: audience, "access.token.claim": "true", "introspection.token.claim": "true", "id.token.claim": "false" },
  });
}

function audiencePanel(api, id, token, again) {
  const field = newId();
  const input = element("input", { id: field, type: "text", autocomplete: "off" });
  const has = [token.aud ?? []].flat();
  const add = acting(async () => {
    const audience = input.value.trim();
    if (audience === "") return input.focus();
    if (has.includes(audience)) return notify(text("evaluate.has_audience", audience));
    await addAudience(api, id, audience);
    notify(text("evaluate.added", audience));
    await again();
  });
  return section(text("evaluate.why"),
    element("p", {}, has.length > 0 ? text("evaluate.audiences", has.join(", ")) : text("evaluate.no_audience")),
    soft("evaluate.why_help"),
    may("manage-clients") && element("div", { class: "field" }, element("label", { for: field }, text("evaluate.audience")),
      element("div", { class: "pair" }, input, button(text("evaluate.add"), add))));
}

export async function clientEvaluate({ api, id }) {
  const place = element("div", { "aria-live": "polite" });
  const evaluate = async ({ username, scope = "" }) => {
    const user = (await api.get(["users"], { username, exact: true }))[0];
    if (!user) throw Object.assign(new Error(text("evaluate.no_user")), { field: "username" });
    const token = await api.get(["clients", id, "evaluate-scopes", "generate-example-access-token"], { userId: user.id, scope });
    const mappers = await mappersOf(api, id, scope);
    place.replaceChildren(audiencePanel(api, id, token, () => evaluate({ username, scope })), section(text("evaluate.token"), claimsTable(token, mappers)));
  };
  const fields = [
    { name: "username", label: text("user.username"), ...needed },
    { name: "scope", ...described("evaluate.scope"), always: true },
  ];
  return [section(text("evaluate.title"), form({ fields, object: { scope: "openid" }, save: evaluate, label: text("tab.evaluate"), done: null })), place];
}
