// SPDX-License-Identifier: Apache-2.0
// Where this console stands: PREFIX/admin/REALM/console/
const parts = location.pathname.match(/^(.*)\/admin\/([^/]+)\/console\/$/);

export const prefix = parts[1];
export const ownRealm = decodeURIComponent(parts[2]);
// The address as the client of the console has it registered, however it was typed.
export const page = `${location.origin}${prefix}/admin/${encodeURIComponent(ownRealm)}/console/`;

export function realmAddress(rest) {
  return `${prefix}/realms/${encodeURIComponent(ownRealm)}/protocol/openid-connect/${rest}`;
}
