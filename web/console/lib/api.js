// SPDX-License-Identifier: Apache-2.0
// The admin REST API, with JSON in and out.
import { ownRealm, prefix } from "./place.js";
import { request } from "./request.js";
import { text } from "./text.js";

export class ApiError extends Error {
  constructor(status, answer) {
    const told = answer.errorMessage ?? answer.error_description ?? answer.error;
    super(status === 403 ? text("error.forbidden") : status === 409 && !told ? text("error.conflict")
      : (told ?? text("error.status", status)));
    this.status = status;
    this.field = answer.field ?? answer.params?.[0] ?? null;
  }
}

const call = (method, path, body, credentials) =>
  request(method, `${prefix}/admin/${path}`, body, (status, answer) => new ApiError(status, answer), credentials);

// A path of segments, each escaped, and the query's parameters that have a value.
export function path(segments, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "" && value !== null);
  const search = new URLSearchParams(given).toString();
  return segments.map(encodeURIComponent).join("/") + (search ? `?${search}` : "");
}

// Where the users of a realm look after themselves.
export function accountOf(realm) {
  return `${prefix}/realms/${encodeURIComponent(realm)}/account/`;
}

// Who asks, and which roles they have over the realm `currentRealm`.
export async function whoami(currentRealm) {
  return (await call("GET", path([ownRealm, "console", "whoami"], { currentRealm }))).json;
}

// The API of one realm; `realmApi()` is that of all realms.
export function realmApi(realm) {
  const below = realm === undefined ? ["realms"] : ["realms", realm];
  const at = (segments, query) => path([...below, ...segments], query);
  return {
    get: async (segments, query) => (await call("GET", at(segments, query))).json,
    put: async (segments, body, query) => (await call("PUT", at(segments, query), body)).json,
    remove: async (segments, body) => (await call("DELETE", at(segments), body)).json,
    post: async (segments, body, query) => (await call("POST", at(segments, query), body)).json,
    // The browser is somebody else's in the realm from then on: the answer has their cookies.
    impersonate: async (id) => (await call("POST", at(["users", id, "impersonation"]), {}, "same-origin")).json,
    // The id of what was made.
    create: async (segments, body) => {
      const { location } = await call("POST", at(segments), body);
      return location === null ? null : decodeURIComponent(location.split("/").pop());
    },
  };
}
