// SPDX-License-Identifier: Apache-2.0
// Step two: whether it has come back. Nothing is told but that, so any page may hear it.
"use strict";
{
  const there = document.cookie.includes("KEYCLOAK_3P_COOKIE=supported");
  document.cookie = "KEYCLOAK_3P_COOKIE=; Max-Age=0; SameSite=Lax";
  parent.postMessage(there ? "supported" : "unsupported", "*");
}
