// SPDX-License-Identifier: Apache-2.0
// OpenID Connect Session Management §3.2: a page asks "CLIENT SESSION" and hears whether that is
// still the browser's session. Only pages of the client's own origins are answered.
"use strict";
{
  const allowed = new Map();

  const isAllowed = async (client, origin) => {
    const key = client + " " + origin;
    if (!allowed.has(key)) {
      const query = new URLSearchParams({ client_id: client, origin: origin });
      const answer = await fetch("login-status-iframe.html/init?" + query);
      if (answer.status !== 204 && answer.status !== 403) {
        return false;
      }
      allowed.set(key, answer.status === 204);
    }
    return allowed.get(key);
  };

  // "realm/user/session", within quotes.
  const session = () => {
    const found = document.cookie.match(/(?:^|; )KEYCLOAK_SESSION="?([^";]*)/);
    return found ? found[1].split("/")[2] || "" : "";
  };

  window.addEventListener("message", async (event) => {
    const words = typeof event.data === "string" ? event.data.split(" ") : [];
    if (words.length !== 2 || !event.source) {
      return;
    }
    let status = "error";
    try {
      if (await isAllowed(words[0], event.origin)) {
        status = session() === words[1] ? "unchanged" : "changed";
      }
    } catch {
      // The provider cannot be reached: nothing is known.
    }
    event.source.postMessage(status, event.origin);
  });
}
