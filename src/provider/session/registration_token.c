/* SPDX-License-Identifier: Apache-2.0 */
/* Registration access tokens; see registration_token.h. */
#include "provider/session/registration_token.h"

#include "provider/session/internal_token.h"

#define LIFETIME ((int64_t)10 * 365 * 86400)

bool registration_token_make(call *c, ost_text id, ost_text *ret_token)
{
    ost_text claims;
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return false;
    ost_json_open_object(w);
    ost_json_member_integer(w, "exp", c->now + LIFETIME); /* nobody looks at it */
    ost_json_member_integer(w, "iat", c->now);
    ost_json_member_text(w, "jti", id);
    ost_json_member_string(w, "iss", c->issuer);
    ost_json_member_string(w, "aud", c->issuer);
    ost_json_member_string(w, "typ", REGISTRATION_TOKEN);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &claims) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    return internal_token_make(c, claims, "JWT", ret_token);
}
