// Starts Swagger UI on the docs page. What depends on the program stands in the page's data
// attributes, so that no script stands in the page itself.
"use strict";

window.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("swagger-ui");
  if (typeof SwaggerUIBundle === "undefined") {
    const link = document.createElement("a");
    link.href = link.textContent = "/openapi.json";
    place.className = "message";
    place.append("Swagger UI could not be loaded. The description of this API is at ", link, ".");
    return;
  }
  const ui = SwaggerUIBundle({
    url: "/openapi.json",
    domNode: place,
    deepLinking: true,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    oauth2RedirectUrl: window.location.origin + "/docs/oauth2-redirect",
    validatorUrl: null,
  });
  if (place.dataset.client) {
    ui.initOAuth({
      clientId: place.dataset.client,
      scopes: ["openid"],
      usePkceWithAuthorizationCodeGrant: true,
    });
  }
});
