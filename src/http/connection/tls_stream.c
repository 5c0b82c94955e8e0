/* SPDX-License-Identifier: Apache-2.0 */
/* TLS over a connection's bytes. OpenSSL reads from what the socket has just brought and writes to
 * the loop's staging area, through a BIO of our own: no copy and no buffer in between. */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/sslerr.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/context.h"
#include "base/text.h"
#include "http/connection/connection.h"
#include "http/connection/socket_write.h"
#include "http/connection/tls_context.h"
#include "http/message/client_authorities.h"

#define BACKLOG_MAX ((size_t)2 * STAGING_SIZE)

struct tls_stream {
    SSL *ssl;
    connection *c;
    tls_context *context;
    struct certificate_set *certificates;
    ost_text received; /* not yet decrypted; in the loop's cipher_input, or in the backlog */
    buffer backlog;
    bool failed;
};

/* ---- the BIO ---- */

static int bio_read(BIO *bio, char *ret, int size)
{
    tls_stream *tls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    size_t n = tls->received.len < (size_t)size ? tls->received.len : (size_t)size;
    if (n == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    memcpy(ret, tls->received.data, n);
    tls->received = text_slice(tls->received, n, tls->received.len);
    return (int)n;
}

static int bio_write(BIO *bio, const char *data, int size)
{
    tls_stream *tls = BIO_get_data(bio);
    event_loop *loop = tls->c->loop;
    ost_text text = {data, (size_t)size};
    BIO_clear_retry_flags(bio);
    if (text.len > STAGING_SIZE - loop->cipher_staged) {
        ost_text staged = {loop->cipher_staging, loop->cipher_staged};
        loop->cipher_staged = 0;
        socket_write(tls->c, staged, text);
    } else {
        memcpy(loop->cipher_staging + loop->cipher_staged, data, text.len);
        loop->cipher_staged += text.len;
    }
    return size;
}

static long bio_control(BIO *bio, int command, long number, void *data)
{
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static BIO_METHOD *bio_method;
static pthread_once_t bio_method_once = PTHREAD_ONCE_INIT;

static void make_bio_method(void)
{
    bio_method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "connection");
    if (bio_method == NULL)
        return;
    BIO_meth_set_read(bio_method, bio_read);
    BIO_meth_set_write(bio_method, bio_write);
    BIO_meth_set_ctrl(bio_method, bio_control);
}

/* ---- life ---- */

tls_stream *tls_stream_new(tls_context *context, connection *c)
{
    pthread_once(&bio_method_once, make_bio_method);
    tls_stream *tls = memory_alloc(sizeof *tls);
    if (tls == NULL)
        return NULL;
    tls->c = c;
    tls->context = context;
    buffer_init(&tls->backlog, BACKLOG_MAX);
    tls->ssl = certificate_set_enter(context, &tls->certificates);
    BIO *bio = bio_method == NULL ? NULL : BIO_new(bio_method);
    if (tls->ssl == NULL || bio == NULL) {
        BIO_free(bio);
        tls_stream_free(tls);
        return NULL;
    }
    BIO_set_data(bio, tls);
    BIO_set_init(bio, 1);
    SSL_set_bio(tls->ssl, bio, bio);
    SSL_set_accept_state(tls->ssl);
    return tls;
}

void tls_stream_free(tls_stream *tls)
{
    if (tls == NULL)
        return;
    if (tls->ssl != NULL) {
        SSL_free(tls->ssl);
        certificate_set_leave(tls->context, tls->certificates);
    }
    buffer_free(&tls->backlog);
    memory_free(tls);
}

/* ---- in ---- */

void tls_receive(tls_stream *tls, ost_text bytes)
{
    tls->received = bytes; /* nothing is read while there is a backlog */
}

bool tls_has_backlog(const tls_stream *tls)
{
    return tls->received.len > 0;
}

void tls_keep(tls_stream *tls)
{
    bool kept_already = tls->backlog.len > 0;
    if (tls->received.len == 0) {
        buffer_free(&tls->backlog);
    } else if (!kept_already) {
        buffer_append(&tls->backlog, tls->received);
        tls->received = buffer_text(&tls->backlog);
        if (tls->backlog.failed != OST_OK)
            tls->c->aborting = true;
    }
}

/* To a client that speaks plain HTTP, in its own words. */
static void answer_in_plain(tls_stream *tls)
{
    static const ost_text answer =
        OST_TEXT_INIT("HTTP/1.1 400 Bad Request\r\n"
                      "Content-Type: text/plain; charset=utf-8\r\n"
                      "Content-Length: 58\r\n"
                      "Connection: close\r\n\r\n"
                      "This port speaks HTTPS: the address begins with https://.\n");
    event_loop_tell_tls(tls->c->loop, tls->c->client.peer, "plain HTTP spoken to a port of TLS");
    socket_write(tls->c, answer, OST_TEXT(""));
    connection_finish(tls->c);
}

/* The handshake came to nothing, or what was agreed on was broken. */
static void fail(tls_stream *tls)
{
    unsigned long failure = ERR_peek_error();
    int reason = ERR_GET_LIB(failure) == ERR_LIB_SSL ? ERR_GET_REASON(failure) : 0;
    tls->failed = true;
    if (reason == SSL_R_HTTP_REQUEST || reason == SSL_R_HTTPS_PROXY_REQUEST) {
        answer_in_plain(tls);
        return;
    }
    const char *why = ERR_reason_error_string(failure);
    if (why != NULL && SSL_is_init_finished(tls->ssl) != 1)
        event_loop_tell_tls(tls->c->loop, tls->c->client.peer, why);
    tls_flush(tls); /* the alert */
    tls->c->aborting = true;
}

/* What an unsuccessful call means for the connection. */
static void take_error(tls_stream *tls, int result)
{
    connection *c = tls->c;
    switch (SSL_get_error(tls->ssl, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        break;
    case SSL_ERROR_ZERO_RETURN:
        c->input_ended = true;
        break;
    default:
        fail(tls);
        break;
    }
    ERR_clear_error();
}

bool tls_pump(connection *c)
{
    tls_stream *tls = c->tls;
    bool any = false;
    while (!tls->failed && !c->input_ended && !c->aborting &&
           (tls->received.len > 0 || SSL_has_pending(tls->ssl) == 1)) {
        if (!input_ready(&c->input, &c->loop->blocks)) {
            c->aborting = true;
            break;
        }
        size_t room = input_room(&c->input), n = 0;
        if (room == 0)
            break;
        ERR_clear_error();
        int result = SSL_read_ex(tls->ssl, c->input.block->data + c->input.end, room, &n);
        if (result != 1) {
            take_error(tls, result);
            break;
        }
        c->input.end += n;
        any = true;
    }
    return any;
}

tls_protocol tls_agreed(const tls_stream *tls)
{
    if (SSL_is_init_finished(tls->ssl) != 1)
        return TLS_UNDECIDED;
    const unsigned char *name = NULL;
    unsigned len = 0;
    SSL_get0_alpn_selected(tls->ssl, &name, &len);
    return len == 2 && memcmp(name, "h2", 2) == 0 ? TLS_HTTP2 : TLS_HTTP1;
}

static void free_certificate(X509 **certificate)
{
    X509_free(*certificate);
}

ost_result tls_client_certificate(const tls_stream *tls, ost_arena *arena, ost_text *ret_der)
{
    __attribute__((cleanup(free_certificate))) X509 *certificate =
        SSL_get1_peer_certificate(tls->ssl);
    if (certificate == NULL)
        return OST_OK;
    int size = i2d_X509(certificate, NULL);
    unsigned char *der = size > 0 ? ost_arena_alloc(arena, (size_t)size) : NULL;
    unsigned char *end = der;
    if (der == NULL || i2d_X509(certificate, &end) != size)
        return OST_E_MEMORY;
    *ret_der = text_of_bytes(der, (size_t)size);
    return OST_OK;
}

bool tls_client_is_vouched_for(const tls_stream *tls)
{
    return SSL_get0_peer_certificate(tls->ssl) != NULL &&
           SSL_get_verify_result(tls->ssl) == X509_V_OK;
}

ost_result tls_client_authority(const tls_stream *tls, ost_arena *arena, ost_text *ret_name)
{
    const STACK_OF(X509) *chain = SSL_get0_verified_chain(tls->ssl);
    return chain != NULL && tls_client_is_vouched_for(tls)
               ? client_authorities_name_of(chain, arena, ret_name)
               : OST_OK;
}

/* ---- out ---- */

bool tls_write(tls_stream *tls, ost_text text)
{
    size_t written = 0;
    if (text.len == 0)
        return true;
    ERR_clear_error();
    /* The BIO takes everything, so this writes all or fails for good. */
    if (!tls->failed && SSL_write_ex(tls->ssl, text.data, text.len, &written) == 1)
        return true;
    tls->failed = true;
    ERR_clear_error();
    return false;
}

void tls_flush(tls_stream *tls)
{
    event_loop *loop = tls->c->loop;
    ost_text staged = {loop->cipher_staging, loop->cipher_staged};
    loop->cipher_staged = 0;
    socket_write(tls->c, staged, OST_TEXT(""));
}

void tls_finish(tls_stream *tls)
{
    ERR_clear_error();
    if (!tls->failed && SSL_is_init_finished(tls->ssl) == 1)
        SSL_shutdown(tls->ssl);
    ERR_clear_error();
    tls_flush(tls);
}
