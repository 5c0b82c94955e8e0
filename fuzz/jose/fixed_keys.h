/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that the fuzz targets of this folder verify and sign with, made once for them. */
#ifndef FIXED_KEYS_H
#define FIXED_KEYS_H

#include <stdlib.h>

#include <ostiary/jose.h>

#include "base/array.h"
#include "base/text.h"

static const char *const fixed_jwks[] = {
    "{\"kty\":\"RSA\",\"kid\":\"rsa\",\"n\":\"wNbRaY_0yqe2zpZ1H_NPyoeZ316cuhwNARn1mJ3HRhM"
    "rBBd13mAojFCu8UtsRnBvVIcezUUbzBOhWu754x6iqgSwUdTDGNn9d3JfR-r25U74qosgj-hkj-VqnR_Rqvy"
    "nrTCVYdzPoCaVwMf-41Lm0DZbc3FqzNzkQWcKoaHZVa3r6aqe3r-o1nrSNx9JglOuMUnBs-Jp44gy3gcoha-"
    "Kspvb5vhgOAjzg8pfbNAftzQVd_utBetBUi9Y-sr2NxRJhtQNPo6Xkgo2Y-W9hzRZ39syf80KLWBGuA4kmF0"
    "-vVuUuT7iwCmM602gK-g7ZttIvS23DNWJOuOCdum8o8rSKw\",\"e\":\"AQAB\"}",
    "{\"kty\":\"EC\",\"kid\":\"p256\",\"crv\":\"P-256\",\"x\":\"_Bvq-XgCe79FzfjfWMeU_wSIp"
    "uzyKAz068ZzZJGoxZI\",\"y\":\"XEC6RkL5CGLFZuaEQslQNDHF8uqcf7GisUGv2E4pxVU\"}",
    "{\"kty\":\"EC\",\"kid\":\"p384\",\"crv\":\"P-384\",\"x\":\"V57avr4MfOsWb5K86Rvjje9f_"
    "vgoHGELUz7iqALdB52QW3YYHJb9iFEuSH5MYNlv\",\"y\":\"RZL4nij6hOnvIzd3MVoqDYXrEk212cTXah"
    "XFBZ5NXFSb2P5lnkYbod2gvwpnEGWY\"}",
    "{\"kty\":\"EC\",\"kid\":\"p521\",\"crv\":\"P-521\",\"x\":\"ASmLAFzNfE9TxQGEJE4OkQ24j"
    "_bWzDU5mhWCWfgSFb0_r6QEtL45ixqlkyB3AEWVMAJSLZvHBno8NRzSBXoCO_XN\",\"y\":\"AD11WvnF-B"
    "ze1XNjR3J7rYEXUx6htfUVFNhHR8ZQLqsXo_ChJ0rLBq4_IenEC2hTOnIG_TMH4-581dDuWF4maeBy\"}",
    "{\"kty\":\"OKP\",\"kid\":\"ed\",\"crv\":\"Ed25519\",\"x\":\"5M7iMXqx87K7Hl5GkGDz2d3I"
    "hnrArymRUQF3bSYAHd8\",\"d\":\"yBq5xb47EXCpeWP_CCR7R2doQ7AbTWpTqoUWDMk5PRg\"}",
    "{\"kty\":\"oct\",\"kid\":\"oct\",\"k\":\"rvmUHgKzPr5VSgZkGrqsn2cHj6alAZHB6glRWMA1F03"
    "7Fhd-R9_6vVkDKoGEhRnYgc-YBIE1hvEozGbiyVGkQA\"}",
    "{\"kty\":\"EC\",\"kid\":\"secp256k1\",\"crv\":\"secp256k1\",\"x\":\"UntCSn7TG32u9w9M"
    "DBMw8_2Dkph1jRNjhIsPFEcX1VY\",\"y\":\"S9x4P4fD5_jF7kDZpMNCHkJZN3TfY9P-JdVnsDmTZI8\"}",
    "{\"kty\":\"OKP\",\"kid\":\"ed448\",\"crv\":\"Ed448\",\"x\":\"-QDS9OGQW_4Ni7V6gjmtisj"
    "0DPBHLrKv5524V68Od1PZ9PunN7s75upRwb1IjctiyrNZbAwnTreA\"}",
};
#define FIXED_KEYS (ARRAY_LEN(fixed_jwks))
#define FIXED_ED25519 4 /* this one and the next are private */
#define FIXED_SECRET 5

#define EVERY_ALG OST_ALGS_SIGNATURE

static inline void check(bool holds)
{
    if (!holds)
        abort();
}

/* All of them; made at the first call and kept. */
static inline ost_keyset *fixed_keys(void)
{
    static ost_keyset *set;
    ost_key *keys[FIXED_KEYS];
    if (set != NULL)
        return set;
    for (size_t i = 0; i < FIXED_KEYS; i++)
        check(ost_key_import_jwk(text_of(fixed_jwks[i]), &keys[i], NULL) == OST_OK);
    check(ost_keyset_new(keys, FIXED_KEYS, &set) == OST_OK);
    for (size_t i = 0; i < FIXED_KEYS; i++)
        ost_key_unref(keys[i]);
    return set;
}

#endif
