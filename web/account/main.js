// SPDX-License-Identifier: Apache-2.0
// The account console starts: sign in, then show the page that the address names.
import { element } from "../console/lib/elements.js";
import { logIn } from "../console/lib/login.js";
import { addMessages, loadMessages, text } from "../console/lib/text.js";
import english from "./messages/en.js";
import { startShell } from "./lib/shell.js";
import { applications } from "./pages/applications.js";
import { groups } from "./pages/groups.js";
import { password } from "./pages/password.js";
import { profile } from "./pages/profile.js";
import { sessions } from "./pages/sessions.js";

const pages = [
  { path: "profile", nav: "account.profile", show: profile },
  { path: "password", nav: "account.password", show: password },
  { path: "sessions", nav: "account.sessions", show: sessions },
  { path: "applications", nav: "account.applications", show: applications },
  { path: "groups", nav: "account.groups", needs: "view-groups", show: groups },
];

function failure(error) {
  return element("main", { class: "alone card" },
    element("h1", {}, text("start.failed")),
    element("p", { role: "alert" }, error.message),
    element("p", {}, element("button", { type: "button", class: "button", onclick: () => location.replace(location.pathname) },
      text("start.again"))));
}

try {
  await loadMessages();
  addMessages(english);
  if (await logIn()) await startShell(pages);
} catch (error) {
  document.body.replaceChildren(failure(error));
}
