/* Prepared contexts; see prepared.h. A slot holds its own reference to OpenSSL's key and is named
 * by our key's serial number, so that it can neither dangle nor be mistaken for another. */
#include "prepared.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <stdio.h>

#include "context.h"
#include "digest.h"

#define SLOTS 16 /* per thread */

typedef struct slot {
    uint64_t serial;
    uint64_t used; /* the thread's count when it was last used */
    ost_alg alg;
    prepared_use use;
    EVP_PKEY_CTX *context;
    EVP_MAC_CTX *mac;
} slot;

typedef struct thread_slots {
    uint64_t count;
    slot slots[SLOTS];
} thread_slots;

static pthread_key_t slots_key;
static EVP_MAC *hmac;
static bool ready;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local thread_slots *mine;

static void slot_clear(slot *s)
{
    EVP_PKEY_CTX_free(s->context);
    EVP_MAC_CTX_free(s->mac);
    *s = (slot){0};
}

static void free_slots(void *data)
{
    thread_slots *all = data;
    for (size_t i = 0; i < SLOTS; i++)
        slot_clear(&all->slots[i]);
    memory_free(all);
}

static void prepare(void)
{
    hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    ready = hmac != NULL && pthread_key_create(&slots_key, free_slots) == 0;
}

static thread_slots *slots_of_thread(void)
{
    pthread_once(&once, prepare);
    if (mine == NULL && ready) {
        mine = memory_alloc(sizeof *mine);
        if (mine != NULL && pthread_setspecific(slots_key, mine) != 0) {
            memory_free(mine);
            mine = NULL;
        }
    }
    return mine;
}

/* The slot that holds the context asked for, or the one that was used longest ago, emptied. */
static slot *find_slot(const ost_key *key, ost_alg alg, prepared_use use)
{
    thread_slots *all = slots_of_thread();
    if (all == NULL)
        return NULL;
    slot *oldest = &all->slots[0];
    for (size_t i = 0; i < SLOTS; i++) {
        slot *s = &all->slots[i];
        if (s->serial == key->serial && s->alg == alg && s->use == use) {
            s->used = ++all->count;
            return s;
        }
        if (s->used < oldest->used)
            oldest = s;
    }
    slot_clear(oldest);
    oldest->used = ++all->count;
    return oldest;
}

static bool set_padding(EVP_PKEY_CTX *context, const alg_info *info)
{
    const EVP_MD *md = digest_md(info->hash_bits);
    if (md == NULL || EVP_PKEY_CTX_set_signature_md(context, md) <= 0)
        return false;
    if (info->family == ALG_PKCS1)
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0;
    if (info->family == ALG_PSS) /* RFC 7518 §3.5: the salt is as long as the hash */
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
               EVP_PKEY_CTX_set_rsa_mgf1_md(context, md) > 0 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0;
    return true;
}

EVP_PKEY_CTX *prepared_context(const ost_key *key, const alg_info *info, prepared_use use)
{
    slot *s = find_slot(key, info->alg, use);
    if (s == NULL || s->context != NULL)
        return s != NULL ? s->context : NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    int begun = context == NULL          ? 0
                : use == PREPARED_VERIFY ? EVP_PKEY_verify_init(context)
                                         : EVP_PKEY_sign_init(context);
    if (begun <= 0 || !set_padding(context, info)) {
        EVP_PKEY_CTX_free(context);
        return NULL;
    }
    s->serial = key->serial;
    s->alg = info->alg;
    s->use = use;
    s->context = context;
    return context;
}

EVP_MAC_CTX *prepared_mac(const ost_key *key, const alg_info *info)
{
    slot *s = find_slot(key, info->alg, PREPARED_SIGN);
    if (s == NULL || s->mac != NULL)
        return s != NULL ? s->mac : NULL;
    char name[16];
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
        OSSL_PARAM_construct_end(),
    };
    snprintf(name, sizeof name, "%s", digest_name(info->hash_bits));
    EVP_MAC_CTX *mac = EVP_MAC_CTX_new(hmac);
    if (mac == NULL || EVP_MAC_init(mac, key->secret, key->secret_len, parameters) != 1) {
        EVP_MAC_CTX_free(mac);
        return NULL;
    }
    s->serial = key->serial;
    s->alg = info->alg;
    s->use = PREPARED_SIGN;
    s->mac = mac;
    return mac;
}
