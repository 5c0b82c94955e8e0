// SPDX-License-Identifier: Apache-2.0
// The account REST API, with JSON in and out, and its keys of messages as sentences.
import { accessToken } from "../../console/lib/login.js";
import { ownRealm, prefix } from "../../console/lib/place.js";
import { request } from "../../console/lib/request.js";
import { hasText, text } from "../../console/lib/text.js";

// A key of Keycloak's messages; a policy's refusal is a sentence already.
function words(fault) {
  const key = `fault.${fault.errorMessage}`;
  const [, least, most] = fault.params ?? [];
  return hasText(key) ? text(key, least ?? "", most ?? "") : fault.errorMessage;
}

export class AccountError extends Error {
  constructor(status, answer) {
    const fault = answer.errors?.[0] ?? (answer.errorMessage ? answer : null);
    super(fault ? words(fault) : status === 403 ? text("error.forbidden") : (answer.error_message ?? text("error.status", status)));
    this.status = status;
    this.key = fault?.errorMessage ?? null;
    this.field = fault?.field ?? null;
  }
}

const call = async (method, path, body) =>
  (await request(method, `${prefix}/realms/${encodeURIComponent(ownRealm)}/account/${path}`, body,
    (status, answer) => new AccountError(status, answer))).json;

export const api = {
  get: (path) => call("GET", path),
  put: (path, body) => call("PUT", path, body),
  post: (path, body) => call("POST", path, body),
  remove: (path) => call("DELETE", path),
};

// The roles of the account that the token has: the API decides, this only keeps pages away that it would refuse.
export async function roles() {
  const part = (await accessToken()).split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(part), (c) => c.charCodeAt(0)))).resource_access?.account?.roles ?? [];
}
