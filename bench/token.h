/* SPDX-License-Identifier: Apache-2.0 */
/* An access token as Keycloak issues it (1.4 KB with RS256), in as many variants as are asked for.
 */
#ifndef TOKEN_H
#define TOKEN_H

#include <ostiary/jose.h>

#define TOKEN_ISSUER "http://localhost:8080/realms/myrealm"
#define TOKEN_AUDIENCE "myapi"

typedef struct token_recipe {
    const ost_key *key;
    ost_alg alg;
    const char *issuer, *audience;
    int64_t now;
    int64_t lifetime; /* seconds; negative: it has expired */
} token_recipe;

/* Variants differ in `jti` and `exp`. In the arena, NUL-terminated. */
bool token_make(const token_recipe *facts, int variant, ost_arena *arena, ost_text *ret_token);

#endif
