// SPDX-License-Identifier: Apache-2.0
// Where a console stands: PREFIX/admin/REALM/console/, or that of users: PREFIX/realms/REALM/account/
const parts = location.pathname.match(/^(.*)\/(?:admin\/([^/]+)\/console|realms\/([^/]+)\/account)\/$/);
const forUsers = parts[3] !== undefined;

export const prefix = parts[1];
export const ownRealm = decodeURIComponent(parts[2] ?? parts[3]);
export const client = forUsers ? "account-console" : "security-admin-console";

const inPath = encodeURIComponent(ownRealm);
// The address as the client of the console has it registered, however it was typed.
export const page = location.origin + prefix + (forUsers ? `/realms/${inPath}/account/` : `/admin/${inPath}/console/`);

export function realmAddress(rest) {
  return `${prefix}/realms/${inPath}/protocol/openid-connect/${rest}`;
}
