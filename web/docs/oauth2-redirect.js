// SPDX-License-Identifier: Apache-2.0
// Hands the provider's answer to the docs page that opened this window, and closes it.
"use strict";

(() => {
  const asked = window.opener && window.opener.swaggerUIRedirectOauth2;
  if (!asked) {
    document.getElementById("message").textContent =
      "The docs page that began this login is not open any more. Close this window and try again.";
    return;
  }
  const answer = new URLSearchParams(window.location.search);
  const refuse = (message) =>
    asked.errCb({ authId: asked.auth.name, source: "auth", level: "error", message });

  if (answer.get("state") !== asked.state) {
    refuse("The answer does not belong to this login. Nobody has been signed in.");
  } else if (answer.get("code")) {
    delete asked.state;
    asked.auth.code = answer.get("code");
    asked.callback({ auth: asked.auth, redirectUrl: asked.redirectUrl });
  } else {
    const code = answer.get("error") || "no answer";
    const description = answer.get("error_description");
    refuse(description ? `${code}: ${description}` : code);
  }
  window.close();
})();
