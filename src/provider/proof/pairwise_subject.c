/* SPDX-License-Identifier: Apache-2.0 */
/* Pairwise subjects; see pairwise_subject.h. A name-based UUID (RFC 9562 §5.3) of the SHA-256 of
 * sector, user and salt: the hash is what hides, the UUID is its form. */
#include "provider/proof/pairwise_subject.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/text.h"

#define UUID_TEXT 36
#define MD5_LEN 16

/* ---- sectors ---- */

/* The host without its port; empty: there is none. */
static ost_text host_of(ost_text uri)
{
    size_t scheme = text_find(uri, ':', 0), end;
    ost_text rest = text_slice(uri, scheme, uri.len);
    if (!text_starts(rest, "://"))
        return (ost_text){0};
    rest = text_slice(rest, 3, rest.len);
    for (end = 0; end < rest.len && strchr("/?#", rest.data[end]) == NULL; end++) {
        if (rest.data[end] == '@')
            return (ost_text){0};
    }
    ost_text authority = text_slice(rest, 0, end);
    size_t from = text_starts(authority, "[") ? text_find(authority, ']', 0) : 0;
    return text_slice(authority, 0, text_find(authority, ':', from));
}

static bool find_sector(const char *root_url, const char *const *redirect_uris, ost_text *ret_host)
{
    ost_text host = {0};
    for (size_t i = 0; redirect_uris != NULL && redirect_uris[i] != NULL; i++) {
        ost_text uri = text_of(redirect_uris[i]);
        ost_text one = host_of(text_starts(uri, "/") ? text_of(root_url) : uri);
        if (one.len == 0 || (host.len > 0 && !text_equal(host, one)))
            return false;
        host = one;
    }
    *ret_host = host;
    return host.len > 0;
}

bool pairwise_rule_make(ost_text salt, ost_text sector_uri, const char *root_url,
                        const char *const *redirect_uris, pairwise_rule *ret_rule)
{
    ost_text host = host_of(sector_uri);
    if (salt.len == 0)
        return false;
    if (sector_uri.len > 0 ? host.len == 0 : !find_sector(root_url, redirect_uris, &host))
        return false;
    *ret_rule = (pairwise_rule){host, salt};
    return true;
}

/* ---- subjects ---- */

static bool hash(const pairwise_rule *rule, ost_text user_id, unsigned char ret[MD5_LEN])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    size_t md5_len = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
                EVP_DigestUpdate(context, rule->sector.data, rule->sector.len) == 1 &&
                EVP_DigestUpdate(context, user_id.data, user_id.len) == 1 &&
                EVP_DigestUpdate(context, rule->salt.data, rule->salt.len) == 1 &&
                EVP_DigestFinal_ex(context, digest, &len) == 1 &&
                EVP_Q_digest(NULL, "MD5", NULL, digest, len, ret, &md5_len) == 1 &&
                md5_len == MD5_LEN;
    EVP_MD_CTX_free(context);
    return good;
}

static ost_result write(const pairwise_rule *rule, ost_text user_id, char ret[UUID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[MD5_LEN];
    size_t len = 0;
    if (!hash(rule, user_id, bytes))
        return OST_E_CRYPTO;
    bytes[6] = (bytes[6] & 0x0f) | 0x30;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    for (size_t i = 0; i < MD5_LEN; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            ret[len++] = '-';
        ret[len++] = digits[bytes[i] >> 4];
        ret[len++] = digits[bytes[i] & 15];
    }
    return OST_OK;
}

ost_result pairwise_subject(const pairwise_rule *rule, ost_text user_id, ost_arena *arena,
                            ost_text *ret_subject)
{
    char text[UUID_TEXT];
    if (rule->sector.len == 0) {
        *ret_subject = user_id;
        return OST_OK;
    }
    ost_result result = write(rule, user_id, text);
    if (result != OST_OK)
        return result;
    char *copy = ost_arena_copy(arena, (ost_text){text, UUID_TEXT});
    if (copy == NULL)
        return OST_E_MEMORY;
    *ret_subject = (ost_text){copy, UUID_TEXT};
    return OST_OK;
}

bool pairwise_subject_is(const pairwise_rule *rule, ost_text subject, ost_text user_id)
{
    char text[UUID_TEXT];
    if (rule->sector.len == 0)
        return text_equal(subject, user_id);
    return write(rule, user_id, text) == OST_OK && text_equal(subject, (ost_text){text, UUID_TEXT});
}
