/* SPDX-License-Identifier: Apache-2.0 */
/* The header of a JWE (RFC 7516 §4), joined from up to three objects (§7.2.1).
 *
 * jku, jwk, x5u and x5c are never looked at: a message does not choose the key that opens it. */
#include "base/shown.h"
#include "base/text.h"
#include "jose/compact.h"
#include "jose/jwe/jwe_message.h"

const ost_json *jwe_member(const jwe_message *message, const jwe_recipient *recipient,
                           const char *name)
{
    const ost_json *member = ost_json_get(message->protected_header, name);
    if (member == NULL)
        member = ost_json_get(message->shared_header, name);
    if (member == NULL && recipient != NULL)
        member = ost_json_get(recipient->header, name);
    return member;
}

/* §4.1.13: nothing that is critical is understood here. §7.2.1: it may stand only where it is
 * protected, and what stands elsewhere is refused all the same. */
static ost_result check_critical(const jwe_message *m, ost_error *error)
{
    for (size_t i = 0; i < m->count; i++) {
        if (jwe_member(m, &m->recipients[i], "crit") != NULL)
            return ost_error_set(error, OST_E_CRITICAL, "the header has \"crit\"");
        /* RFC 7797 §6: of signatures alone. */
        if (jwe_member(m, &m->recipients[i], "b64") != NULL)
            return ost_error_set(error, OST_E_CRITICAL, "the header has \"b64\"");
        if (ost_json_get(m->recipients[i].header, "zip") != NULL ||
            ost_json_get(m->shared_header, "zip") != NULL)
            return ost_error_set(error, OST_E_TOKEN_FORMAT, "\"zip\" is not protected");
    }
    return OST_OK;
}

/* A string, or absent, which is the empty text. */
static ost_result read_text(const ost_json *member, const char *name, size_t max,
                            ost_text *ret_text, ost_error *error)
{
    if (member != NULL && (!ost_json_text(member, ret_text) || ret_text->len > max)) {
        return ost_error_set(error, OST_E_TOKEN_FORMAT,
                             "\"%s\" is not a string of at most %zu bytes", name, max);
    }
    return OST_OK;
}

/* §7.2.1: "enc" may stand with each recipient, the same for all: there is one content. */
static ost_result read_enc(jwe_message *m, ost_encs accepted, ost_error *error)
{
    ost_text name, other;
    if (!ost_json_text(jwe_member(m, &m->recipients[0], "enc"), &name))
        return ost_error_set(error, OST_E_TOKEN_FORMAT, "the header has no string \"enc\"");
    for (size_t i = 1; i < m->count; i++) {
        if (!ost_json_text(jwe_member(m, &m->recipients[i], "enc"), &other) ||
            !text_equal(other, name))
            return ost_error_set(error, OST_E_TOKEN_FORMAT, "the recipients differ in \"enc\"");
    }
    m->enc = ost_enc_of(name);
    if (m->enc == OST_ENC_UNSET || (accepted != 0 && (accepted & OST_ENC_BIT(m->enc)) == 0)) {
        return ost_error_set(error, OST_E_ALGORITHM, "the content is encrypted with \"%.*s\"",
                             SHOWN(name, 32));
    }
    return OST_OK;
}

static ost_result read_zip(jwe_message *m, const ost_jwe_rules *rules, ost_error *error)
{
    const ost_json *zip = ost_json_get(m->protected_header, "zip");
    if (zip == NULL)
        return OST_OK;
    if (!ost_json_equals(zip, OST_TEXT("DEF")))
        return ost_error_set(error, OST_E_ALGORITHM, "\"zip\" is not \"DEF\"");
    if (rules->inflate_max == 0)
        return ost_error_set(error, OST_E_ALGORITHM, "compressed content is not accepted");
    m->deflated = true;
    return OST_OK;
}

static ost_result read_recipient(const jwe_message *m, jwe_recipient *r, ost_algs accepted,
                                 ost_error *error)
{
    ost_text name = {0};
    ost_result result = read_text(jwe_member(m, r, "kid"), "kid", KID_MAX, &r->kid, error);
    if (result != OST_OK)
        return result;
    if (!ost_json_text(jwe_member(m, r, "alg"), &name))
        return ost_error_set(error, OST_E_TOKEN_FORMAT, "the header has no string \"alg\"");
    r->alg = ost_alg_of(name);
    if (way_find(r->alg) != NULL && (accepted & OST_ALG_BIT(r->alg)) != 0)
        return OST_OK;
    r->alg = OST_ALG_UNSET;
    if (m->count > 1)
        return OST_OK;
    return ost_error_set(error, OST_E_ALGORITHM, "the key is encrypted with \"%.*s\"",
                         SHOWN(name, 32));
}

ost_result jwe_read_headers(jwe_message *m, const ost_jwe_rules *rules, ost_error *error)
{
    ost_algs accepted = rules->algorithms != 0 ? rules->algorithms : OST_ALGS_ENCRYPTION;
    ost_result result = check_critical(m, error);
    for (size_t i = 0; result == OST_OK && i < m->count; i++)
        result = read_recipient(m, &m->recipients[i], accepted, error);
    if (result == OST_OK)
        result = read_enc(m, rules->encs, error);
    if (result == OST_OK)
        result = read_zip(m, rules, error);
    /* What the content is, is the sender's to say: of the protected header alone. */
    const ost_json *typ = ost_json_get(m->protected_header, "typ");
    const ost_json *cty = ost_json_get(m->protected_header, "cty");
    if (result == OST_OK)
        result = read_text(typ, "typ", HEADER_MAX, &m->typ, error);
    if (result == OST_OK)
        result = read_text(cty, "cty", HEADER_MAX, &m->cty, error);
    return result;
}
