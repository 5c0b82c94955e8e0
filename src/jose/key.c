/* Keys (RFC 7517 §4): what all types have in common. */
#include "key.h"

#include <string.h>

#include "compact.h"
#include "context.h"
#include "prepared.h"
#include "text.h"

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
    if (key->type == OST_KEY_OKP)
        return "Ed25519";
    return key->curve != NULL ? key->curve->name : NULL;
}

ost_key *key_new(ost_key_type type)
{
    ost_key *key = memory_alloc(sizeof *key);
    stripes *contexts = key != NULL ? memory_alloc(sizeof *contexts) : NULL;
    if (contexts == NULL) {
        memory_free(key);
        return NULL;
    }
    atomic_init(&key->references, 1);
    key->type = type;
    key->ops = KEY_SIGN | KEY_VERIFY;
    key->contexts = contexts;
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
    prepared_free_all(key->contexts);
    memory_free(key->contexts);
    rsa_public_free(key->rsa);
    EVP_PKEY_free(key->pkey);
    if (key->secret != NULL)
        wipe(key->secret, key->secret_size);
    memory_free(key->secret);
    memory_free(key->kid);
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

ost_result key_bind(ost_key *key, ost_alg alg, ost_error *ret_error)
{
    if ((key->algs & OST_ALG_BIT(alg)) == 0) {
        return ost_error_set(ret_error, OST_E_KEY_FORMAT, "a key of this type cannot serve %s",
                             ost_alg_name(alg));
    }
    key->algs = OST_ALG_BIT(alg);
    key->bound = alg;
    return OST_OK;
}

ost_key_type ost_key_type_of(const ost_key *key)
{
    return key->type;
}

ost_text ost_key_kid(const ost_key *key)
{
    return (ost_text){key->kid, key->kid_len};
}

bool ost_key_is_private(const ost_key *key)
{
    return key->is_private;
}

bool ost_key_serves(const ost_key *key, ost_alg alg)
{
    return alg_find(alg) != NULL && (key->algs & OST_ALG_BIT(alg)) != 0;
}

unsigned ost_key_bits(const ost_key *key)
{
    return key->bits;
}

ost_result key_member(const ost_key *key, const char *name, unsigned char *ret, size_t *ret_len)
{
    const unsigned char *bytes;
    size_t len;
    switch (key->type) {
    case OST_KEY_RSA:
        return key_rsa_member(key, name, ret, ret_len);
    case OST_KEY_EC:
        return key_ec_member(key, name, ret, ret_len);
    case OST_KEY_OKP:
        bytes = name[0] == 'x' ? key->okp_public : key->okp_secret;
        len = OKP_SIZE;
        break;
    case OST_KEY_OCT:
    default:
        bytes = key->secret;
        len = key->secret_size;
        break;
    }
    memcpy(ret, bytes, len);
    *ret_len = len;
    return OST_OK;
}
