/* SPDX-License-Identifier: Apache-2.0 */
/* The guard's whole check of an access token as Keycloak issues it (1.4 KB, RS256), from the
 * Authorization header to the verdict, with a policy that asks for a scope and a role: anew,
 * against the bare verification of the same signature by OpenSSL; remembered, against anew; and
 * each in two threads against one, beside what the machine gives to two threads that share nothing.
 * Also counts what is allocated for one check. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <ostiary/guard.h>

#include "allocations.h"
#include "bare.h"
#include "base/context.h"
#include "base/text.h"
#include "compare.h"
#include "token.h"

#define TOKENS 64 /* different ones */
#define NOW 1700000000

typedef struct bench {
    ost_arena *lasting;               /* the inputs */
    ost_arena *arenas[BENCH_THREADS]; /* one check of each thread */
    ost_key *key;
    ost_guard *remembering, *forgetting;
    ost_text headers[TOKENS];
    bare limit;
    bare_input inputs[TOKENS];
} bench;

static int64_t fixed_now(void *user)
{
    return NOW;
}

static bool make_tokens(bench *b)
{
    const token_recipe facts = {.key = b->key,
                                .alg = OST_RS256,
                                .issuer = TOKEN_ISSUER,
                                .audience = TOKEN_AUDIENCE,
                                .now = NOW,
                                .lifetime = 200};
    for (int i = 0; i < TOKENS; i++) {
        ost_text token;
        if (!token_make(&facts, i, b->lasting, &token) ||
            !bare_read(&b->limit, token, b->lasting, &b->inputs[i]))
            return false;
        const char *header = ost_arena_format(b->lasting, "Bearer %s", token.data);
        if (header == NULL)
            return false;
        b->headers[i] = text_of(header);
    }
    return true;
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
    static const char *const audiences[] = {TOKEN_AUDIENCE};
    static const ost_context context = {.now = fixed_now};
    const ost_issuer issuer = {.issuer = TOKEN_ISSUER,
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

static bool check(const bench *b, ost_guard *guard, size_t turn)
{
    static const char *const scopes[] = {"email", NULL}, *const roles[] = {"offline_access", NULL};
    static const ost_policy policy = {.scopes = scopes, .realm_roles = roles};
    const ost_credentials credentials = {.authorization = &b->headers[turn % TOKENS],
                                         .authorization_count = 1};
    ost_arena *arena = b->arenas[bench_thread()];
    ost_verdict verdict;
    ost_guard_check(guard, &policy, &credentials, true, arena, &verdict);
    bool allowed = verdict.decision == OST_ALLOW;
    ost_arena_reset(arena);
    return allowed;
}

static bool anew(void *user, size_t turn)
{
    const bench *b = user;
    return check(b, b->forgetting, turn);
}

static bool recalled(void *user, size_t turn)
{
    const bench *b = user;
    return check(b, b->remembering, turn);
}

/* Every thread has the very same token. */
static bool recalled_one(void *user, size_t turn)
{
    return recalled(user, 0);
}

/* Half a microsecond of arithmetic in registers. */
static bool share_nothing(void *user, size_t turn)
{
    static const unsigned rounds = 500;
    uint64_t x = turn | 1;
    for (unsigned i = 0; i < rounds; i++)
        x = x * 6364136223846793005U + 1442695040888963407U;
    return x != 0 || turn == 0;
}

static bool limit(void *user, size_t turn)
{
    const bench *b = user;
    return bare_verify(&b->limit, &b->inputs[turn % TOKENS]);
}

static void print_allocations(const char *name, bench_operation operation, bench *b)
{
    for (size_t i = 0; i < TOKENS; i++)
        operation(b, i);
    allocations before = allocations_so_far();
    operation(b, 0);
    allocations after = allocations_so_far();
    printf("%-28s allocations a check: %llu ours, %llu within OpenSSL\n", name,
           (unsigned long long)(after.own - before.own),
           (unsigned long long)(after.openssl - before.openssl));
}

static bool prepare(bench *b)
{
    b->lasting = ost_arena_new((size_t)1 << 20);
    bool good = b->lasting != NULL;
    for (size_t i = 0; i < BENCH_THREADS; i++) {
        b->arenas[i] = ost_arena_new((size_t)1 << 20);
        good = good && b->arenas[i] != NULL;
    }
    return good && ost_key_generate(OST_RS256, 0, NULL, &b->key, NULL) == OST_OK &&
           bare_prepare(BARE_OPENSSL, OST_RS256, b->key, &b->limit) && make_tokens(b) &&
           make_guards(b);
}

static void clear(bench *b)
{
    ost_guard_free(b->remembering);
    ost_guard_free(b->forgetting);
    bare_clear(&b->limit);
    ost_key_unref(b->key);
    for (size_t i = 0; i < BENCH_THREADS; i++)
        ost_arena_free(b->arenas[i]);
    ost_arena_free(b->lasting);
}

int main(int argc, char **argv)
{
    static bench b; /* large */
    bool json = bench_json(argc, argv);
    bool good = allocations_watch() && prepare(&b) &&
                bench_compare("verify-rs256-cold", anew, limit, &b, 3, json) &&
                bench_compare("verify-rs256-cached", recalled, anew, &b, 3, json) &&
                bench_threads("verify-rs256-cold-threads", anew, &b, 3, json) &&
                bench_threads("verify-rs256-cached-threads", recalled, &b, 3, json) &&
                bench_threads("verify-rs256-one-token-threads", recalled_one, &b, 3, json) &&
                bench_threads("share-nothing-threads", share_nothing, NULL, 3, json);
    if (good && !json) {
        print_allocations("verify-rs256-cold", anew, &b);
        print_allocations("verify-rs256-cached", recalled, &b);
    }
    clear(&b);
    return good ? 0 : 1;
}
