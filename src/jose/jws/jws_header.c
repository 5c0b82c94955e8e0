/* SPDX-License-Identifier: Apache-2.0 */
/* The header of a signature that may be in two parts, protected and not: RFC 7515 §4 and §7.2.1,
 * RFC 7797 §3 and §6. As strict as the compact form (jws_read.c), and about `crit` as strict as can
 * be while `b64` is understood. */
#include "base/shown.h"
#include "base/text.h"
#include "jose/alg.h"
#include "jose/jws/jws_message.h"

#define UNPROTECTED_MAX 64 /* members; each is looked for in the protected header */

const ost_jws_rules jws_strictest = {0};

static ost_result malformed(ost_error *error, const char *sentence)
{
    return ost_error_set(error, OST_E_TOKEN_FORMAT, "%s", sentence);
}

/* §7.2.1: the names of the two must be disjoint; and what has to be integrity protected must not
 * stand in the unprotected one: `crit` (§4.1.11), `b64` (RFC 7797 §3). */
static ost_result check_unprotected(const jws_signature *s, ost_error *error)
{
    const ost_json *header = s->unprotected_header;
    if (ost_json_count(header) > UNPROTECTED_MAX || ost_json_source(header).len > HEADER_MAX)
        return malformed(error, "an unprotected header that is too large");
    if (ost_json_get(header, "crit") != NULL || ost_json_get(header, "b64") != NULL) {
        return ost_error_set(error, OST_E_CRITICAL, "\"crit\" or \"b64\" in an unprotected header");
    }
    for (const ost_json *at = ost_json_first(header); at != NULL; at = ost_json_next(at)) {
        if (ost_json_get_text(s->protected_header, ost_json_name(at)) != NULL) {
            return ost_error_set(error, OST_E_TOKEN_FORMAT, "\"%.*s\" is in two headers",
                                 SHOWN(ost_json_name(at), 32));
        }
    }
    return OST_OK;
}

/* `crit` is there and says "b64" alone, and b64 is a boolean; or neither is there. */
static ost_result read_critical(jws_signature *s, const ost_jws_rules *rules, ost_error *error)
{
    const ost_json *crit = ost_json_get(s->protected_header, "crit");
    const ost_json *b64 = ost_json_get(s->protected_header, "b64");
    bool encoded = true;
    if (crit == NULL && b64 == NULL)
        return OST_OK;
    if (!rules->unencoded || !ost_json_is(crit, OST_JSON_ARRAY) || ost_json_count(crit) != 1 ||
        !ost_json_equals(ost_json_first(crit), OST_TEXT("b64")) ||
        !ost_json_boolean(b64, &encoded)) {
        return ost_error_set(error, OST_E_CRITICAL,
                             "the header has \"crit\" or \"b64\" of a kind that is not accepted");
    }
    s->unencoded = !encoded;
    return OST_OK;
}

static const ost_json *either(const jws_signature *s, const char *name)
{
    const ost_json *member = ost_json_get(s->protected_header, name);
    return member != NULL ? member : ost_json_get(s->unprotected_header, name);
}

static ost_result read_alg(jws_signature *s, const ost_jws_rules *rules, ost_error *error)
{
    ost_algs accepted = rules->algorithms != 0 ? rules->algorithms : OST_ALGS_DEFAULT;
    ost_text name;
    if (!ost_json_text(either(s, "alg"), &name))
        return malformed(error, "the header has no string \"alg\"");
    if (!rules->insecure_unprotected_alg && ost_json_get(s->protected_header, "alg") == NULL)
        return malformed(error, "\"alg\" is not in the protected header");
    ost_alg alg = ost_alg_of(name);
    bool is_accepted = alg_signs(alg) && alg_is_accepted(accepted, alg);
    s->alg = is_accepted ? alg : OST_ALG_UNSET;
    s->alg_name = name;
    return OST_OK;
}

/* Absent, or a string. */
static bool read_text(const ost_json *member, ost_text *ret)
{
    return member == NULL || ost_json_text(member, ret);
}

/* RFC 7797 §7: a JWT is always encoded. */
static bool is_jwt(ost_text typ)
{
    return ost_typ_is(typ, "JWT") ||
           (typ.len >= 4 &&
            text_equal_ignoring_case(text_slice(typ, typ.len - 4, 4), OST_TEXT("+jwt")));
}

ost_result jws_read_headers(jws_signature *s, const ost_jws_rules *rules, ost_error *error)
{
    ost_result result = check_unprotected(s, error);
    if (result == OST_OK)
        result = read_critical(s, rules, error);
    if (result != OST_OK)
        return result;
    if (either(s, "zip") != NULL || either(s, "enc") != NULL)
        return malformed(error, "a signature with \"zip\" or \"enc\"");
    if (!read_text(either(s, "kid"), &s->kid) || s->kid.len > KID_MAX)
        return malformed(error, "\"kid\" is not a string of at most 256 bytes");
    if (!read_text(ost_json_get(s->protected_header, "typ"), &s->typ) ||
        !read_text(ost_json_get(s->protected_header, "cty"), &s->cty))
        return malformed(error, "\"typ\" or \"cty\" is not a string");
    if (s->unencoded && is_jwt(s->typ))
        return ost_error_set(error, OST_E_CRITICAL, "a JWT that is not encoded");
    return read_alg(s, rules, error);
}
