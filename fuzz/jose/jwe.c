/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypted messages. As they are, compact or JSON; or, where a NUL parts the input, as a header
 * and a content that are sealed well with a shared key, so that what comes behind the tag is
 * reached: the content is what a compressed one would be made of. */
#include <stdint.h>
#include <string.h>

#include <ostiary/jwe.h>

#include "base/array.h"
#include "base/base64url.h"
#include "fixed_keys.h"
#include "jose/jwe/content.h"

#define INFLATE_MAX 5000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const private_jwks[] = {
    "{\"kty\":\"oct\",\"kid\":\"wrap\",\"alg\":\"A128KW\",\"k\":\"GZy6sIZ6wl9NJOKB-jnmVQ\"}",
    "{\"kty\":\"oct\",\"kid\":\"gcm\",\"alg\":\"A128GCMKW\",\"k\":\"GZy6sIZ6wl9NJOKB-jnmVQ\"}",
    "{\"kty\":\"oct\",\"kid\":\"password\",\"alg\":\"PBES2-HS256+A128KW\",\"k\":\"GZy6sIZ6wl9N\"}",
    "{\"kty\":\"EC\",\"kid\":\"ec\",\"use\":\"enc\",\"crv\":\"P-256\","
    "\"x\":\"Ze2loSV3wrroKUN_4zhwGhCqo3Xhu1td4QjeQ5wIVR0\","
    "\"y\":\"HlLtdXARY_f55A3fnzQbPcm6hgr34Mp8p-nuzQCE0Zw\","
    "\"d\":\"r_kHyZ-a06rmxM3yESK84r1otSg-aQcVStkRhA-iCM8\"}",
    "{\"kty\":\"OKP\",\"kid\":\"okp\",\"use\":\"enc\",\"crv\":\"X25519\","
    "\"x\":\"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08\","
    "\"d\":\"XasIfmJKikt54X-Lg4AO5m87sSkmGLb9HC-LJ_-I4Os\"}",
};
#define PRIVATE_KEYS (ARRAY_LEN(private_jwks))

static const char secret[CEK_MAX_SIZE] = "0123456789abcdef0123456789abcdef0123456789abcdef";

static ost_keyset *private_keys(void)
{
    static ost_keyset *set;
    ost_key *keys[PRIVATE_KEYS];
    if (set != NULL)
        return set;
    for (size_t i = 0; i < PRIVATE_KEYS; i++)
        check(ost_key_import_jwk(text_of(private_jwks[i]), &keys[i], NULL) == OST_OK);
    check(ost_keyset_new(keys, PRIVATE_KEYS, &set) == OST_OK);
    for (size_t i = 0; i < PRIVATE_KEYS; i++)
        ost_key_unref(keys[i]);
    return set;
}

/* The direct key of the length that `enc` has. */
static ost_keyset *direct_keys(ost_enc enc)
{
    static ost_keyset *sets[OST_A256GCM + 1];
    ost_key *key;
    if (sets[enc] != NULL)
        return sets[enc];
    check(ost_key_import_secret((ost_text){secret, enc_find(enc)->cek_size}, OST_DIR, NULL, &key,
                                NULL) == OST_OK);
    check(ost_keyset_new(&key, 1, &sets[enc]) == OST_OK);
    ost_key_unref(key);
    return sets[enc];
}

static void run(ost_text input, const ost_keyset *keys, ost_arena *arena)
{
    static const ost_jwe_rules rules = {.inflate_max = INFLATE_MAX, .pbes2_count_max = 1001};
    ost_decrypted d = {0};
    ost_error error = {0};
    bool json = input.len > 0 && input.data[0] == '{';
    ost_result result = json ? ost_jwe_json_decrypt(input, keys, &rules, arena, &d, &error)
                             : ost_jwe_decrypt(input, keys, &rules, arena, &d, &error);
    check(result != OST_E_MEMORY && result != OST_E_CRYPTO);
    check(error.code == result && text_is_utf8(text_of(error.detail)));
    check((d.key != NULL) == (result == OST_OK));
    if (result == OST_OK)
        check(enc_find(d.enc) != NULL && d.content.len <= input.len + INFLATE_MAX);
}

/* "header..iv.content.tag", good as far as the tag goes. */
static void run_sealed(ost_text header, ost_text content, ost_enc enc, ost_arena *arena)
{
    content_key cek = {.size = enc_find(enc)->cek_size};
    sealed_content sealed;
    ost_text encoded, iv, ciphertext, tag;
    memcpy(cek.data, secret, cek.size);
    if (header.len > 4096 || content.len > 16384)
        return;
    check(base64url_encode_to(arena, header, &encoded) == OST_OK);
    check(content_seal(enc, &cek, encoded, content, arena, &sealed) == OST_OK);
    check(base64url_encode_to(arena, sealed.iv, &iv) == OST_OK);
    check(base64url_encode_to(arena, sealed.ciphertext, &ciphertext) == OST_OK);
    check(base64url_encode_to(arena, sealed.tag, &tag) == OST_OK);
    const char *token =
        ost_arena_format(arena, "%s..%s.%s.%s", encoded.data, iv.data, ciphertext.data, tag.data);
    check(token != NULL);
    run(text_of(token), direct_keys(enc), arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_text whole = {(const char *)data, size};
    size_t end = text_find(whole, '\0', 0);
    ost_arena *arena = ost_arena_new((size_t)16 << 20);
    check(arena != NULL);
    if (end == size) {
        run(whole, private_keys(), arena);
    } else {
        ost_text header = text_slice(whole, 0, end), content = text_slice(whole, end + 1, size);
        run_sealed(header, content, OST_A128CBC_HS256, arena);
        run_sealed(header, content, OST_A256GCM, arena);
    }
    ost_arena_free(arena);
    return 0;
}
