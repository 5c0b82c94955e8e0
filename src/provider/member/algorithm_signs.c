/* SPDX-License-Identifier: Apache-2.0 */
/* Which algorithms are there for what; see algorithm_signs.h. */
#include "provider/member/algorithm_signs.h"

#include "base/text.h"
#include "provider/proof/client_answer.h"
#include "provider/proof/client_ciba.h"
#include "provider/proof/client_request.h"
#include "provider/realm/realm_key.h"

#define HMAC_ALGS (OST_ALG_BIT(OST_HS256) | OST_ALG_BIT(OST_HS384) | OST_ALG_BIT(OST_HS512))

static bool is_among(ost_text name, ost_algs algs)
{
    ost_alg alg = ost_alg_of(name);
    return alg != OST_ALG_UNSET && (OST_ALG_BIT(alg) & algs) != 0;
}

const char *token_algorithm_unmet(ost_text name)
{
    return realm_key_is_public(ost_alg_of(name))
               ? NULL
               : "the client gets no tokens: nobody could verify them by published keys";
}

/* The word for none is Keycloak's. */
const char *answer_algorithm_unmet(ost_text name)
{
    return text_is(name, "unsigned") || is_among(name, OST_ALGS_DEFAULT)
               ? NULL
               : "the client gets no tokens: nobody could verify its answers by published keys";
}

const char *answer_encryption_unmet(ost_text name)
{
    return is_among(name, CLIENT_ANSWER_ALGS)
               ? NULL
               : "the client gets no tokens: nothing is encrypted by that algorithm";
}

const char *content_encryption_unmet(ost_text name)
{
    return ost_enc_of(name) != OST_ENC_UNSET
               ? NULL
               : "nothing is encrypted so: where its alg is given, the client gets no tokens";
}

const char *assertion_algorithm_unmet(ost_text name)
{
    return is_among(name, OST_ALGS_DEFAULT | HMAC_ALGS)
               ? NULL
               : "no proof of that algorithm is taken: a client that proves itself by JWT cannot";
}

const char *request_algorithm_unmet(ost_text name)
{
    return text_is(name, "any") || is_among(name, OST_ALGS_DEFAULT | HMAC_ALGS)
               ? NULL
               : "no request object of the client is taken: none of that algorithm can be";
}

const char *request_encryption_unmet(ost_text name)
{
    return text_is(name, "any") || is_among(name, CLIENT_REQUEST_ALGS)
               ? NULL
               : "authorization requests of the client are refused: RSA-OAEP and RSA-OAEP-256 "
                 "alone "
                 "are there";
}

const char *request_content_unmet(ost_text name)
{
    return text_is(name, "any") || ost_enc_of(name) != OST_ENC_UNSET
               ? NULL
               : "authorization requests of the client are refused: nothing is decrypted so";
}

const char *ciba_algorithm_unmet(ost_text name)
{
    return is_among(name, CIBA_REQUEST_ALGS)
               ? NULL
               : "no signed request of the client to the backchannel is taken";
}
