/* SPDX-License-Identifier: Apache-2.0 */
/* libjwt 1.x in the table of libraries. It has no parsed keys: each check reads the PEM. */
#include <jwt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "claims_jansson.h"
#include "worker.h"

static jwt_alg_t expected_alg;

static void *read_key(const char *alg, const char *jwk, const char *pem)
{
    expected_alg = jwt_str_alg(alg);
    return expected_alg == JWT_ALG_INVAL ? NULL : strdup(pem);
}

static bool grants_are_good(jwt_t *jwt)
{
    const char *issuer = jwt_get_grant(jwt, "iss");
    char *text = jwt_get_grants_json(jwt, "aud");
    json_t *audience = text != NULL ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    bool good = jwt_get_grant_int(jwt, "exp") > time(NULL) && issuer != NULL &&
                strcmp(issuer, WORKER_ISSUER) == 0 && audience_is_good(audience);
    json_decref(audience);
    free(text);
    return good;
}

static bool accepts(void *pem, const char *token)
{
    jwt_t *jwt;
    if (jwt_decode(&jwt, token, pem, (int)strlen(pem)) != 0)
        return false;
    bool good = jwt_get_alg(jwt) == expected_alg && grants_are_good(jwt);
    jwt_free(jwt);
    return good;
}

int main(int argc, char **argv)
{
    static const worker library = {read_key, accepts};
    return worker_main(argc, argv, &library);
}
