// SPDX-License-Identifier: Apache-2.0
// The console starts: sign in, then show the page that the address names.
import { logIn } from "./lib/login.js";
import { loadMessages, text } from "./lib/text.js";
import { element } from "./lib/elements.js";
import { startShell } from "./lib/shell.js";
import { pages } from "./pages/pages.js";

function failure(error) {
  return element("main", { class: "alone card" },
    element("h1", {}, text("start.failed")),
    element("p", { role: "alert" }, error.message),
    element("p", {}, element("button", { type: "button", class: "button", onclick: () => location.replace(location.pathname) },
      text("start.again"))));
}

try {
  await loadMessages();
  if (await logIn()) await startShell(pages);
} catch (error) {
  document.body.replaceChildren(failure(error));
}
