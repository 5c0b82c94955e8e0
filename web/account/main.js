// SPDX-License-Identifier: Apache-2.0
// The account console starts: sign in, then show the page that the address names.
import { start } from "../console/lib/start.js";
import { addMessages, language } from "../console/lib/text.js";
import { startShell } from "./lib/shell.js";
import { applications } from "./pages/applications.js";
import { groups } from "./pages/groups.js";
import { linked } from "./pages/linked.js";
import { methods } from "./pages/methods.js";
import { password } from "./pages/password.js";
import { profile } from "./pages/profile.js";
import { sessions } from "./pages/sessions.js";

const pages = [
  { path: "profile", nav: "account.profile", show: profile },
  { path: "password", nav: "account.password", show: password },
  { path: "methods", nav: "account.methods", show: methods },
  { path: "linked", nav: "account.linked", show: linked },
  { path: "sessions", nav: "account.sessions", show: sessions },
  { path: "applications", nav: "account.applications", show: applications },
  { path: "groups", nav: "account.groups", needs: "view-groups", show: groups },
];

addMessages((await import(`./messages/${language}.js`)).default);
await start(() => startShell(pages));
