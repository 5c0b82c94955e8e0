/* SPDX-License-Identifier: Apache-2.0 */
/* The library's full check of an access token as Keycloak issues it (read, key, signature, claims)
 * against the bare verification of the same signature: what is left to gain is the difference.
 * Also counts what is allocated for one check. */
#include <stdio.h>

#include "allocations.h"
#include "bare.h"
#include "base/array.h"
#include "compare.h"
#include "jose/key/key_table.h"
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

typedef struct row {
    const char *name;
    ost_alg alg;
    unsigned bits; /* 0: as usual */
    bare_library library;
} row;

static const row rows[] = {
    {"jose-rs256-cold", OST_RS256, 0, BARE_OPENSSL},
    {"jose-rs256-3072-cold", OST_RS256, 3072, BARE_OPENSSL},
    {"jose-rs256-4096-cold", OST_RS256, 4096, BARE_OPENSSL},
    {"jose-ps256-cold", OST_PS256, 0, BARE_OPENSSL},
    {"jose-es256-cold", OST_ES256, 0, BARE_OPENSSL},
    {"jose-es384-cold", OST_ES384, 0, BARE_OPENSSL},
    {"jose-es512-cold", OST_ES512, 0, BARE_OPENSSL},
    {"jose-eddsa-cold", OST_EDDSA, 0, BARE_SODIUM},
    {"jose-eddsa-openssl", OST_EDDSA, 0, BARE_OPENSSL},
};

static const char *const audiences[] = {TOKEN_AUDIENCE};
static const ost_claims_rules rules = {
    .issuer = TOKEN_ISSUER,
    .audiences = audiences,
    .audience_count = 1,
};

/* As an issuer's key that has been in use for a while: what is made for it is there. */
static bool warm_up(bench *b);

static bool prepare(bench *b, const row *r)
{
    token_recipe facts = {.alg = r->alg,
                          .issuer = TOKEN_ISSUER,
                          .audience = TOKEN_AUDIENCE,
                          .now = NOW,
                          .lifetime = 200};
    *b =
        (bench){.lasting = ost_arena_new((size_t)1 << 20), .arena = ost_arena_new((size_t)1 << 20)};
    if (b->lasting == NULL || b->arena == NULL ||
        ost_key_generate(r->alg, r->bits, NULL, &b->key, NULL) != OST_OK ||
        ost_keyset_new(&b->key, 1, &b->keys) != OST_OK ||
        !bare_prepare(r->library, r->alg, b->key, &b->limit))
        return false;
    facts.key = b->key;
    for (int i = 0; i < TOKENS; i++) {
        if (!token_make(&facts, i, b->lasting, &b->tokens[i]) ||
            !bare_read(&b->limit, b->tokens[i], b->lasting, &b->inputs[i]))
            return false;
    }
    return warm_up(b);
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

static bool warm_up(bench *b)
{
    for (size_t i = 0; i < KEY_TABLE_USES; i++) {
        if (!ours(b, i))
            return false;
    }
    key_tables_settle();
    return true;
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

static bool run(const row *r, bool json)
{
    static bench b; /* large; one after the other */
    bool good = prepare(&b, r) && bench_compare(r->name, ours, limit, &b, 3, json);
    if (good && !json)
        print_allocations(r->name, &b);
    clear(&b);
    return good;
}

int main(int argc, char **argv)
{
    bool json = bench_json(argc, argv), good = allocations_watch();
    for (size_t i = 0; i < ARRAY_LEN(rows) && good; i++)
        good = run(&rows[i], json);
    return good ? 0 : 1;
}
