/* SPDX-License-Identifier: Apache-2.0 */
/* Authorities of clients; see client_authorities.h. */
#include "http/message/client_authorities.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <pthread.h>

#include "base/context.h"
#include "base/text.h"

#define SECURITY_LEVEL 2 /* of OpenSSL: at least 112 bits, as in a TLS handshake */

struct client_authorities {
    pthread_mutex_t lock;
    X509_STORE *store; /* guarded by the lock */
    const char *path;
};

static bool has_revocation_lists(X509_STORE *store)
{
    STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(store);
    for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
        if (X509_OBJECT_get_type(sk_X509_OBJECT_value(objects, i)) == X509_LU_CRL)
            return true;
    }
    return false;
}

static bool read_file(X509_STORE *store, const char *path)
{
    X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
    if (lookup == NULL || X509_load_cert_crl_file(lookup, path, X509_FILETYPE_PEM) <= 0)
        return false;
    return !has_revocation_lists(store) ||
           X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL) == 1;
}

static ost_result read_store(const char *path, X509_STORE **ret_store, ost_error *error)
{
    ERR_clear_error();
    X509_STORE *store = X509_STORE_new();
    if (store == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    if (!read_file(store, path)) {
        const char *reason = ERR_reason_error_string(ERR_peek_last_error());
        X509_STORE_free(store);
        ost_result result =
            ost_error_set(error, OST_E_CONFIG, "authorities of clients %s: %s", path,
                          reason == NULL ? "the file holds no certificate" : reason);
        ERR_clear_error();
        return result;
    }
    *ret_store = store;
    return OST_OK;
}

ost_result client_authorities_new(const char *path, client_authorities **ret, ost_error *error)
{
    client_authorities *made = memory_alloc(sizeof *made);
    if (made == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = read_store(path, &made->store, error);
    if (result != OST_OK) {
        memory_free(made);
        return result;
    }
    made->path = path;
    pthread_mutex_init(&made->lock, NULL);
    *ret = made;
    return OST_OK;
}

ost_result client_authorities_reload(client_authorities *authorities, ost_error *error)
{
    X509_STORE *fresh;
    ost_result result = read_store(authorities->path, &fresh, error);
    if (result != OST_OK)
        return result;
    pthread_mutex_lock(&authorities->lock);
    X509_STORE *old = authorities->store;
    authorities->store = fresh;
    pthread_mutex_unlock(&authorities->lock);
    X509_STORE_free(old);
    return OST_OK;
}

void client_authorities_free(client_authorities *authorities)
{
    if (authorities == NULL)
        return;
    X509_STORE_free(authorities->store);
    pthread_mutex_destroy(&authorities->lock);
    memory_free(authorities);
}

X509_STORE *client_authorities_store(client_authorities *authorities)
{
    pthread_mutex_lock(&authorities->lock);
    X509_STORE *store = authorities->store;
    (void)X509_STORE_up_ref(store);
    pthread_mutex_unlock(&authorities->lock);
    return store;
}

ost_result client_authorities_name_of(const STACK_OF(X509) * chain, ost_arena *arena,
                                      ost_text *ret_name)
{
    int count = sk_X509_num(chain);
    X509_NAME *name = count > 0 ? X509_get_subject_name(sk_X509_value(chain, count - 1)) : NULL;
    int size = name != NULL ? i2d_X509_NAME(name, NULL) : 0;
    if (name == NULL)
        return OST_OK;
    unsigned char *der = size > 0 ? ost_arena_alloc(arena, (size_t)size) : NULL, *end = der;
    if (der == NULL || i2d_X509_NAME(name, &end) != size)
        return OST_E_MEMORY;
    *ret_name = text_of_bytes(der, (size_t)size);
    return OST_OK;
}

/* The chain, which the caller frees; NULL: it is not good. */
static X509_STORE_CTX *verify(X509_STORE *store, X509 *certificate)
{
    X509_STORE_CTX *chain = X509_STORE_CTX_new();
    bool good = chain != NULL && X509_STORE_CTX_init(chain, store, certificate, NULL) == 1 &&
                X509_STORE_CTX_set_default(chain, "ssl_client") == 1;
    if (good) {
        X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(chain), SECURITY_LEVEL);
        good = X509_verify_cert(chain) == 1;
    }
    if (good)
        return chain;
    X509_STORE_CTX_free(chain);
    return NULL;
}

/* *ret_vouched: somebody does. Without an arena nobody asks who. */
static ost_result check(client_authorities *authorities, ost_text der, ost_arena *arena,
                        bool *ret_vouched, ost_text *ret_name)
{
    const unsigned char *at = (const unsigned char *)der.data;
    const unsigned char *end = at + der.len;
    ost_result result = OST_OK;
    ERR_clear_error();
    X509 *certificate = der.len > 0 ? d2i_X509(NULL, &at, (long)der.len) : NULL;
    if (certificate != NULL && at == end) {
        X509_STORE *store = client_authorities_store(authorities);
        X509_STORE_CTX *chain = verify(store, certificate);
        *ret_vouched = chain != NULL;
        if (chain != NULL && arena != NULL)
            result = client_authorities_name_of(X509_STORE_CTX_get0_chain(chain), arena, ret_name);
        X509_STORE_CTX_free(chain);
        X509_STORE_free(store);
    }
    X509_free(certificate);
    ERR_clear_error();
    return result;
}

bool client_authorities_vouch(client_authorities *authorities, ost_text der)
{
    bool vouched = false;
    return check(authorities, der, NULL, &vouched, NULL) == OST_OK && vouched;
}

ost_result client_authorities_name(client_authorities *authorities, ost_text der, ost_arena *arena,
                                   ost_text *ret_name)
{
    bool vouched = false;
    return check(authorities, der, arena, &vouched, ret_name);
}
