/* SPDX-License-Identifier: Apache-2.0 */
/* Authorities of clients; see client_authorities.h. */
#include "http/message/client_authorities.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <pthread.h>

#include "base/context.h"

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

static bool verify(X509_STORE *store, X509 *certificate)
{
    X509_STORE_CTX *chain = X509_STORE_CTX_new();
    bool good = chain != NULL && X509_STORE_CTX_init(chain, store, certificate, NULL) == 1 &&
                X509_STORE_CTX_set_default(chain, "ssl_client") == 1;
    if (good) {
        X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(chain), SECURITY_LEVEL);
        good = X509_verify_cert(chain) == 1;
    }
    X509_STORE_CTX_free(chain);
    return good;
}

bool client_authorities_vouch(client_authorities *authorities, ost_text der)
{
    const unsigned char *at = (const unsigned char *)der.data;
    const unsigned char *end = at + der.len;
    ERR_clear_error();
    X509 *certificate = der.len > 0 ? d2i_X509(NULL, &at, (long)der.len) : NULL;
    bool good = certificate != NULL && at == end;
    if (good) {
        X509_STORE *store = client_authorities_store(authorities);
        good = verify(store, certificate);
        X509_STORE_free(store);
    }
    X509_free(certificate);
    ERR_clear_error();
    return good;
}
