/* SPDX-License-Identifier: Apache-2.0 */
/* DPoP proofs. The first byte says what follows: 'r' a proof as it is; 'c' claims, and 'h' a
 * header, a line break and claims, which are signed here by the key that the token is bound to; 'u'
 * a URL. In a header, '@' stands for that key. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64url.h"
#include "base/text.h"
#include "guard/sender/dpop_proof.h"
#include "guard/sender/request_url.h"

#define NOW 1700000000
#define TOKEN "a.token"

/* RFC 8037, appendix A. */
#define SEED "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
#define JWK                                                                                        \
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"
#define JKT "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"

static void check(bool holds)
{
    if (!holds)
        abort();
}

static ost_text join(ost_arena *arena, ost_text a, ost_text b)
{
    const char *both = ost_arena_format(arena, "%.*s.%.*s", (int)a.len, a.data, (int)b.len, b.data);
    check(both != NULL);
    return text_of(both);
}

static ost_text encode(ost_arena *arena, ost_text text)
{
    ost_text encoded;
    check(base64url_encode_to(arena, text, &encoded) == OST_OK);
    return encoded;
}

/* The header with the key in the place of '@'. */
static ost_text complete(ost_arena *arena, ost_text header)
{
    size_t at = text_find(header, '@', 0);
    if (at == header.len)
        return header;
    char *whole = ost_arena_alloc(arena, header.len + sizeof JWK);
    check(whole != NULL);
    memcpy(whole, header.data, at);
    memcpy(whole + at, JWK, sizeof JWK - 1);
    memcpy(whole + at + sizeof JWK - 1, header.data + at + 1, header.len - at - 1);
    return (ost_text){whole, header.len + sizeof JWK - 2};
}

static ost_text sign(ost_arena *arena, ost_text header, ost_text claims)
{
    static EVP_PKEY *key;
    unsigned char seed[33], signature[64];
    size_t len, size = sizeof signature;
    if (key == NULL) {
        check(base64url_decode(OST_TEXT(SEED), seed, &len) == OST_OK && len == 32);
        key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
    }
    ost_text input = join(arena, encode(arena, header), encode(arena, claims));
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    check(EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1);
    check(EVP_DigestSign(context, signature, &size, text_bytes(input), input.len) == 1);
    EVP_MD_CTX_free(context);
    return join(arena, input, encode(arena, text_of_bytes(signature, size)));
}

static void try_proof(ost_text proof, ost_arena *arena)
{
    const dpop_demand demand = {
        .method = OST_TEXT("GET"),
        .url = OST_TEXT("https://api.example.org/items"),
        .token = OST_TEXT(TOKEN),
        .jkt = OST_TEXT(JKT),
        .algorithms = OST_ALGS_DEFAULT,
        .now = NOW,
        .lifetime = 60,
        .leeway = 10,
    };
    dpop_proof read = {0};
    ost_error error = {0};
    ost_result result = dpop_proof_check(proof, &demand, arena, &read, &error);
    if (result != OST_OK) {
        check(result == OST_E_PROOF || result == OST_E_SENDER || result == OST_E_MEMORY);
        check(error.code == result && error.detail[0] != '\0');
        check(read.jti.data == NULL);
        return;
    }
    check(read.jti.len >= 1 && read.jti.len <= DPOP_PROOF_ID_MAX);
    check(read.iat >= NOW - 60 && read.iat <= NOW + 10);
    ost_unverified_token parts;
    check(ost_jwt_read_unverified(proof, arena, &parts, NULL) == OST_OK);
    check(ost_json_equals(ost_json_get(parts.claims, "htm"), OST_TEXT("GET")));
    check(ost_json_get(ost_json_get(parts.header, "jwk"), "d") == NULL);
}

/* One that is for getting a token tells its key, and stands for no token. */
static void try_first_proof(ost_text proof, ost_arena *arena)
{
    const dpop_demand demand = {
        .for_token = true,
        .method = OST_TEXT("GET"),
        .url = OST_TEXT("https://api.example.org/items"),
        .algorithms = OST_ALGS_DEFAULT,
        .now = NOW,
        .lifetime = 60,
        .leeway = 10,
    };
    dpop_proof read = {0};
    ost_unverified_token parts;
    char thumbprint[44];
    ost_key *key;
    if (dpop_proof_check(proof, &demand, arena, &read, NULL) != OST_OK) {
        check(read.jti.data == NULL);
        return;
    }
    check(ost_jwt_read_unverified(proof, arena, &parts, NULL) == OST_OK);
    check(ost_key_import_json(ost_json_get(parts.header, "jwk"), &key, NULL) == OST_OK);
    check(ost_key_thumbprint(key, thumbprint) == OST_OK);
    check(strcmp(thumbprint, read.thumbprint) == 0);
    ost_key_unref(key);
}

/* A normal form is normal. */
static void try_url(ost_text url, ost_arena *arena)
{
    ost_text once, twice;
    if (request_url_normalize(url, arena, &once) != OST_OK)
        return;
    check(text_starts(once, "http://") || text_starts(once, "https://"));
    for (size_t i = 0; i < once.len; i++)
        check(once.data[i] > ' ' && once.data[i] < 0x7f && once.data[i] != '?' &&
              once.data[i] != '#');
    if (once.len > REQUEST_URL_MAX)
        return;
    check(request_url_normalize(once, arena, &twice) == OST_OK);
    check(text_equal(once, twice));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const ost_text header = {"{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"jwk\":@}", 40};
    if (size < 1 || size > 16384)
        return 0;
    ost_arena *arena = ost_arena_new((size_t)1 << 20);
    ost_text rest = {(const char *)data + 1, size - 1}, first = {0};
    switch (data[0]) {
    case 'r':
        try_proof(rest, arena);
        try_first_proof(rest, arena);
        break;
    case 'c':
        try_proof(sign(arena, complete(arena, header), rest), arena);
        try_first_proof(sign(arena, complete(arena, header), rest), arena);
        break;
    case 'h':
        (void)text_next(&rest, '\n', &first);
        try_proof(sign(arena, complete(arena, first), rest), arena);
        try_first_proof(sign(arena, complete(arena, first), rest), arena);
        break;
    default:
        try_url(rest, arena);
        break;
    }
    ost_arena_free(arena);
    return 0;
}
