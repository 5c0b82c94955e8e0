/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON serialization of a JWE, general and flattened (RFC 7516 §7.2), read. No name may stand
 * in two headers (§7.2.1), nor "recipients" beside what belongs to one recipient (§7.2.2). */
#include "base/base64url.h"
#include "base/text.h"
#include "jose/compact.h"
#include "jose/jwe/jwe_message.h"

static const ost_json_limits json_limits = {JWE_JSON_MAX, 8, 4096};

#define UNPROTECTED_MAX 64 /* members */

static ost_result malformed(ost_error *error, const char *sentence)
{
    return ost_error_set(error, OST_E_TOKEN_FORMAT, "%s", sentence);
}

/* A base64url member; absent is the empty text. */
static ost_result read_bytes(const ost_json *object, const char *name, ost_arena *arena,
                             ost_text *ret_bytes, ost_error *error)
{
    ost_text encoded;
    const ost_json *member = ost_json_get(object, name);
    if (member == NULL)
        return OST_OK;
    if (!ost_json_text(member, &encoded)) {
        return ost_error_set(error, OST_E_TOKEN_FORMAT, "\"%s\" is not a string", name);
    }
    ost_result result = base64url_decode_to(arena, encoded, ret_bytes);
    if (result == OST_E_BASE64) {
        return ost_error_set(error, OST_E_TOKEN_FORMAT, "\"%s\" is not strict base64url", name);
    }
    return result == OST_OK ? OST_OK : ost_error_set(error, result, "out of memory");
}

/* An unprotected header, each of whose names is looked for in the others; absent is NULL. */
static ost_result read_object(const ost_json *object, const char *name, const ost_json **ret_header,
                              ost_error *error)
{
    const ost_json *member = ost_json_get(object, name);
    if (member != NULL && !ost_json_is(member, OST_JSON_OBJECT)) {
        return ost_error_set(error, OST_E_TOKEN_FORMAT, "\"%s\" is not an object", name);
    }
    if (ost_json_count(member) > UNPROTECTED_MAX)
        return malformed(error, "an unprotected header that is too large");
    *ret_header = member;
    return OST_OK;
}

static bool shares_a_name(const ost_json *a, const ost_json *b)
{
    for (const ost_json *member = ost_json_first(a); member != NULL;
         member = ost_json_next(member)) {
        const ost_json *other = ost_json_first(b);
        for (; other != NULL; other = ost_json_next(other)) {
            if (text_equal(ost_json_name(member), ost_json_name(other)))
                return true;
        }
    }
    return false;
}

static ost_result read_recipient(jwe_message *m, const ost_json *object, ost_arena *arena,
                                 ost_error *error)
{
    jwe_recipient *r = &m->recipients[m->count];
    if (!ost_json_is(object, OST_JSON_OBJECT))
        return malformed(error, "a recipient is not an object");
    ost_result result = read_object(object, "header", &r->header, error);
    if (result == OST_OK)
        result = read_bytes(object, "encrypted_key", arena, &r->encrypted_key, error);
    if (result != OST_OK)
        return result;
    if (shares_a_name(r->header, m->protected_header) || shares_a_name(r->header, m->shared_header))
        return malformed(error, "a name is in two headers");
    m->count++;
    return OST_OK;
}

static ost_result read_recipients(jwe_message *m, const ost_json *json, ost_arena *arena,
                                  ost_error *error)
{
    const ost_json *list = ost_json_get(json, "recipients");
    if (list == NULL)
        return read_recipient(m, json, arena, error);
    if (ost_json_get(json, "header") != NULL || ost_json_get(json, "encrypted_key") != NULL)
        return malformed(error, "both general and flattened");
    if (!ost_json_is(list, OST_JSON_ARRAY) || ost_json_count(list) == 0)
        return malformed(error, "\"recipients\" is not an array of some");
    if (ost_json_count(list) > JWE_RECIPIENTS_MAX)
        return ost_error_set(error, OST_E_CEILING, "%zu recipients, where %d may be",
                             ost_json_count(list), JWE_RECIPIENTS_MAX);
    ost_result result = OST_OK;
    const ost_json *entry = ost_json_first(list);
    for (; result == OST_OK && entry != NULL; entry = ost_json_next(entry))
        result = read_recipient(m, entry, arena, error);
    return result;
}

static ost_result read_protected(jwe_message *m, const ost_json *json, ost_arena *arena,
                                 ost_error *error)
{
    const ost_json *member = ost_json_get(json, "protected");
    if (member == NULL)
        return OST_OK;
    if (!ost_json_text(member, &m->protected_encoded) || m->protected_encoded.len == 0)
        return malformed(error, "\"protected\" is not a string of some");
    return compact_header(m->protected_encoded, arena, &m->protected_header, error);
}

/* §5.1 step 14: the additional data is covered in its encoded form. */
static ost_result join_authenticated(jwe_message *m, const ost_json *json, ost_arena *arena,
                                     ost_error *error)
{
    ost_text aad;
    m->authenticated = m->protected_encoded;
    if (!ost_json_text(ost_json_get(json, "aad"), &aad))
        return OST_OK;
    if (aad.len == 0) /* §7.2.1: left out when it is empty */
        return malformed(error, "\"aad\" is empty");
    char *joined = ost_arena_format(arena, "%.*s.%.*s", (int)m->protected_encoded.len,
                                    m->protected_encoded.len > 0 ? m->protected_encoded.data : "",
                                    (int)aad.len, aad.data);
    if (joined == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    m->authenticated = text_of(joined);
    return OST_OK;
}

static ost_result read_message(jwe_message *m, const ost_json *json, ost_arena *arena,
                               ost_error *error)
{
    ost_result result = read_protected(m, json, arena, error);
    if (result == OST_OK)
        result = read_object(json, "unprotected", &m->shared_header, error);
    if (result == OST_OK && shares_a_name(m->shared_header, m->protected_header))
        result = malformed(error, "a name is in two headers");
    if (result == OST_OK)
        result = read_recipients(m, json, arena, error);
    if (result == OST_OK)
        result = read_bytes(json, "iv", arena, &m->iv, error);
    if (result == OST_OK)
        result = read_bytes(json, "ciphertext", arena, &m->ciphertext, error);
    if (result == OST_OK)
        result = read_bytes(json, "tag", arena, &m->tag, error);
    if (result == OST_OK)
        result = read_bytes(json, "aad", arena, &m->aad, error);
    if (result == OST_OK)
        result = join_authenticated(m, json, arena, error);
    return result;
}

ost_result jwe_read_json(ost_text text, const ost_jwe_rules *rules, ost_arena *arena,
                         jwe_message *m, ost_error *error)
{
    const ost_json *json;
    ost_error why = {0};
    *m = (jwe_message){0};
    if (text.len > JWE_JSON_MAX) {
        return ost_error_set(error, OST_E_CEILING, "a message of %zu bytes, where %zu may be",
                             text.len, JWE_JSON_MAX);
    }
    ost_result result = ost_json_read(text, &json_limits, arena, &json, &why);
    if (result != OST_OK) {
        return ost_error_set(error, result == OST_E_MEMORY ? result : OST_E_TOKEN_FORMAT, "%s",
                             why.detail);
    }
    if (!ost_json_is(json, OST_JSON_OBJECT))
        return malformed(error, "not a JSON object");
    result = read_message(m, json, arena, error);
    return result == OST_OK ? jwe_read_headers(m, rules, error) : result;
}
