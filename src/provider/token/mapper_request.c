/* SPDX-License-Identifier: Apache-2.0 */
/* Mappers of what the authorization request asks for by name (OpenID Connect Core §5.5); see
 * mapper.h. What is essential and not there is no error (§5.5.1). */
#include "base/array.h"
#include "base/text.h"
#include "provider/session/requested_claims.h"
#include "provider/token/mapper.h"

static const ost_json *asked(const mapper_work *w, ost_text name)
{
    return requested_claim(w->grant->requested, w->kind == TOKEN_USERINFO ? "userinfo" : "id_token",
                           name);
}

void map_requested_claims(mapper_work *w)
{
    static const struct {
        const char *claim, *member;
    } of_user[] = {
        {"given_name", "firstName"},
        {"family_name", "lastName"},
        {"preferred_username", "username"},
        {"email", "email"},
    };
    ost_text text;
    if (asked(w, OST_TEXT("name")) != NULL)
        map_full_name(w);
    for (size_t i = 0; i < ARRAY_LEN(of_user); i++) {
        if (asked(w, text_of(of_user[i].claim)) != NULL &&
            ost_json_text(ost_json_get(w->grant->user, of_user[i].member), &text) && text.len > 0)
            claim_put_text(w->tree, of_user[i].claim, text);
    }
}

void map_requested_value(mapper_work *w)
{
    ost_text value, name = mapper_setting(w, "claim.name");
    if (requested_claim_may_be_chosen(name) &&
        ost_json_text(ost_json_get(asked(w, name), "value"), &value))
        mapper_put_text(w, value);
}
