/* SPDX-License-Identifier: Apache-2.0 */
/* cjose in the table of libraries. */
#include <cjose/cjose.h>
#include <string.h>

#include "claims_jansson.h"
#include "worker.h"

static const char *expected_alg;

static void *read_key(const char *alg, const char *jwk, const char *pem)
{
    expected_alg = alg;
    return cjose_jwk_import(jwk, strlen(jwk), NULL); /* it has no OKP keys */
}

static bool payload_is_good(cjose_jws_t *jws)
{
    uint8_t *payload;
    size_t len;
    if (!cjose_jws_get_plaintext(jws, &payload, &len, NULL))
        return false;
    json_t *claims = json_loadb((const char *)payload, len, JSON_REJECT_DUPLICATES, NULL);
    bool good = claims_are_good(claims);
    json_decref(claims);
    return good;
}

static bool accepts(void *key, const char *token)
{
    cjose_jws_t *jws = cjose_jws_import(token, strlen(token), NULL);
    if (jws == NULL)
        return false;
    const char *alg = cjose_header_get(cjose_jws_get_protected(jws), CJOSE_HDR_ALG, NULL);
    bool good = alg != NULL && strcmp(alg, expected_alg) == 0 && cjose_jws_verify(jws, key, NULL) &&
                payload_is_good(jws);
    cjose_jws_release(jws);
    return good;
}

int main(int argc, char **argv)
{
    static const worker library = {read_key, accepts};
    return worker_main(argc, argv, &library);
}
