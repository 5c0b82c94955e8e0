/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and what TLS offers: ALPN (RFC 7301) for HTTP/2 and HTTP/1.1, a certificate per name
 * (SNI, RFC 6066 §3). */
#include "http/connection/tls_context.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/context.h"
#include "base/text.h"
#include "http/message/client_authorities.h"

/* One reading of the files; shared by the connections that began with it. */
typedef struct certificate_set {
    size_t references; /* guarded by the context's lock */
    int64_t expiry;    /* of the certificate that expires first, seconds since 1970 */
    size_t count;
    SSL_CTX *contexts[];
} certificate_set;

struct tls_context {
    pthread_mutex_t lock;
    certificate_set *current;
    const http_certificate *pairs;
    size_t pair_count;
    tls_offer offer;
    tls_clients clients;
};

static void set_free(certificate_set *set)
{
    for (size_t i = 0; set != NULL && i < set->count; i++)
        SSL_CTX_free(set->contexts[i]);
    memory_free(set);
}

/* ---- choosing ---- */

/* The server's order counts: HTTP/2 first. A client that offers neither is told so. */
static int choose_protocol(SSL *ssl, const unsigned char **ret, unsigned char *ret_len,
                           const unsigned char *offered, unsigned offered_len, void *data)
{
    static const unsigned char ours[] = "\x02h2\x08http/1.1";
    unsigned char *chosen;
    if (SSL_select_next_proto(&chosen, ret_len, ours, sizeof ours - 1, offered, offered_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *ret = chosen;
    return SSL_TLSEXT_ERR_OK;
}

/* `data` is the set that the connection's first context belongs to. */
static int choose_certificate(SSL *ssl, int *alert, void *data)
{
    const certificate_set *set = data;
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    for (size_t i = 0; name != NULL && i < set->count; i++) {
        X509 *certificate = SSL_CTX_get0_certificate(set->contexts[i]);
        if (X509_check_host(certificate, name, 0, 0, NULL) == 1) {
            SSL_set_SSL_CTX(ssl, set->contexts[i]);
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_OK;
}

/* ---- reading ---- */

/* What the library says of files ("PEM lib") helps nobody: why this one cannot be used. `missing`
 * is said where it can be read, and what is wanted is not in it. */
static ost_result wrong_file(ost_error *error, const char *what, const char *path,
                             const char *missing)
{
    struct stat found;
    FILE *file = fopen(path, "re");
    const char *why = file == NULL ? strerror(errno) : missing;
    if (file != NULL && fstat(fileno(file), &found) == 0 && S_ISDIR(found.st_mode))
        why = strerror(EISDIR);
    if (file != NULL)
        fclose(file);
    ERR_clear_error();
    return ost_error_set(error, OST_E_CONFIG, "%s %s: %s", what, path, why);
}

/* Nobody sits before a server. */
static int no_passphrase(char *ret, int size, int writes, void *asked)
{
    *(bool *)asked = true;
    return -1;
}

static bool is_of_another(unsigned long code)
{
    int reason = ERR_GET_REASON(code);
    return ERR_GET_LIB(code) == ERR_LIB_X509 &&
           (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH);
}

static ost_result read_files(SSL_CTX *context, const http_certificate *pair, ost_error *error)
{
    bool asked = false;
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    SSL_CTX_set_default_passwd_cb_userdata(context, &asked);
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context, pair->certificate) != 1)
        return wrong_file(error, "certificate", pair->certificate,
                          "no certificate in PEM is in it (openssl x509, or openssl pkcs12, makes "
                          "one of DER or PKCS #12)");
    if (SSL_CTX_use_PrivateKey_file(context, pair->key, SSL_FILETYPE_PEM) == 1 &&
        SSL_CTX_check_private_key(context) == 1)
        return OST_OK;
    if (asked)
        return wrong_file(error, "private key", pair->key,
                          "it is encrypted, and nobody is here to give its passphrase: use a file "
                          "without one, which this program alone may read");
    if (SSL_CTX_get0_privatekey(context) != NULL || is_of_another(ERR_peek_last_error())) {
        ERR_clear_error();
        return ost_error_set(error, OST_E_CONFIG,
                             "private key %s: it is not that of the certificate in %s", pair->key,
                             pair->certificate);
    }
    return wrong_file(error, "private key", pair->key, "no private key in PEM is in it");
}

/* No matter who signed it: what it is compared with is in a token (RFC 8705 §3). That its holder
 * has the key is checked by the handshake all the same. The connection keeps the finding: nobody is
 * vouched for where there are no authorities. */
static int accept_any_certificate(X509_STORE_CTX *chain, void *authorities)
{
    if (authorities == NULL)
        X509_STORE_CTX_set_error(chain, X509_V_ERR_CERT_UNTRUSTED);
    else if (X509_verify_cert(chain) != 1 && X509_STORE_CTX_get_error(chain) == X509_V_OK)
        X509_STORE_CTX_set_error(chain, X509_V_ERR_UNSPECIFIED);
    ERR_clear_error();
    return 1;
}

#define CLIENT_CHAIN_MAX 16384 /* bytes */

/* No list of authorities is sent: a client whose certificate is of another, or signed by itself,
 * would show none. */
static bool ask_for_certificates(SSL_CTX *context, const tls_clients *clients)
{
    SSL_CTX_set_max_cert_list(context, CLIENT_CHAIN_MAX);
    if (clients->authorities != NULL) {
        X509_STORE *store = client_authorities_store(clients->authorities);
        bool set = SSL_CTX_set1_verify_cert_store(context, store) == 1;
        X509_STORE_free(store);
        if (!set)
            return false;
    }
    if (clients->required) {
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        return true;
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(context, accept_any_certificate, clients->authorities);
    return true;
}

static bool set_options(SSL_CTX *context, const tls_offer *offer, certificate_set *set)
{
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);         /* idle connections hold little */
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); /* tickets only */
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    SSL_CTX_set_tlsext_servername_callback(context, choose_certificate);
    SSL_CTX_set_tlsext_servername_arg(context, set);
    static const unsigned char session_scope[] = "ostiary";
    return tls_offer_apply(offer, context) &&
           SSL_CTX_set_session_id_context(context, session_scope, sizeof session_scope - 1) == 1;
}

/* In seconds since 1970; INT64_MAX: the certificate does not say. */
static int64_t expiry_of(const SSL_CTX *context)
{
    struct tm end;
    const X509 *certificate = SSL_CTX_get0_certificate(context);
    if (certificate == NULL || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1)
        return INT64_MAX;
    return timegm(&end);
}

static ost_result read_pair(const tls_context *of, const http_certificate *pair,
                            certificate_set *set, ost_error *error)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context == NULL)
        return ost_error_set(error, OST_E_CRYPTO, "TLS cannot be set up");
    set->contexts[set->count++] = context;
    if (!set_options(context, &of->offer, set) ||
        (of->clients.asked && !ask_for_certificates(context, &of->clients)))
        return ost_error_set(error, OST_E_CRYPTO, "TLS cannot be set up");
    ost_result result = read_files(context, pair, error);
    SSL_CTX_set_default_passwd_cb_userdata(context, NULL);
    return result;
}

static ost_result read_set(const tls_context *of, certificate_set **ret_set, ost_error *error)
{
    size_t count = of->pair_count;
    certificate_set *set = memory_alloc(sizeof *set + count * sizeof(SSL_CTX *));
    if (set == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    set->references = 1;
    for (size_t i = 0; i < count; i++) {
        ost_result result = read_pair(of, &of->pairs[i], set, error);
        if (result != OST_OK) {
            set_free(set);
            return result;
        }
        int64_t expiry = expiry_of(set->contexts[i]);
        set->expiry = i == 0 || expiry < set->expiry ? expiry : set->expiry;
    }
    *ret_set = set;
    return OST_OK;
}

ost_result tls_context_new(const http_certificate *pairs, size_t count, const tls_offer *offer,
                           tls_clients clients, tls_context **ret_context, ost_error *error)
{
    tls_context *context = memory_alloc(sizeof *context);
    if (context == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    context->pairs = pairs;
    context->pair_count = count;
    context->offer = *offer;
    context->clients = clients;
    pthread_mutex_init(&context->lock, NULL);
    ost_result result = read_set(context, &context->current, error);
    if (result != OST_OK) {
        tls_context_free(context);
        return result;
    }
    *ret_context = context;
    return OST_OK;
}

/* ---- sharing ---- */

int64_t tls_context_expiry(tls_context *context)
{
    pthread_mutex_lock(&context->lock);
    int64_t expiry = context->current->expiry;
    pthread_mutex_unlock(&context->lock);
    return expiry;
}

void certificate_set_leave(tls_context *context, certificate_set *set)
{
    pthread_mutex_lock(&context->lock);
    bool last = --set->references == 0;
    pthread_mutex_unlock(&context->lock);
    if (last)
        set_free(set);
}

SSL *certificate_set_enter(tls_context *context, certificate_set **ret_set)
{
    pthread_mutex_lock(&context->lock);
    certificate_set *set = context->current;
    set->references++;
    pthread_mutex_unlock(&context->lock);
    SSL *ssl = SSL_new(set->contexts[0]);
    if (ssl == NULL) {
        certificate_set_leave(context, set);
        return NULL;
    }
    *ret_set = set;
    return ssl;
}

ost_result tls_context_reload(tls_context *context, ost_error *error)
{
    certificate_set *fresh = NULL;
    ost_result result = read_set(context, &fresh, error);
    if (result != OST_OK)
        return result;
    pthread_mutex_lock(&context->lock);
    certificate_set *old = context->current;
    context->current = fresh;
    pthread_mutex_unlock(&context->lock);
    certificate_set_leave(context, old);
    return OST_OK;
}

void tls_context_free(tls_context *context)
{
    if (context == NULL)
        return;
    if (context->current != NULL)
        certificate_set_leave(context, context->current);
    pthread_mutex_destroy(&context->lock);
    memory_free(context);
}
