/* SPDX-License-Identifier: Apache-2.0 */
/* Making signatures: RFC 7518 §3.2–3.5, RFC 8037 §3.1. */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string.h>

#include "jose/key/prepared.h"
#include "jose/signature/ecdsa.h"
#include "jose/signature/signature.h"

/* `expected` is the size that the receiver of the signature has made room for. */
static bool sign_with_pkey(const prepared_use *use, const alg_facts *facts, ost_text input,
                           size_t expected, unsigned char *ret, size_t *ret_size)
{
    unsigned char hash[HASH_MAX_SIZE], made[SIGNATURE_MAX_SIZE];
    size_t hash_size, size = sizeof made;
    if (!prepared_digest(use, input, hash, &hash_size))
        return false;
    ERR_set_mark();
    int done = EVP_PKEY_sign(use->contexts->pkey, made, &size, hash, hash_size);
    ERR_pop_to_mark();
    if (done != 1)
        return false;
    if (facts->type == OST_KEY_EC) {
        *ret_size = expected;
        return ecdsa_from_der(facts->curve, made, size, ret);
    }
    if (size != expected)
        return false;
    memcpy(ret, made, size);
    *ret_size = size;
    return true;
}

ost_result signature_make(const ost_key *key, ost_alg alg, ost_text input, unsigned char *ret,
                          size_t *ret_size)
{
    const alg_facts *facts = alg_find(alg);
    prepared_use use;
    if (!alg_signs(alg) || !key_may(key, alg, true))
        return OST_E_KEY_USE;
    if (key->signer.sign != NULL) {
        *ret_size = signature_size(key, alg);
        return key->signer.sign(key->signer.user, alg, input, ret, *ret_size);
    }
    if (facts->type == OST_KEY_OKP) {
        *ret_size = signature_size(key, alg);
        return signature_make_okp(key, input, ret);
    }
    ost_result result = prepared_take(key, alg, true, &use);
    if (result != OST_OK)
        return result;
    bool done = facts->type == OST_KEY_OCT
                    ? prepared_mac(&use, input, ret, ret_size)
                    : sign_with_pkey(&use, facts, input, signature_size(key, alg), ret, ret_size);
    prepared_give(&use);
    return done ? OST_OK : OST_E_CRYPTO;
}

/* ---- several ---- */

bool signature_may_wait(const ost_key *key)
{
    return key->signer.sign_together != NULL;
}

static bool goes_with(const signature_wish *one, const signature_wish *other)
{
    return one->key->signer.sign_together == other->key->signer.sign_together &&
           one->key->signer.holder == other->key->signer.holder &&
           key_may(other->key, other->alg, true) && alg_signs(other->alg);
}

void signature_make_together(signature_wish *const *wishes, size_t count)
{
    for (size_t i = 0, end; i < count; i = end) {
        signature_wish *wish = wishes[i];
        end = i + 1;
        if (!signature_may_wait(wish->key) || !goes_with(wish, wish)) {
            wish->result =
                signature_make(wish->key, wish->alg, wish->input, wish->ret, &wish->size);
            continue;
        }
        while (end < count && goes_with(wish, wishes[end]))
            end++;
        for (size_t n = i; n < end; n++)
            wishes[n]->user = wishes[n]->key->signer.user;
        wish->key->signer.sign_together(wish->key->signer.holder, wishes + i, end - i);
    }
}
