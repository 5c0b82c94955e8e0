/* SPDX-License-Identifier: Apache-2.0 */
/* The library in the table of libraries: a key set, and the check of a token in one call. */
#include <ostiary/jose.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "worker.h"

static ost_arena *arena;

static void *read_key(const char *alg, const char *jwk, const char *pem)
{
    ost_key *key;
    ost_keyset *keys;
    arena = ost_arena_new((size_t)1 << 20);
    if (arena == NULL || ost_key_import_jwk((ost_text){jwk, strlen(jwk)}, &key, NULL) != OST_OK ||
        ost_keyset_new(&key, 1, &keys) != OST_OK)
        exit(2);
    ost_key_unref(key); /* the set holds it */
    return keys;
}

static bool accepts(void *keys, const char *token)
{
    static const char *const audiences[] = {WORKER_AUDIENCE};
    static const ost_claims_rules rules = {
        .issuer = WORKER_ISSUER, .audiences = audiences, .audience_count = 1};
    const ost_claims *claims;
    ost_result result = ost_jwt_verify((ost_text){token, strlen(token)}, keys, &rules, time(NULL),
                                       arena, &claims, NULL);
    ost_arena_reset(arena);
    return result == OST_OK;
}

int main(int argc, char **argv)
{
    static const worker library = {read_key, accepts};
    return worker_main(argc, argv, &library);
}
