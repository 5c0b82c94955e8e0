/* SPDX-License-Identifier: Apache-2.0 */
/* TLS 1.2 and 1.3 (RFC 5246, RFC 8446) below a connection, by OpenSSL: between its socket and its
 * HTTP. */
#ifndef TLS_H
#define TLS_H

#include "http/connection/tls_offer.h"
#include "http/http.h"

/* ---- the server's side: certificates; any thread ---- */

typedef struct tls_context tls_context;

struct client_authorities;

/* What is asked of clients. All zero: nothing. */
typedef struct tls_clients {
    bool asked;    /* they may show a certificate */
    bool required; /* they have to, and `authorities` have to vouch for it */
    struct client_authorities *authorities; /* borrowed; NULL: none */
} tls_clients;

/* Reads all pairs; the first is shown to clients that ask for no name, or for an unknown one. The
 * strings are borrowed as long as the context lives. OST_E_CONFIG tells which file is wrong. */
OST_MUST_CHECK ost_result tls_context_new(const http_certificate *pairs, size_t count,
                                          const tls_offer *offer, tls_clients clients,
                                          tls_context **ret_context, ost_error *error);
/* Reads the files again. On failure the old certificates stay. Connections keep what they began
 * with. */
OST_MUST_CHECK ost_result tls_context_reload(tls_context *context, ost_error *error);
/* When the first of the certificates in use expires, in seconds since 1970. */
int64_t tls_context_expiry(tls_context *context);
void tls_context_free(tls_context *context);

/* ---- one connection's ---- */

typedef struct tls_stream tls_stream;
struct connection;

typedef enum tls_protocol { TLS_UNDECIDED, TLS_HTTP1, TLS_HTTP2 } tls_protocol;

OST_MUST_CHECK tls_stream *tls_stream_new(tls_context *context, struct connection *c);
void tls_stream_free(tls_stream *tls);

/* Bytes from the socket, valid during the event: see tls_keep. */
void tls_receive(tls_stream *tls, ost_text bytes);
/* Decrypts into the connection's input as far as there is room. True when there was anything. Sets
 * input_ended at the end, aborting on failure. */
bool tls_pump(struct connection *c);
/* The event is over: what has not been decrypted is kept. */
void tls_keep(tls_stream *tls);
/* True when received bytes wait for room. */
bool tls_has_backlog(const tls_stream *tls);
/* What ALPN (RFC 7301) agreed on; undecided before the handshake is over. */
tls_protocol tls_agreed(const tls_stream *tls);

/* The certificate that the client has shown, DER, in the arena; NULL data: none. OST_E_MEMORY. */
OST_MUST_CHECK ost_result tls_client_certificate(const tls_stream *tls, ost_arena *arena,
                                                 ost_text *ret_der);

/* Whether the client has shown one that the authorities vouch for. */
bool tls_client_is_vouched_for(const tls_stream *tls);

/* The subject of the one that ends the chain, DER, in the arena; untouched when the session was
 * resumed, or nobody vouches. OST_E_MEMORY. */
OST_MUST_CHECK ost_result tls_client_authority(const tls_stream *tls, ost_arena *arena,
                                               ost_text *ret_name);

/* Encrypts and hands down. False: the stream is broken. */
OST_MUST_CHECK bool tls_write(tls_stream *tls, ost_text text);
/* Sends what has been encrypted. */
void tls_flush(tls_stream *tls);
/* The last words: close_notify. */
void tls_finish(tls_stream *tls);

#endif
