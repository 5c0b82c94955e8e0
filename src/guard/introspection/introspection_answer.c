/* SPDX-License-Identifier: Apache-2.0 */
/* Reads answers; see introspection_answer.h. */
#include "guard/introspection/introspection_answer.h"

#include "base/error_sentence.h"
#include "base/shown.h"
#include "base/text.h"
#include "guard/keys/issuer_document.h"
#include "guard/keys/issuer_statement.h"
#include "jose/jwt/numeric_date.h"

#define SIGNED_TYPE "token-introspection+jwt"
#define SIGNED_MAX_AGE 60 /* seconds, and the leeway */

bool introspection_is_verdict(ost_result result)
{
    switch (result) {
    case OST_E_INACTIVE:
    case OST_E_EXPIRED:
    case OST_E_TOKEN_TYPE:
    case OST_E_SENDER:
    case OST_E_CLAIM_MISSING:
    case OST_E_CLAIM_TYPE:
    case OST_E_TOKEN_FORMAT:
        return true;
    default:
        return false;
    }
}

static bool type_is(ost_text content_type, const char *expected)
{
    ost_text type = text_trim(text_slice(content_type, 0, text_find(content_type, ';', 0)));
    return text_equal_ignoring_case(type, text_of(expected));
}

/* ---- the answer's object ---- */

/* RFC 6749 §7.1: case-insensitive. Keycloak writes the kind of token here, other servers into
 * token_use. */
static ost_result check_kind(const ost_json *object, ost_error *error)
{
    const ost_json *type = ost_json_get(object, "token_type");
    const ost_json *use = ost_json_get(object, "token_use");
    ost_text said = {0};
    if (type != NULL && !ost_json_text(type, &said))
        return ost_error_set(error, OST_E_CLAIM_TYPE, "token_type is not a string");
    bool bound = text_equal_ignoring_case(said, OST_TEXT("DPoP"));
    if (type != NULL && !bound && !text_equal_ignoring_case(said, OST_TEXT("Bearer"))) {
        return ost_error_set(error, OST_E_TOKEN_TYPE,
                             "the token_type is \"%.*s\", an access token has \"Bearer\"",
                             SHOWN(said, 60));
    }
    if (bound && ost_json_get(object, "cnf") == NULL) {
        return ost_error_set(error, OST_E_SENDER,
                             "the token is bound by DPoP, but the answer has no cnf");
    }
    if (use != NULL && !ost_json_equals(use, OST_TEXT("access_token")) &&
        !ost_json_equals(use, OST_TEXT("access")))
        return ost_error_set(error, OST_E_TOKEN_TYPE, "the token_use is not access_token");
    return OST_OK;
}

/* The object as the claims of a token: without `active`, and with the issuer, who need not name
 * itself. */
static ost_result write_claims(const introspection_rules *rules, const ost_json *object,
                               ost_arena *arena, ost_text *ret_claims)
{
    ost_json_writer *writer = ost_json_writer_new(arena, 2 * INTROSPECTION_BODY_MAX);
    if (writer == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(writer);
    for (const ost_json *at = ost_json_first(object); at != NULL; at = ost_json_next(at)) {
        if (text_is(ost_json_name(at), "active"))
            continue;
        ost_json_put_name(writer, ost_json_name(at));
        ost_json_put_value(writer, at);
    }
    if (ost_json_get(object, "iss") == NULL)
        ost_json_member_string(writer, "iss", rules->issuer);
    ost_json_close_object(writer);
    return ost_json_writer_finish(writer, ret_claims);
}

static ost_result read_active(const introspection_rules *rules, const ost_json *object, int64_t now,
                              ost_arena *arena, introspection_answer *answer, ost_error *error)
{
    const ost_claims *claims;
    ost_result result = check_kind(object, error);
    if (result != OST_OK)
        return result;
    result = write_claims(rules, object, arena, &answer->claims);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    size_t before = ost_arena_used(arena);
    result = ost_claims_read(answer->claims, arena, &claims, error);
    if (result != OST_OK)
        return result;
    answer->claims_bytes = ost_arena_used(arena) - before;
    answer->expiry = ost_claims_expiry(claims);
    if (answer->expiry <= now)
        return ost_error_set(error, OST_E_EXPIRED, "the token has expired");
    return OST_OK;
}

/* "active": true, and nothing that resembles it. */
static ost_result read_object(const introspection_rules *rules, const ost_json *object, int64_t now,
                              ost_arena *arena, introspection_answer *answer, ost_error *error)
{
    bool active;
    if (!ost_json_is(object, OST_JSON_OBJECT) ||
        !ost_json_boolean(ost_json_get(object, "active"), &active))
        return ost_error_set(error, OST_E_REMOTE, "the answer does not say true or false");
    if (!active)
        return error_set_sentence(error, OST_E_INACTIVE);
    return read_active(rules, object, now, arena, answer, error);
}

/* ---- the signed form (RFC 9701 §5) ---- */

static bool is_for(const ost_json *audience, const char *client_id)
{
    if (!ost_json_is(audience, OST_JSON_ARRAY))
        return ost_json_equals(audience, text_of(client_id));
    const ost_json *at = ost_json_first(audience);
    while (at != NULL && !ost_json_equals(at, text_of(client_id)))
        at = ost_json_next(at);
    return at != NULL;
}

static ost_result check_signed(const introspection_rules *rules, const ost_json *claims,
                               int64_t now, ost_error *error)
{
    int64_t issued;
    if (!ost_json_equals(ost_json_get(claims, "iss"), text_of(rules->issuer)))
        return ost_error_set(error, OST_E_REMOTE, "the answer is of another issuer");
    if (!is_for(ost_json_get(claims, "aud"), rules->client_id))
        return ost_error_set(error, OST_E_REMOTE, "the answer is for another client");
    if (!numeric_date_read(ost_json_get(claims, "iat"), &issued) || issued - rules->leeway > now ||
        issued + SIGNED_MAX_AGE + rules->leeway < now)
        return ost_error_set(error, OST_E_REMOTE, "the answer was not made just now (iat)");
    return OST_OK;
}

static ost_result read_signed(const introspection_rules *rules, ost_text body, int64_t now,
                              ost_arena *arena, introspection_answer *answer, ost_error *error)
{
    const ost_json *claims;
    ost_result result = issuer_statement_read(body, SIGNED_TYPE, rules->algorithms, rules->keys,
                                              arena, &claims, &answer->kid, error);
    if (result == OST_E_KEY_UNKNOWN)
        answer->blame = BLAME_ISSUER;
    if (result == OST_OK)
        result = check_signed(rules, claims, now, error);
    if (result != OST_OK)
        return result;
    return read_object(rules, ost_json_get(claims, "token_introspection"), now, arena, answer,
                       error);
}

/* ---- both ---- */

/* Only what says so is about all questions: that our credentials are wrong, that it is too much.
 * All else may be about this one: a firewall before the issuer answers 403 to what looks like an
 * attack, and whatever the issuer chokes on, a stranger can send again and again. */
static ost_result read_status(long status, introspection_answer *answer, ost_error *error)
{
    bool says_so = status == 401 || status == 429 || status == 503;
    answer->blame = says_so ? BLAME_ISSUER : BLAME_TOKEN;
    return ost_error_set(error, OST_E_REMOTE, "the introspection endpoint answered %ld%s", status,
                         status == 404 || status == 410 || status == 405 ? "; is its path right?"
                         : status == 401 ? "; are the client's name and secret right?"
                         : status == 403 ? "; may this client ask?"
                                         : "");
}

ost_result introspection_answer_read(const introspection_rules *rules, const net_response *response,
                                     int64_t now, ost_arena *arena,
                                     introspection_answer *ret_answer, ost_error *error)
{
    const ost_json *object = NULL;
    *ret_answer = (introspection_answer){.blame = BLAME_TOKEN};
    if (response->result != OST_OK) {
        /* It did answer, too much, or that somebody else should. */
        bool answered = response->result == OST_E_CEILING || response->result == OST_E_REDIRECT;
        ret_answer->blame = answered ? BLAME_TOKEN : BLAME_EITHER;
        return issuer_document_untransferred(response, error);
    }
    if (response->status != 200)
        return read_status(response->status, ret_answer, error);
    if (type_is(response->content_type, "application/" SIGNED_TYPE))
        return read_signed(rules, response->body, now, arena, ret_answer, error);
    if (rules->require_signed)
        return ost_error_set(error, OST_E_REMOTE, "the answer is not signed");
    if (!type_is(response->content_type, "application/json"))
        return ost_error_set(error, OST_E_REMOTE, "the answer is of type \"%.*s\", not JSON",
                             SHOWN(response->content_type, 60));
    ost_error why = {0};
    ost_result result = ost_json_read(response->body, NULL, arena, &object, &why);
    if (result != OST_OK)
        return ost_error_set(error, OST_E_REMOTE, "the answer: %s", why.detail);
    return read_object(rules, object, now, arena, ret_answer, error);
}
