/* SPDX-License-Identifier: Apache-2.0 */
/* Advice for the mistakes that everybody makes once; see explanation.h. */
#include "guard/explanation.h"

#include <string.h>

#include "base/text.h"
#include "guard/claims_lookup.h"

static char *advise_audience(const ost_error *error, const issuer *i, const ost_claims *claims,
                             ost_arena *arena)
{
    ost_text client = text_slice(claims_client(claims), 0, 80);
    if (i->audience_count == 0)
        return NULL;
    return ost_arena_format(arena,
                            "%s. In Keycloak, open client \"%.*s\", Client scopes, its dedicated "
                            "scope, Add mapper, By configuration, Audience, and choose \"%.80s\" "
                            "as Included Client Audience",
                            error->detail, OST_FORMAT(client), i->audiences[0]);
}

static char *advise_issuer(const ost_error *error, ost_arena *arena)
{
    return ost_arena_format(arena,
                            "%s. If that is the same provider under another host name, configure "
                            "the issuer that tokens name, and the other address as discovery URL",
                            error->detail);
}

static char *advise_type(const ost_error *error, ost_arena *arena)
{
    return ost_arena_format(
        arena, "%s. The client must send the access_token, not the id_token or refresh_token",
        error->detail);
}

/* NULL: nothing to add, or no memory. */
static char *advise(const ost_error *error, check_step step, const issuer *i,
                    const ost_claims *claims, ost_arena *arena)
{
    if (i == NULL || claims == NULL)
        return NULL;
    switch (step) {
    case STEP_AUDIENCE:
        return advise_audience(error, i, claims, arena);
    case STEP_ISSUER:
        return advise_issuer(error, arena);
    case STEP_TYPE:
        return error->code == OST_E_TOKEN_TYPE ? advise_type(error, arena) : NULL;
    default:
        return NULL;
    }
}

ost_text explanation_of(const ost_error *error, check_step step, const issuer *i,
                        const ost_claims *claims, ost_arena *arena)
{
    char *text = advise(error, step, i, claims, arena);
    if (text == NULL)
        text = ost_arena_copy(arena, text_of(error->detail));
    if (text == NULL)
        return text_of(ost_result_sentence(error->code));
    text_make_printable(text, strlen(text)); /* claims are quoted, and cut */
    return text_of(text);
}
