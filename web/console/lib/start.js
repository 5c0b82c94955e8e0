// SPDX-License-Identifier: Apache-2.0
// How a console starts: sign in, then what `open` shows; or why that failed.
import { element } from "./elements.js";
import { logIn } from "./login.js";
import { text } from "./text.js";

function failure(error) {
  return element("main", { class: "alone card" },
    element("h1", {}, text("start.failed")),
    element("p", { role: "alert" }, error.message),
    element("p", {}, element("button", { type: "button", class: "button", onclick: () => location.replace(location.pathname) },
      text("start.again"))));
}

export async function start(open) {
  try {
    if (await logIn()) await open();
  } catch (error) {
    document.body.replaceChildren(failure(error));
  }
}
