/* The guard's whole check of an access token as Keycloak issues it (1.4 KB, RS256), from the
 * Authorization header to the verdict: anew, against the bare verification of the same signature by
 * OpenSSL with a context prepared beforehand; and remembered, against anew. Also counts what is
 * allocated for one check. */
#include <openssl/crypto.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ostiary/guard.h>

#include "base64url.h"
#include "compare.h"
#include "context.h"
#include "key.h"
#include "text.h"

#define TOKENS 64 /* different ones */
#define NOW 1700000000
#define ISSUER "http://localhost:8080/realms/myrealm"

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

static int64_t fixed_now(void *user)
{
    return NOW;
}

typedef struct peer_input {
    unsigned char hash[32], signature[256];
} peer_input;

typedef struct bench {
    ost_arena *lasting, *arena; /* the inputs; one check */
    ost_key *key;
    ost_guard *remembering, *forgetting;
    ost_text headers[TOKENS];
    peer_input inputs[TOKENS];
    EVP_PKEY_CTX *context;
} bench;

static const char claims_format[] =
    "{\"exp\":%d,\"iat\":%d,\"auth_time\":%d,\"jti\":\"6a0dd71f-%04d-4c1e-b9c6-2d0ddc2f5c2e\","
    "\"iss\":\"" ISSUER "\",\"aud\":[\"myapi\",\"account\"],"
    "\"sub\":\"f7b9a0b4-3c0f-4d1c-9c43-2f3b6a3a1d55\",\"typ\":\"Bearer\",\"azp\":\"myclient\","
    "\"session_state\":\"5c0a9a1e-7b7f-4f6c-8f6b-0f8b7b0c9e11\",\"acr\":\"1\","
    "\"allowed-origins\":[\"http://localhost:8000\"],\"realm_access\":{\"roles\":["
    "\"default-roles-myrealm\",\"offline_access\",\"uma_authorization\"]},\"resource_access\":{"
    "\"account\":{\"roles\":[\"manage-account\",\"manage-account-links\",\"view-profile\"]}},"
    "\"scope\":\"openid email profile\",\"sid\":\"5c0a9a1e-7b7f-4f6c-8f6b-0f8b7b0c9e11\","
    "\"email_verified\":true,\"name\":\"Alice Liddell\",\"preferred_username\":\"alice\","
    "\"given_name\":\"Alice\",\"family_name\":\"Liddell\",\"email\":\"alice@example.org\"}";

static bool make_token(bench *b, int number)
{
    size_t size;
    unsigned hash_size;
    ost_text token;
    ost_unverified_jws jws;
    peer_input *input = &b->inputs[number];
    char *claims = ost_arena_format(b->lasting, claims_format, NOW + 200 + number, NOW - 100,
                                    NOW - 100, number);
    if (claims == NULL ||
        ost_jws_sign(text_of(claims), b->key, OST_RS256, "JWT", b->lasting, &token) != OST_OK ||
        ost_jws_read_unverified(token, 0, b->lasting, &jws, NULL) != OST_OK ||
        base64url_decode(jws.signature_encoded, input->signature, &size) != OST_OK ||
        EVP_Digest(jws.signing_input.data, jws.signing_input.len, input->hash, &hash_size,
                   EVP_sha256(), NULL) != 1)
        return false;
    char *header = ost_arena_format(b->lasting, "Bearer %.*s", (int)token.len, token.data);
    b->headers[number] = text_of(header);
    return header != NULL;
}

static bool prepare_peer(bench *b)
{
    b->context = EVP_PKEY_CTX_new_from_pkey(NULL, b->key->pkey, NULL);
    return b->context != NULL && EVP_PKEY_verify_init(b->context) == 1 &&
           EVP_PKEY_CTX_set_signature_md(b->context, EVP_sha256()) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(b->context, RSA_PKCS1_PADDING) == 1;
}

/* The public key as an issuer publishes it, in a file to start from. */
static bool write_keys(const bench *b, const char *path)
{
    ost_text text;
    ost_json_writer *writer = ost_json_writer_new(b->lasting, 0);
    FILE *file = fopen(path, "w");
    if (writer == NULL || file == NULL)
        return false;
    ost_json_open_object(writer);
    ost_json_put_name(writer, OST_TEXT("keys"));
    ost_json_open_array(writer);
    bool good = ost_key_export_public(b->key, writer) == OST_OK;
    ost_json_close_array(writer);
    ost_json_close_object(writer);
    good = good && ost_json_writer_finish(writer, &text) == OST_OK &&
           fwrite(text.data, 1, text.len, file) == text.len;
    return fclose(file) == 0 && good;
}

/* Its issuer cannot be reached, so nothing is fetched meanwhile. */
static bool make_guard(const char *keys, bool no_cache, ost_guard **ret_guard)
{
    static const char *const audiences[] = {"myapi"};
    static const ost_context context = {.now = fixed_now};
    const ost_issuer issuer = {.issuer = ISSUER,
                               .audiences = audiences,
                               .audience_count = 1,
                               .jwks_url = "http://127.0.0.1:1/",
                               .seed_file = keys};
    const ost_guard_config config = {
        .issuers = &issuer, .issuer_count = 1, .no_cache = no_cache, .context = &context};
    ost_error error = {0};
    if (ost_guard_new(&config, ret_guard, &error) != OST_OK || !ost_guard_is_ready(*ret_guard)) {
        fprintf(stderr, "no guard: %s\n", error.detail);
        return false;
    }
    return true;
}

static bool make_guards(bench *b)
{
    char path[] = "/tmp/ostiary-bench-XXXXXX";
    int fd = mkstemp(path);
    bool good = fd >= 0 && write_keys(b, path) && make_guard(path, false, &b->remembering) &&
                make_guard(path, true, &b->forgetting);
    if (fd >= 0) {
        close(fd);
        unlink(path);
    }
    return good;
}

static bool check(bench *b, ost_guard *guard, size_t turn)
{
    static const ost_policy any = {0};
    const ost_credentials credentials = {&b->headers[turn % TOKENS], 1, {0}};
    ost_verdict verdict;
    ost_guard_check(guard, &any, &credentials, true, b->arena, &verdict);
    bool allowed = verdict.decision == OST_ALLOW;
    ost_arena_reset(b->arena);
    return allowed;
}

static bool anew(void *user, size_t turn)
{
    bench *b = user;
    return check(b, b->forgetting, turn);
}

static bool recalled(void *user, size_t turn)
{
    bench *b = user;
    return check(b, b->remembering, turn);
}

static bool bare(void *user, size_t turn)
{
    bench *b = user;
    const peer_input *input = &b->inputs[turn % TOKENS];
    return EVP_PKEY_verify(b->context, input->signature, sizeof input->signature, input->hash,
                           sizeof input->hash) == 1;
}

static void print_allocations(const char *name, bench_operation operation, bench *b)
{
    for (size_t i = 0; i < TOKENS; i++)
        operation(b, i);
    uint64_t own = memory_count(), openssl = openssl_allocations;
    operation(b, 0);
    printf("%-28s allocations a check: %llu ours, %llu within OpenSSL\n", name,
           (unsigned long long)(memory_count() - own),
           (unsigned long long)(openssl_allocations - openssl));
}

static bool run(bench *b, bool json)
{
    bool good = ost_key_generate(OST_RS256, 0, NULL, &b->key, NULL) == OST_OK && prepare_peer(b) &&
                make_guards(b);
    for (int i = 0; good && i < TOKENS; i++)
        good = make_token(b, i);
    good = good && bench_compare("verify-rs256-cold", anew, bare, b, 3, json) &&
           bench_compare("verify-rs256-cached", recalled, anew, b, 3, json);
    if (good && !json) {
        print_allocations("verify-rs256-cold", anew, b);
        print_allocations("verify-rs256-cached", recalled, b);
    }
    return good;
}

int main(int argc, char **argv)
{
    static bench b; /* large */
    if (CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free) != 1)
        return 1;
    b.lasting = ost_arena_new((size_t)1 << 20);
    b.arena = ost_arena_new((size_t)1 << 20);
    bool good = b.lasting != NULL && b.arena != NULL && run(&b, bench_json(argc, argv));
    ost_guard_free(b.remembering);
    ost_guard_free(b.forgetting);
    EVP_PKEY_CTX_free(b.context);
    ost_key_unref(b.key);
    ost_arena_free(b.arena);
    ost_arena_free(b.lasting);
    return good ? 0 : 1;
}
