/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a JWS before its verification: RFC 7515 §5.2 steps 1–5, as strictly as RFC 8725 asks.
 *
 * jku, jwk, x5u, x5c and x5t (RFC 7515 §4.1.2–4.1.8) are never looked at: a token does not choose
 * the key that it is verified with. zip and enc belong to encryption (RFC 7516 §4.1): where they
 * stand in the header of a signed token, two readers of it would disagree, so it is refused. */
#include "base/shown.h"
#include "base/text.h"
#include "jose/alg.h"
#include "jose/compact.h"

typedef struct header_members {
    const ost_json *alg, *kid, *typ;
    const ost_json *critical;   /* crit or b64 */
    const ost_json *encryption; /* zip or enc */
} header_members;

/* Every member is looked at once. */
static header_members find_members(const ost_json *header)
{
    header_members found = {0};
    const ost_json *member = ost_json_first(header);
    for (; member != NULL; member = ost_json_next(member)) {
        switch (short_name(ost_json_name(member))) {
        case SHORT_NAME('a', 'l', 'g', 0):
            found.alg = member;
            break;
        case SHORT_NAME('k', 'i', 'd', 0):
            found.kid = member;
            break;
        case SHORT_NAME('t', 'y', 'p', 0):
            found.typ = member;
            break;
        case SHORT_NAME('c', 'r', 'i', 't'):
        case SHORT_NAME('b', '6', '4', 0):
            found.critical = member;
            break;
        case SHORT_NAME('z', 'i', 'p', 0):
        case SHORT_NAME('e', 'n', 'c', 0):
            found.encryption = member;
            break;
        default: /* not understood, and therefore ignored: RFC 7515 §4 */
            break;
        }
    }
    return found;
}

static ost_result read_alg(const ost_json *member, ost_algs accepted, ost_alg *ret_alg,
                           ost_error *error)
{
    ost_text name;
    if (!ost_json_text(member, &name))
        return ost_error_set(error, OST_E_TOKEN_FORMAT, "the header has no string \"alg\"");
    ost_alg alg = ost_alg_of(name);
    if (!alg_signs(alg) || !alg_is_accepted(accepted, alg)) {
        return ost_error_set(error, OST_E_ALGORITHM, "the token's algorithm is \"%.*s\"",
                             SHOWN(name, 32));
    }
    *ret_alg = alg;
    return OST_OK;
}

static ost_result read_header(const ost_json *header, ost_algs accepted, ost_unverified_jws *jws,
                              ost_error *error)
{
    header_members found = find_members(header);
    if (found.critical != NULL) {
        return ost_error_set(error, OST_E_CRITICAL, "the header has \"%.*s\"",
                             SHOWN(ost_json_name(found.critical), 32));
    }
    if (found.encryption != NULL) {
        return ost_error_set(error, OST_E_TOKEN_FORMAT, "a signed token with \"%.*s\"",
                             SHOWN(ost_json_name(found.encryption), 32));
    }
    if (found.kid != NULL && (!ost_json_text(found.kid, &jws->kid) || jws->kid.len > KID_MAX)) {
        return ost_error_set(error, OST_E_TOKEN_FORMAT,
                             "\"kid\" is not a string of at most %d bytes", KID_MAX);
    }
    if (found.typ != NULL && !ost_json_text(found.typ, &jws->typ))
        return ost_error_set(error, OST_E_TOKEN_FORMAT, "\"typ\" is not a string");
    return read_alg(found.alg, accepted, &jws->alg, error);
}

ost_result ost_jws_read_unverified(ost_text token, ost_algs accepted, ost_arena *arena,
                                   ost_unverified_jws *ret_jws, ost_error *error)
{
    compact_parts parts;
    ost_unverified_jws jws = {.token = token};
    if (ret_jws == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no place for the token");
    ost_result result = compact_split(token, &parts, error);
    if (result == OST_OK && parts.signature.len == 0)
        result = ost_error_set(error, OST_E_TOKEN_FORMAT, "the token has no signature");
    if (result == OST_OK)
        result = compact_header(parts.header, arena, &jws.header, error);
    if (result == OST_OK) {
        result = read_header(jws.header, accepted != 0 ? accepted : OST_ALGS_DEFAULT, &jws, error);
    }
    if (result != OST_OK)
        return result;
    jws.signing_input = parts.signing_input;
    jws.payload_encoded = parts.payload;
    jws.signature_encoded = parts.signature;
    *ret_jws = jws;
    return OST_OK;
}

bool ost_typ_is(ost_text typ, const char *expected)
{
    static const ost_text prefix = OST_TEXT_INIT("application/");
    ost_text bare = text_of(expected);
    /* "application/" is left out where no other slash follows, and may be put back. */
    if (text_find(bare, '/', 0) == bare.len && typ.len > prefix.len &&
        text_equal_ignoring_case(text_slice(typ, 0, prefix.len), prefix))
        typ = text_slice(typ, prefix.len, typ.len);
    return text_equal_ignoring_case(typ, bare);
}
