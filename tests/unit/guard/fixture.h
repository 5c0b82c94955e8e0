/* SPDX-License-Identifier: Apache-2.0 */
/* A guard over one issuer whose keys come from a file, with a clock that the test holds: everything
 * but the network. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <ostiary/guard.h>

#include "base/text.h"
#include "test.h"

#define NOW 1700000000
#define FIXTURE_ISSUER "https://id.example.org/realms/a"

/* Claims that are good at NOW, without the braces. */
#define GOOD_TIMES "\"exp\":1700000300,\"iat\":1699999990"
#define GOOD_NAMES "\"iss\":\"" FIXTURE_ISSUER "\",\"sub\":\"alice\",\"azp\":\"web\""
#define GOOD_CLAIMS GOOD_TIMES "," GOOD_NAMES ",\"aud\":\"myapi\",\"typ\":\"Bearer\""

#define RSA_HEADER "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"rsa\"}"
#define EC_HEADER "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"ec\"}"

typedef struct fixture {
    int64_t now;
    ost_context context;
    ost_arena *arena;       /* reset before every test */
    ost_key *rsa, *ec, *ed; /* kid rsa, ec, ed; published, not bound to one algorithm */
    ost_key *rsa_foreign;   /* kid rsa too; not published */
    ost_guard *guard;       /* issuer FIXTURE_ISSUER, audience myapi, explains */
} fixture;

/* For cmocka: group set-up and tear-down, and the set-up of each test. */
int fixture_start(void **state);
int fixture_end(void **state);
int fixture_reset(void **state);

/* A guard over the same keys with another configuration; what `issuer` leaves empty is filled in.
 * Free it. */
ost_guard *fixture_guard(fixture *f, ost_issuer issuer, ost_guard_config config);

extern const ost_policy fixture_any; /* any valid token */

/* One check, which may not wait. */
ost_verdict fixture_check_header(fixture *f, ost_guard *guard, const ost_policy *policy,
                                 ost_text authorization);
ost_verdict fixture_check(fixture *f, ost_guard *guard, const ost_policy *policy, ost_text token);

/* Claims signed as Keycloak would, by key `ec`. */
ost_text fixture_token(fixture *f, const char *claims);
ost_verdict fixture_check_claims(fixture *f, const ost_policy *policy, const char *claims);

/* The token is refused for this reason, with 401 and invalid_token. */
void fixture_refuses(fixture *f, ost_text token, ost_result reason);
void fixture_refuses_claims(fixture *f, const char *claims, ost_result reason);
void fixture_allows(fixture *f, ost_text token);

/* Every key in `keys` as a JWK Set; the list ends with NULL. */
ost_text fixture_jwks(ost_arena *arena, ost_key *const *keys);

#endif
