/* SPDX-License-Identifier: Apache-2.0 */
/* The two tables of encryption: RFC 7518 §4.1 and §5.1. */
#include "jose/jwe/jwe_alg.h"

#include "base/array.h"
#include "base/text.h"

static const enc_facts encs[] = {
    [OST_A128CBC_HS256] = {"A128CBC-HS256", "AES-128-CBC", "SHA256", 32, 16, 16},
    [OST_A192CBC_HS384] = {"A192CBC-HS384", "AES-192-CBC", "SHA384", 48, 16, 24},
    [OST_A256CBC_HS512] = {"A256CBC-HS512", "AES-256-CBC", "SHA512", 64, 16, 32},
    [OST_A128GCM] = {"A128GCM", "AES-128-GCM", NULL, 16, 12, 16},
    [OST_A192GCM] = {"A192GCM", "AES-192-GCM", NULL, 24, 12, 16},
    [OST_A256GCM] = {"A256GCM", "AES-256-GCM", NULL, 32, 12, 16},
};
#define ENC_COUNT (ARRAY_LEN(encs))

/* From the first of them on. */
#define WAY(alg) [(alg)-FIRST]
#define FIRST 32 /* where key management begins; see ost_alg */

static const way_facts ways[] = {
    WAY(OST_RSA_OAEP) = {WAY_RSA, 0, "SHA1"},
    WAY(OST_RSA_OAEP_256) = {WAY_RSA, 0, "SHA256"},
    WAY(OST_A128KW) = {WAY_WRAP, 16, NULL},
    WAY(OST_A192KW) = {WAY_WRAP, 24, NULL},
    WAY(OST_A256KW) = {WAY_WRAP, 32, NULL},
    WAY(OST_DIR) = {WAY_DIRECT, 0, NULL},
    WAY(OST_ECDH_ES) = {WAY_AGREE, 0, NULL},
    WAY(OST_ECDH_ES_A128KW) = {WAY_AGREE, 16, NULL},
    WAY(OST_ECDH_ES_A192KW) = {WAY_AGREE, 24, NULL},
    WAY(OST_ECDH_ES_A256KW) = {WAY_AGREE, 32, NULL},
    WAY(OST_A128GCMKW) = {WAY_GCM, 16, NULL},
    WAY(OST_A192GCMKW) = {WAY_GCM, 24, NULL},
    WAY(OST_A256GCMKW) = {WAY_GCM, 32, NULL},
    WAY(OST_PBES2_HS256_A128KW) = {WAY_PASSWORD, 16, "SHA256"},
    WAY(OST_PBES2_HS384_A192KW) = {WAY_PASSWORD, 24, "SHA384"},
    WAY(OST_PBES2_HS512_A256KW) = {WAY_PASSWORD, 32, "SHA512"},
    WAY(OST_INSECURE_RSA1_5) = {WAY_RSA, 0, NULL},
    WAY(OST_RSA_OAEP_384) = {WAY_RSA, 0, "SHA384"},
    WAY(OST_RSA_OAEP_512) = {WAY_RSA, 0, "SHA512"},
};
#define WAY_COUNT (ARRAY_LEN(ways))

const enc_facts *enc_find(ost_enc enc)
{
    return (size_t)enc < ENC_COUNT && encs[enc].name != NULL ? &encs[enc] : NULL;
}

const way_facts *way_find(ost_alg alg)
{
    return alg >= FIRST && (size_t)alg - FIRST < WAY_COUNT ? &ways[alg - FIRST] : NULL;
}

const char *ost_enc_name(ost_enc enc)
{
    const enc_facts *facts = enc_find(enc);
    return facts != NULL ? facts->name : "none";
}

ost_enc ost_enc_of(ost_text name)
{
    for (size_t i = 0; i < ENC_COUNT; i++) {
        if (encs[i].name != NULL && text_is(name, encs[i].name))
            return (ost_enc)i;
    }
    return OST_ENC_UNSET;
}
