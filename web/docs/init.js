// SPDX-License-Identifier: Apache-2.0
// Starts Swagger UI on the docs page, in place of the list of operations that the page has by itself.
// What depends on the program stands in data attributes, so that no script stands in the page.
"use strict";

const DESCRIPTION = "/openapi.json";
const LONGEST_WAIT = 30000;

// An API may be up before its provider, and its description has no login until discovery has told the endpoints.
const awaitLogin = (ui, wait) => {
  window.setTimeout(async () => {
    const description = await fetch(DESCRIPTION)
      .then((answer) => answer.json())
      .catch(() => null);
    if (description?.components?.securitySchemes?.OAuth2) {
      ui.specActions.download(DESCRIPTION);
    } else {
      awaitLogin(ui, Math.min(2 * wait, LONGEST_WAIT));
    }
  }, wait);
};

window.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("swagger-ui");
  if (typeof SwaggerUIBundle === "undefined") {
    document.getElementById("message").hidden = false;
    return;
  }
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", follow);
  follow();
  const ui = SwaggerUIBundle({
    url: DESCRIPTION,
    domNode: place,
    deepLinking: true,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    oauth2RedirectUrl: window.location.origin + "/docs/oauth2-redirect",
    validatorUrl: null,
    onComplete: () => {
      document.getElementById("operation-list").hidden = true;
    },
  });
  if (place.dataset.client) {
    ui.initOAuth({
      clientId: place.dataset.client,
      scopes: ["openid"],
      usePkceWithAuthorizationCodeGrant: true,
    });
  }
  if ("loginAwaited" in place.dataset) {
    awaitLogin(ui, 1000);
  }
});
