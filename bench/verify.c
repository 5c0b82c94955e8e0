/* The full check of an access token as Keycloak issues it (read, key, signature, claims: 1.4 KB
 * with RS256) against the bare verification of the same signature by OpenSSL with a context that
 * was prepared beforehand: what is left to gain is the difference. Also counts what is allocated
 * for one check. */
#include <openssl/crypto.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ostiary/jose.h>

#include "base64url.h"
#include "compare.h"
#include "context.h"
#include "ecdsa.h"
#include "key.h"
#include "text.h"

#define TOKENS 64 /* different ones, so that nothing can be remembered */
#define NOW 1700000000

static uint64_t openssl_allocations;

static void *counted_malloc(size_t size, const char *file, int line)
{
    openssl_allocations++;
    return malloc(size);
}

static void *counted_realloc(void *data, size_t size, const char *file, int line)
{
    openssl_allocations++;
    return realloc(data, size);
}

static void counted_free(void *data, const char *file, int line)
{
    free(data);
}

typedef struct peer_input {
    unsigned char hash[64], signature[512];
    size_t hash_size, signature_size;
    ost_text signing_input;
} peer_input;

typedef struct bench {
    ost_arena *lasting, *arena; /* the inputs; one check */
    ost_alg alg;
    ost_key *key;
    ost_keyset *keys;
    ost_text tokens[TOKENS];
    peer_input inputs[TOKENS];
    EVP_PKEY_CTX *context; /* RSA, EC */
    EVP_MD_CTX *edwards;   /* EdDSA, which has no verification of a hash */
    EVP_PKEY *edwards_key;
} bench;

static const char *const audiences[] = {"myapi"};
static const ost_claims_rules rules = {
    .issuer = "http://localhost:8080/realms/myrealm",
    .audiences = audiences,
    .audience_count = 1,
};

static const char claims_format[] =
    "{\"exp\":%d,\"iat\":%d,\"auth_time\":%d,\"jti\":\"6a0dd71f-%04d-4c1e-b9c6-2d0ddc2f5c2e\","
    "\"iss\":\"http://localhost:8080/realms/myrealm\",\"aud\":[\"myapi\",\"account\"],"
    "\"sub\":\"f7b9a0b4-3c0f-4d1c-9c43-2f3b6a3a1d55\",\"typ\":\"Bearer\",\"azp\":\"myclient\","
    "\"session_state\":\"5c0a9a1e-7b7f-4f6c-8f6b-0f8b7b0c9e11\",\"acr\":\"1\","
    "\"allowed-origins\":[\"http://localhost:8000\"],\"realm_access\":{\"roles\":["
    "\"default-roles-myrealm\",\"offline_access\",\"uma_authorization\"]},\"resource_access\":{"
    "\"account\":{\"roles\":[\"manage-account\",\"manage-account-links\",\"view-profile\"]}},"
    "\"scope\":\"openid email profile\",\"sid\":\"5c0a9a1e-7b7f-4f6c-8f6b-0f8b7b0c9e11\","
    "\"email_verified\":true,\"name\":\"Alice Liddell\",\"preferred_username\":\"alice\","
    "\"given_name\":\"Alice\",\"family_name\":\"Liddell\",\"email\":\"alice@example.org\"}";

/* OpenSSL takes ECDSA signatures as DER; the conversion is not part of its bare verification. */
static bool peer_signature(const bench *b, const unsigned char *raw, size_t size, peer_input *input)
{
    if (b->alg != OST_ES256) {
        memcpy(input->signature, raw, size);
        input->signature_size = size;
        return true;
    }
    return ecdsa_to_der(alg_find(b->alg)->curve, raw, input->signature, &input->signature_size);
}

static bool make_token(bench *b, int number)
{
    unsigned char raw[512];
    size_t size;
    unsigned hash_size;
    ost_unverified_jws jws;
    peer_input *input = &b->inputs[number];
    char *claims = ost_arena_format(b->lasting, claims_format, NOW + 200 + number, NOW - 100,
                                    NOW - 100, number);
    if (claims == NULL ||
        ost_jws_sign(text_of(claims), b->key, b->alg, "JWT", b->lasting, &b->tokens[number]) !=
            OST_OK ||
        ost_jws_read_unverified(b->tokens[number], 0, b->lasting, &jws, NULL) != OST_OK ||
        base64url_decode(jws.signature_encoded, raw, &size) != OST_OK ||
        EVP_Digest(jws.signing_input.data, jws.signing_input.len, input->hash, &hash_size,
                   EVP_sha256(), NULL) != 1)
        return false;
    input->hash_size = hash_size;
    input->signing_input = jws.signing_input;
    return peer_signature(b, raw, size, input);
}

static bool prepare_peer(bench *b)
{
    if (b->alg == OST_EDDSA) {
        b->edwards_key =
            EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, b->key->okp_public, ED25519_SIZE);
        b->edwards = EVP_MD_CTX_new();
        return b->edwards_key != NULL && b->edwards != NULL &&
               EVP_DigestVerifyInit(b->edwards, NULL, NULL, NULL, b->edwards_key) == 1;
    }
    b->context = EVP_PKEY_CTX_new_from_pkey(NULL, b->key->pkey, NULL);
    return b->context != NULL && EVP_PKEY_verify_init(b->context) == 1 &&
           EVP_PKEY_CTX_set_signature_md(b->context, EVP_sha256()) == 1 &&
           (b->alg != OST_RS256 ||
            EVP_PKEY_CTX_set_rsa_padding(b->context, RSA_PKCS1_PADDING) == 1);
}

static bool ours(void *user, size_t turn)
{
    bench *b = user;
    const ost_claims *claims;
    ost_result result =
        ost_jwt_verify(b->tokens[turn % TOKENS], b->keys, &rules, NOW, b->arena, &claims, NULL);
    ost_arena_reset(b->arena);
    return result == OST_OK;
}

static bool peer(void *user, size_t turn)
{
    bench *b = user;
    const peer_input *input = &b->inputs[turn % TOKENS];
    if (b->alg == OST_EDDSA) {
        return EVP_DigestVerify(b->edwards, input->signature, input->signature_size,
                                (const unsigned char *)input->signing_input.data,
                                input->signing_input.len) == 1;
    }
    return EVP_PKEY_verify(b->context, input->signature, input->signature_size, input->hash,
                           input->hash_size) == 1;
}

static void print_allocations(const char *name, bench *b)
{
    uint64_t openssl = openssl_allocations, own = memory_count();
    ours(b, 0);
    own = memory_count() - own;
    openssl = openssl_allocations - openssl;
    uint64_t bare = openssl_allocations;
    peer(b, 0);
    bare = openssl_allocations - bare;
    printf("%-28s allocations a check: %llu ours, %llu within OpenSSL (bare: %llu); %zu bytes\n",
           name, (unsigned long long)own, (unsigned long long)openssl, (unsigned long long)bare,
           b->tokens[0].len);
}

static bool run(const char *name, ost_alg alg, bool json)
{
    static bench b; /* large; one after the other */
    b = (bench){.alg = alg,
                .lasting = ost_arena_new((size_t)1 << 20),
                .arena = ost_arena_new((size_t)1 << 20)};
    bool good = b.lasting != NULL && b.arena != NULL &&
                ost_key_generate(alg, 0, NULL, &b.key, NULL) == OST_OK &&
                ost_keyset_new(&b.key, 1, &b.keys) == OST_OK && prepare_peer(&b);
    for (int i = 0; good && i < TOKENS; i++)
        good = make_token(&b, i);
    good = good && bench_compare(name, ours, peer, &b, 3, json);
    if (good && !json)
        print_allocations(name, &b);
    EVP_PKEY_CTX_free(b.context);
    EVP_MD_CTX_free(b.edwards);
    EVP_PKEY_free(b.edwards_key);
    ost_keyset_unref(b.keys);
    ost_key_unref(b.key);
    ost_arena_free(b.arena);
    ost_arena_free(b.lasting);
    return good;
}

int main(int argc, char **argv)
{
    bool json = bench_json(argc, argv);
    if (CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free) != 1)
        return 1;
    return run("jose-rs256-cold", OST_RS256, json) && run("jose-es256-cold", OST_ES256, json) &&
                   run("jose-eddsa-cold", OST_EDDSA, json)
               ? 0
               : 1;
}
