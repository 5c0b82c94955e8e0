/* SPDX-License-Identifier: Apache-2.0 */
/* rhonabwy in the table of libraries. */
#include <rhonabwy.h>
#include <string.h>

#include "claims_jansson.h"
#include "worker.h"

static jwa_alg expected_alg;

static void *read_key(const char *alg, const char *jwk, const char *pem)
{
    jwk_t *key;
    expected_alg = r_str_to_jwa_alg(alg);
    if (expected_alg == R_JWA_ALG_UNKNOWN || r_global_init() != RHN_OK ||
        r_jwk_init(&key) != RHN_OK || r_jwk_import_from_json_str(key, jwk) != RHN_OK)
        return NULL;
    return key;
}

static bool claims_pass(jwt_t *jwt)
{
    json_t *audience = r_jwt_get_claim_json_t_value(jwt, "aud");
    bool good = r_jwt_validate_claims(jwt, R_JWT_CLAIM_ISS, WORKER_ISSUER, R_JWT_CLAIM_EXP,
                                      R_JWT_CLAIM_NOW, R_JWT_CLAIM_NOP) == RHN_OK &&
                audience_is_good(audience);
    json_decref(audience);
    return good;
}

static bool accepts(void *key, const char *token)
{
    jwt_t *jwt = NULL;
    bool good = r_jwt_init(&jwt) == RHN_OK &&
                r_jwt_advanced_parse(jwt, token, R_PARSE_NONE, R_FLAG_IGNORE_REMOTE) == RHN_OK &&
                r_jwt_get_sign_alg(jwt) == expected_alg &&
                r_jwt_verify_signature(jwt, key, R_FLAG_IGNORE_REMOTE) == RHN_OK &&
                claims_pass(jwt);
    r_jwt_free(jwt);
    return good;
}

int main(int argc, char **argv)
{
    static const worker library = {read_key, accepts};
    return worker_main(argc, argv, &library);
}
