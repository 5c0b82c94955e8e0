/* SPDX-License-Identifier: Apache-2.0 */
/* Keys (RFC 7517 §4): what all types have in common. */
#include "jose/key/key_state.h"

#include <string.h>

#include <openssl/evp.h>

#include "base/context.h"
#include "base/text.h"
#include "jose/compact.h"
#include "jose/key/prepared_context.h"

typedef struct key_type_facts {
    const char *name;
    const char *const *public_members;
    const char *const *private_members;
} key_type_facts;

/* In the order of RFC 7518 §6, of which the thumbprint (RFC 7638 §3.2) needs none. */
static const char *const rsa_public_members[] = {"n", "e", NULL};
static const char *const rsa_private_members[] = {"d", "p", "q", "dp", "dq", "qi", NULL};
static const char *const ec_public_members[] = {"x", "y", NULL};
static const char *const okp_public_members[] = {"x", NULL};
static const char *const curve_private_members[] = {"d", NULL};
static const char *const oct_public_members[] = {NULL};
static const char *const oct_private_members[] = {"k", NULL};

static const key_type_facts types[] = {
    [OST_KEY_RSA] = {"RSA", rsa_public_members, rsa_private_members},
    [OST_KEY_EC] = {"EC", ec_public_members, curve_private_members},
    [OST_KEY_OKP] = {"OKP", okp_public_members, curve_private_members},
    [OST_KEY_OCT] = {"oct", oct_public_members, oct_private_members},
};

const char *const key_op_names[KEY_OP_COUNT] = {"sign",    "verify",    "encrypt",   "decrypt",
                                                "wrapKey", "unwrapKey", "deriveKey", "deriveBits"};

const char *key_type_name(ost_key_type type)
{
    return types[type].name;
}

const char *const *key_public_members(ost_key_type type)
{
    return types[type].public_members;
}

const char *const *key_private_members(ost_key_type type)
{
    return types[type].private_members;
}

const char *key_curve_name(const ost_key *key)
{
    return key->curve != NULL ? key->curve->name : NULL;
}

ost_key *key_new(ost_key_type type)
{
    ost_key *key = memory_alloc(sizeof *key);
    key_working *working = key != NULL ? memory_alloc(sizeof *working) : NULL;
    if (working == NULL) {
        memory_free(key);
        return NULL;
    }
    atomic_init(&key->references, 1);
    key->type = type;
    key->ops = KEY_OPS_ALL;
    working->key = key;
    key->working = working;
    return key;
}

ost_key *ost_key_ref(ost_key *key)
{
    if (key != NULL)
        atomic_fetch_add_explicit(&key->references, 1, memory_order_relaxed);
    return key;
}

void ost_key_unref(ost_key *key)
{
    if (key == NULL || atomic_fetch_sub_explicit(&key->references, 1, memory_order_acq_rel) != 1)
        return;
    if (key->signer.release != NULL)
        key->signer.release(key->signer.user);
    prepared_free_all(&key->working->contexts);
    key_table_clear(&key->working->table);
    memory_free(key->working);
    rsa_public_free(key->rsa);
    EVP_PKEY_free(key->pkey);
    if (key->secret != NULL)
        wipe(key->secret, key->secret_size);
    memory_free(key->secret);
    memory_free(key->kid);
    memory_free(key->issuer);
    wipe(key, sizeof *key);
    memory_free(key);
}

ost_result key_set_kid(ost_key *key, ost_text kid)
{
    if (kid.len == 0)
        return OST_OK;
    if (kid.len > KID_MAX)
        return OST_E_CEILING;
    if (!text_is_utf8(kid))
        return OST_E_UTF8;
    char *copy = memory_copy(kid);
    if (copy == NULL)
        return OST_E_MEMORY;
    memory_free(key->kid);
    key->kid = copy;
    key->kid_len = kid.len;
    return OST_OK;
}

ost_result key_bind(ost_key *key, ost_alg alg, ost_error *error)
{
    if ((key->algs & OST_ALG_BIT(alg)) == 0) {
        return ost_error_set(error, OST_E_KEY_FORMAT, "a key of this type cannot serve %s",
                             ost_alg_name(alg));
    }
    /* The names of EdDSA differ in nothing that is signed. */
    bool of_eddsa = (ALGS_EDDSA & OST_ALG_BIT(alg)) != 0;
    key->algs &= of_eddsa ? ALGS_EDDSA : OST_ALG_BIT(alg);
    key->bound = alg;
    return OST_OK;
}

ost_alg key_specified_alg(const ost_key *key, ost_alg alg)
{
    if (alg != OST_EDDSA || key->curve == NULL)
        return alg;
    return strcmp(key->curve->name, "Ed448") == 0 ? OST_ED448 : OST_ED25519;
}

/* What of key_ops allows it, in the two directions. A public key agrees upon secrets, too. */
static unsigned ops_for(ost_alg alg, bool inward)
{
    if (alg_signs(alg))
        return inward ? KEY_SIGN : KEY_VERIFY;
    unsigned ops = inward ? KEY_DECRYPT | KEY_UNWRAP : KEY_ENCRYPT | KEY_WRAP;
    bool derives = alg_find(alg)->agrees || alg_is_password(alg);
    return derives ? ops | KEY_DERIVE_KEY | KEY_DERIVE_BITS : ops;
}

bool key_may(const ost_key *key, ost_alg alg, bool inward)
{
    return ost_key_serves(key, alg) && (key->ops & ops_for(alg, inward)) != 0 &&
           (key->is_private || !inward || (key->signer.sign != NULL && alg_signs(alg)));
}

key_use key_purpose(const ost_key *key)
{
    if (key->use != KEY_USE_ANY || !key->ops_given)
        return key->use;
    return (key->ops & KEY_OPS_SIGNATURE) != 0 ? KEY_USE_SIG : KEY_USE_ENC;
}

ost_result key_restrict(ost_key *key, ost_error *error)
{
    key_use purpose = key_purpose(key);
    if (key->type == OST_KEY_OCT && key->bound == OST_ALG_UNSET && purpose == KEY_USE_ANY)
        purpose = KEY_USE_SIG;
    if (purpose == KEY_USE_SIG)
        key->algs &= OST_ALGS_SIGNATURE;
    if (purpose == KEY_USE_ENC)
        key->algs &= ~OST_ALGS_SIGNATURE;
    if (key->ops_given && ((key->ops & KEY_OPS_SIGNATURE) != 0) == (purpose == KEY_USE_ENC)) {
        return ost_error_set(error, OST_E_KEY_FORMAT,
                             "\"use\" and \"key_ops\" contradict each other");
    }
    if (key->algs != 0)
        return OST_OK;
    if (key->bound != OST_ALG_UNSET) {
        return ost_error_set(error, OST_E_KEY_FORMAT, "a key for %s, used for something else",
                             ost_alg_name(key->bound));
    }
    if (key->type == OST_KEY_OCT) {
        return ost_error_set(error, OST_E_KEY_WEAK,
                             purpose == KEY_USE_ENC
                                 ? "no encryption takes a secret of %zu bytes"
                                 : "no signature takes a secret of %zu bytes (one for encryption "
                                   "says so by \"alg\" or \"use\")",
                             key->secret_size);
    }
    return ost_error_set(error, OST_E_KEY_USE,
                         "keys of this type are not for what \"use\" or \"key_ops\" say");
}

ost_key_type ost_key_type_of(const ost_key *key)
{
    return key != NULL ? key->type : OST_KEY_RSA;
}

ost_text ost_key_kid(const ost_key *key)
{
    return key != NULL ? (ost_text){key->kid, key->kid_len} : (ost_text){0};
}

bool ost_key_is_private(const ost_key *key)
{
    return key != NULL && key->is_private;
}

bool ost_key_serves(const ost_key *key, ost_alg alg)
{
    return key != NULL && alg_find(alg) != NULL && (key->algs & OST_ALG_BIT(alg)) != 0;
}

unsigned ost_key_bits(const ost_key *key)
{
    return key != NULL ? key->bits : 0;
}

EVP_PKEY *key_pkey(const ost_key *key)
{
    if (key->type == OST_KEY_OKP)
        return key_okp_pkey(key);
    return key->pkey != NULL && EVP_PKEY_up_ref(key->pkey) == 1 ? key->pkey : NULL;
}

ost_result key_member(const ost_key *key, const char *name, unsigned char *ret, size_t *ret_len)
{
    switch (key->type) {
    case OST_KEY_RSA:
        return key_rsa_member(key, name, ret, ret_len);
    case OST_KEY_EC:
        return key_ec_member(key, name, ret, ret_len);
    case OST_KEY_OKP:
        return key_okp_member(key, name, ret, ret_len);
    case OST_KEY_OCT:
    default:
        memcpy(ret, key->secret, key->secret_size);
        *ret_len = key->secret_size;
        return OST_OK;
    }
}
