/* SPDX-License-Identifier: Apache-2.0 */
/* The compact serialization of a JWE (RFC 7516 §3.1, §7.1), read. */
#include "base/base64url.h"
#include "base/text.h"
#include "jose/compact.h"
#include "jose/jwe/jwe_message.h"

#define PARTS 5

static ost_result split(ost_text token, ost_text parts[PARTS], ost_error *error)
{
    size_t count = 0, at = 0;
    if (token.len > TOKEN_MAX) {
        return ost_error_set(error, OST_E_CEILING, "a token of %zu bytes, where %zu may be",
                             token.len, TOKEN_MAX);
    }
    while (count < PARTS) {
        size_t end = text_find(token, '.', at);
        parts[count++] = text_slice(token, at, end - at);
        at = end + 1;
        if (end == token.len)
            break;
    }
    if (count != PARTS || at != token.len + 1) {
        return ost_error_set(error, OST_E_TOKEN_FORMAT,
                             "the token does not have the five parts of an encrypted one");
    }
    if (parts[0].len == 0)
        return ost_error_set(error, OST_E_TOKEN_FORMAT, "the header is empty");
    return OST_OK;
}

ost_result jwe_read_compact(ost_text token, const ost_jwe_rules *rules, ost_arena *arena,
                            jwe_message *m, ost_error *error)
{
    ost_text parts[PARTS];
    *m = (jwe_message){.count = 1};
    ost_result result = split(token, parts, error);
    if (result == OST_OK)
        result = compact_header(parts[0], arena, &m->protected_header, error);
    if (result != OST_OK)
        return result;
    m->protected_encoded = m->authenticated = parts[0];
    ost_text *const decoded[] = {&m->recipients[0].encrypted_key, &m->iv, &m->ciphertext, &m->tag};
    for (size_t i = 1; i < PARTS; i++) {
        result = base64url_decode_to(arena, parts[i], decoded[i - 1]);
        if (result == OST_E_BASE64) {
            return ost_error_set(error, OST_E_TOKEN_FORMAT, "part %zu is not strict base64url",
                                 i + 1);
        }
        if (result != OST_OK)
            return ost_error_set(error, result, "out of memory");
    }
    return jwe_read_headers(m, rules, error);
}

ost_result ost_jwe_read_unverified(ost_text token, const ost_jwe_rules *rules, ost_arena *arena,
                                   ost_unverified_jwe *ret_jwe, ost_error *error)
{
    static const ost_jwe_rules strictest = {0};
    jwe_message m;
    if (ret_jwe == NULL)
        return ost_error_set(error, OST_E_ARGUMENT, "no place for the token");
    ost_result result =
        jwe_read_compact(token, rules != NULL ? rules : &strictest, arena, &m, error);
    if (result != OST_OK)
        return result;
    *ret_jwe = (ost_unverified_jwe){
        .header = m.protected_header,
        .alg = m.recipients[0].alg,
        .enc = m.enc,
        .kid = m.recipients[0].kid,
        .typ = m.typ,
        .cty = m.cty,
    };
    return OST_OK;
}
