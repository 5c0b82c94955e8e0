// SPDX-License-Identifier: Apache-2.0
// Step one of the question whether this browser sends our cookies from within other sites: a cookie
// of the kind that sessions have.
"use strict";
document.cookie = "KEYCLOAK_3P_COOKIE=supported; SameSite=Lax";
location.replace("step2.html" + location.search);
