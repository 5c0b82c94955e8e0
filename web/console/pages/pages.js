// SPDX-License-Identifier: Apache-2.0
// The pages: the path behind the realm (":id" is any segment, ":tab?" one that may be missing), the roles of which one is needed, the
// message of the navigation's entry where there is one, and the function that makes the page. Pages
// stand in the navigation in this order.
import { clientPage } from "./client.js";
import { newClientPage } from "./client_new.js";
import { scopePage, scopesPage } from "./client_scopes.js";
import { clientsPage } from "./clients.js";
import { eventsPage } from "./events.js";
import { groupPage } from "./group.js";
import { groupsPage } from "./groups.js";
import { keyPage, newKeyOfKindPage, newKeyPage } from "./key.js";
import { keysPage } from "./keys.js";
import { importPage } from "./realm_import.js";
import { realmSettingsPage } from "./realm_settings.js";
import { newRealmPage, realmsPage } from "./realms.js";
import { rolePage, rolesPage } from "./roles.js";
import { clientSessionsPage, sessionsPage } from "./sessions.js";
import { signInPage } from "./sign_in.js";
import { userPage } from "./user.js";
import { newUserPage, usersPage } from "./users.js";

const clients = ["view-clients", "manage-clients", "query-clients"];
const oneClient = ["view-clients", "manage-clients"];
const users = ["view-users", "manage-users", "query-users"];
const groups = ["view-users", "manage-users", "query-groups"];
const oneUser = ["view-users", "manage-users"];
const realm = ["view-realm", "manage-realm"];

export const pages = [
  { path: "clients", nav: "clients.title", needs: clients, show: clientsPage },
  { path: "clients/new", needs: ["manage-clients", "create-client"], show: newClientPage },
  { path: "clients/:id/:tab?", needs: oneClient, show: clientPage },
  { path: "client-scopes", nav: "tab.scopes", needs: clients, show: scopesPage },
  { path: "client-scopes/:id", needs: oneClient, show: scopePage },
  { path: "roles", nav: "nav.roles", needs: realm, show: rolesPage },
  { path: "roles/:id", needs: [...realm, ...oneClient], show: rolePage },
  { path: "users", nav: "users.title", needs: users, show: usersPage },
  { path: "users/new", needs: ["manage-users"], show: newUserPage },
  { path: "users/:id/:tab?", needs: oneUser, show: userPage },
  { path: "groups", nav: "tab.groups", needs: groups, show: groupsPage },
  { path: "groups/:id/:tab?", needs: oneUser, show: groupPage },
  { path: "sessions", nav: "tab.sessions", needs: realm, show: sessionsPage },
  { path: "sessions/:id", needs: oneClient, show: clientSessionsPage },
  { path: "events/:kind?", nav: "nav.events", needs: ["view-events", "manage-events"], show: eventsPage },
  { path: "authentication", nav: "signin.title", needs: realm, show: signInPage },
  { path: "keys", nav: "keys.title", needs: realm, show: keysPage },
  { path: "keys/new", needs: ["manage-realm"], show: newKeyPage },
  { path: "keys/new/:kind", needs: ["manage-realm"], show: newKeyOfKindPage },
  { path: "keys/:id", needs: realm, show: keyPage },
  { path: "realm-settings/:tab?", nav: "settings.title", needs: realm, show: realmSettingsPage },
  { path: "realms", nav: "realms.title", needs: ["create-realm"], show: realmsPage },
  { path: "realms/new", needs: ["create-realm"], show: newRealmPage },
  { path: "realms/import", needs: ["create-realm"], show: importPage },
];
