/* SPDX-License-Identifier: Apache-2.0 */
/* The library's full check of an access token as Keycloak issues it (read, key, signature, claims)
 * against the bare verification of the same signature: what is left to gain is the difference.
 * Also counts what is allocated for one check. */
#include <stdio.h>

#include "allocations.h"
#include "bare.h"
#include "compare.h"
#include "token.h"

#define TOKENS 64 /* different ones, so that nothing can be remembered */
#define NOW 1700000000

typedef struct bench {
    ost_arena *lasting, *arena; /* the inputs; one check */
    ost_key *key;
    ost_keyset *keys;
    ost_text tokens[TOKENS];
    bare limit;
    bare_input inputs[TOKENS];
} bench;

static const char *const audiences[] = {TOKEN_AUDIENCE};
static const ost_claims_rules rules = {
    .issuer = TOKEN_ISSUER,
    .audiences = audiences,
    .audience_count = 1,
};

static bool prepare(bench *b, ost_alg alg, bare_library library)
{
    token_recipe facts = {.alg = alg,
                          .issuer = TOKEN_ISSUER,
                          .audience = TOKEN_AUDIENCE,
                          .now = NOW,
                          .lifetime = 200};
    *b =
        (bench){.lasting = ost_arena_new((size_t)1 << 20), .arena = ost_arena_new((size_t)1 << 20)};
    if (b->lasting == NULL || b->arena == NULL ||
        ost_key_generate(alg, 0, NULL, &b->key, NULL) != OST_OK ||
        ost_keyset_new(&b->key, 1, &b->keys) != OST_OK ||
        !bare_prepare(library, alg, b->key, &b->limit))
        return false;
    facts.key = b->key;
    for (int i = 0; i < TOKENS; i++) {
        if (!token_make(&facts, i, b->lasting, &b->tokens[i]) ||
            !bare_read(&b->limit, b->tokens[i], b->lasting, &b->inputs[i]))
            return false;
    }
    return true;
}

static void clear(bench *b)
{
    bare_clear(&b->limit);
    ost_keyset_unref(b->keys);
    ost_key_unref(b->key);
    ost_arena_free(b->arena);
    ost_arena_free(b->lasting);
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

static bool limit(void *user, size_t turn)
{
    const bench *b = user;
    return bare_verify(&b->limit, &b->inputs[turn % TOKENS]);
}

static void print_allocations(const char *name, bench *b)
{
    allocations before = allocations_so_far();
    ours(b, 0);
    allocations between = allocations_so_far();
    limit(b, 0);
    allocations after = allocations_so_far();
    printf("%-28s allocations a check: %llu ours, %llu within OpenSSL (bare: %llu); %zu bytes\n",
           name, (unsigned long long)(between.own - before.own),
           (unsigned long long)(between.openssl - before.openssl),
           (unsigned long long)(after.openssl - between.openssl), b->tokens[0].len);
}

static bool run(const char *name, ost_alg alg, bare_library library, bool json)
{
    static bench b; /* large; one after the other */
    bool good = prepare(&b, alg, library) && bench_compare(name, ours, limit, &b, 3, json);
    if (good && !json)
        print_allocations(name, &b);
    clear(&b);
    return good;
}

int main(int argc, char **argv)
{
    bool json = bench_json(argc, argv);
    return allocations_watch() && run("jose-rs256-cold", OST_RS256, BARE_OPENSSL, json) &&
                   run("jose-es256-cold", OST_ES256, BARE_OPENSSL, json) &&
                   run("jose-eddsa-cold", OST_EDDSA, BARE_SODIUM, json) &&
                   run("jose-eddsa-openssl", OST_EDDSA, BARE_OPENSSL, json)
               ? 0
               : 1;
}
