/* Advice for the mistakes that everybody makes once; see explanation.h. */
#include "explanation.h"

#include "claims_lookup.h"
#include "text.h"

#define SHOWN(text) ((text).len < 80 ? (int)(text).len : 80), ((text).len > 0 ? (text).data : "")

static char *advise_audience(const ost_error *error, const issuer *i, const ost_claims *claims,
                             ost_arena *arena)
{
    ost_text client = claims_client(claims);
    if (i->audience_count == 0)
        return NULL;
    return ost_arena_format(arena,
                            "%s. In Keycloak, open client \"%.*s\", Client scopes, its dedicated "
                            "scope, Add mapper, By configuration, Audience, and choose \"%.80s\" "
                            "as Included Client Audience",
                            error->detail, SHOWN(client), i->audiences[0]);
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
static char *advise(const ost_error *error, const issuer *i, const ost_claims *claims,
                    ost_arena *arena)
{
    if (i == NULL || claims == NULL)
        return NULL;
    switch (error->code) {
    case OST_E_AUDIENCE:
        return advise_audience(error, i, claims, arena);
    case OST_E_ISSUER:
        return advise_issuer(error, arena);
    case OST_E_TOKEN_TYPE:
        return advise_type(error, arena);
    default:
        return NULL;
    }
}

/* It goes to logs and terminals: no control characters, of which U+0080 to U+009F are some. A
 * character that was cut in two takes the others with it. */
static void make_harmless(char *text)
{
    bool is_utf8 = text_is_utf8(text_of(text));
    for (char *at = text; *at != '\0'; at++) {
        unsigned char c = (unsigned char)*at;
        bool upper_control = is_utf8 && c == 0xc2 && (unsigned char)at[1] < 0xa0;
        if (c < 0x20 || c == 0x7f || (c >= 0x80 && !is_utf8) || upper_control)
            *at = '?';
        if (upper_control)
            *++at = '?';
    }
}

ost_text explanation_of(const ost_error *error, const issuer *i, const ost_claims *claims,
                        ost_arena *arena)
{
    char *text = advise(error, i, claims, arena);
    if (text == NULL)
        text = ost_arena_copy(arena, text_of(error->detail));
    if (text == NULL)
        return text_of(ost_result_sentence(error->code));
    make_harmless(text);
    return text_of(text);
}
