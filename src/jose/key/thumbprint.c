/* SPDX-License-Identifier: Apache-2.0 */
/* Thumbprints of keys (RFC 7638 §3, RFC 8037 §2, RFC 9278): the hash of the required members, in
 * the order of their names, without white space. */
#include <stdio.h>

#include "base/base64url.h"
#include "base/text.h"
#include "jose/digest.h"
#include "jose/key/key_state.h"

/* n of 16384 bits, e, and the punctuation around them. */
#define DOCUMENT_MAX (BASE64URL_LEN(KEY_MEMBER_MAX) + 128)

/* The members that are hashed, by type; crv and kty among them. */
static const char *const hashed[][5] = {
    [OST_KEY_RSA] = {"e", "kty", "n"},
    [OST_KEY_EC] = {"crv", "kty", "x", "y"},
    [OST_KEY_OKP] = {"crv", "kty", "x"},
    [OST_KEY_OCT] = {"k", "kty"},
};

/* The value of one member as text in `ret`, which has room for every one. */
static ost_result member_text(const ost_key *key, const char *name, char *ret, size_t *ret_len)
{
    unsigned char bytes[KEY_MEMBER_MAX];
    size_t len;
    if (text_is(text_of(name), "kty") || text_is(text_of(name), "crv")) {
        const char *word = name[0] == 'k' ? key_type_name(key->type) : key_curve_name(key);
        *ret_len = (size_t)snprintf(ret, 16, "%s", word);
        return OST_OK;
    }
    ost_result result = key_member(key, name, bytes, &len);
    if (result == OST_OK)
        *ret_len = base64url_encode(bytes, len, ret);
    wipe(bytes, sizeof bytes);
    return result;
}

static ost_result hash_key(const ost_key *key, hash_id algorithm, unsigned char *ret_hash)
{
    char document[DOCUMENT_MAX];
    size_t at = 0, len = 0;
    ost_result result = OST_OK;
    for (const char *const *name = hashed[key->type]; result == OST_OK && *name != NULL; name++) {
        at += (size_t)snprintf(document + at, 16, "%c\"%s\":\"", at == 0 ? '{' : ',', *name);
        result = member_text(key, *name, document + at, &len);
        at += len;
        document[at++] = '"';
    }
    document[at++] = '}';
    if (result == OST_OK)
        result = digest(algorithm, (ost_text){document, at}, ret_hash);
    wipe(document, sizeof document);
    return result;
}

ost_result ost_key_thumbprint(const ost_key *key, char ret[44])
{
    unsigned char hash[HASH_MAX_SIZE];
    if (key == NULL || ret == NULL)
        return OST_E_ARGUMENT;
    ost_result result = hash_key(key, HASH_SHA256, hash);
    if (result == OST_OK)
        ret[base64url_encode(hash, 32, ret)] = '\0';
    return result;
}

ost_result ost_key_thumbprint_uri(const ost_key *key, unsigned hash_bits, ost_arena *arena,
                                  ost_text *ret_uri)
{
    unsigned char hash[HASH_MAX_SIZE];
    char encoded[BASE64URL_LEN(HASH_MAX_SIZE)];
    unsigned bits = hash_bits != 0 ? hash_bits : 256;
    if (key == NULL || ret_uri == NULL || (bits != 256 && bits != 384 && bits != 512))
        return OST_E_ARGUMENT;
    hash_id algorithm = bits == 256 ? HASH_SHA256 : bits == 384 ? HASH_SHA384 : HASH_SHA512;
    ost_result result = hash_key(key, algorithm, hash);
    if (result != OST_OK)
        return result;
    int len = (int)base64url_encode(hash, bits / 8, encoded);
    const char *uri = ost_arena_format(arena, "urn:ietf:params:oauth:jwk-thumbprint:sha-%u:%.*s",
                                       bits, len, encoded);
    if (uri == NULL)
        return OST_E_MEMORY;
    *ret_uri = text_of(uri);
    return OST_OK;
}
