// SPDX-License-Identifier: Apache-2.0
// What the administrator may do to the realm that is shown. The API decides; this only keeps buttons
// away that it would refuse.
import { whoami } from "./api.js";

let known = { realm: null, roles: [], createRealm: false };

export async function loadAccess(realm) {
  if (known.realm === realm) return;
  const answer = await whoami(realm);
  known = { realm, roles: answer.realm_access[realm] ?? [], createRealm: answer.createRealm };
}

// One of these roles is enough.
export function may(...roles) {
  return roles.some((role) => known.roles.includes(role));
}

export function mayCreateRealms() {
  return known.createRealm;
}
