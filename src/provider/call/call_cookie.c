/* SPDX-License-Identifier: Apache-2.0 */
/* Cookies of a realm; see call.h. */
#include <stdio.h>

#include "base/text.h"
#include "provider/call/call.h"

void call_set_cookie(call *c, const char *name, ost_text value, int64_t max_age, bool http_only)
{
    bool tls = text_starts(text_of(c->base), "https://");
    ost_text origin = realm_uri_origin(text_of(c->base));
    char age[48] = "";
    if (max_age >= 0)
        snprintf(age, sizeof age, "; Max-Age=%lld", (long long)max_age);
    /* Lax: a cross-site form cannot bring it along, a link to the login page can. */
    const char *cookie =
        call_format(c, "%s=%.*s; Path=%s/realms/%s/%s; SameSite=Lax%s%s", name, (int)value.len,
                    value.len > 0 ? value.data : "", c->base + origin.len, c->realm_path, age,
                    http_only ? "; HttpOnly" : "", tls ? "; Secure" : "");
    if (cookie != NULL)
        (void)!http_add_field(c->exchange, "Set-Cookie", text_of(cookie));
}
