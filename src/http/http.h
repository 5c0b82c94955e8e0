/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP engine as the floors above see it: a server, its routes, one exchange at a time.
 * RFC 9110, 9112, 9113; where they allow leniency, the engine refuses. The same handlers serve
 * HTTP/1.1 and HTTP/2. */
#ifndef HTTP_H
#define HTTP_H

#include <ostiary/json.h>
#include <ostiary/types.h>

typedef struct http_server http_server;
typedef struct http_exchange http_exchange;

typedef enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_OTHER, /* any other token; see method_name */
} http_method;

typedef struct http_field {
    ost_text name; /* lower-cased */
    ost_text value;
} http_field;

/* A request whose head and body have been read whole. Borrowed: valid until the exchange has been
 * answered. */
typedef struct http_request {
    http_method method;
    ost_text method_name;
    ost_text path;      /* percent-decoded once, dot segments refused; valid UTF-8, no NUL */
    ost_text query;     /* raw, without '?' ; empty when absent */
    ost_text authority; /* Host / :authority, syntax checked */
    const http_field *fields;
    size_t field_count;
    ost_text body;
    ost_text peer;    /* the client's address as text; behind a trusted proxy, the one it names */
    bool secure;      /* TLS here, or at a trusted proxy */
    unsigned version; /* 11, 10 or 20 */
    ost_text request_id; /* for logs; generated */
} http_request;

/* ---- server ---- */

/* Zero takes the default named beside a limit. */
typedef struct http_limits {
    size_t request_line;            /* 8 KiB */
    size_t head;                    /* 32 KiB, request line included */
    size_t field_count;             /* 100 */
    size_t body;                    /* 1 MiB; a route may state its own */
    unsigned head_timeout;          /* seconds, 10 */
    unsigned idle_timeout;          /* seconds, 75 */
    unsigned body_rate;             /* bytes per second at least, after a grace of 10 s; 256 */
    size_t connections;             /* 10,000 in all, or what descriptors there are for; beyond
                                       them the longest idle one makes room */
    size_t connections_per_peer;    /* 1,000 per address; loopback is exempt */
    size_t requests_per_connection; /* 100,000 */
    unsigned streams;               /* of one HTTP/2 connection at a time, 100 */
    unsigned idle_frames;           /* HTTP/2 frames that ask for nothing (resets, settings, pings,
                                       empty data) per second and connection, 100; ten times as many
                                       in one go */
    unsigned stop_timeout;          /* seconds for requests in flight at a graceful stop, 10 */
    size_t exchange_arena;          /* ceiling of one exchange's arena, 4 MiB */
    unsigned pool_threads;          /* for http_defer: cores, at least 2 */
    size_t pool_queue;              /* waiting jobs, 64 */
    size_t waiting_responses;       /* bytes of responses that HTTP/2 clients have not taken yet, of
                                       all connections, 64 MiB */
} http_limits;

typedef struct http_detail {
    const char *name;
    ost_text value;
} http_detail;

typedef struct http_log_entry {
    const http_request *request; /* NULL when no request could be read */
    int status;
    size_t body_bytes;
    int64_t duration_us;
    ost_text peer;
    ost_text subject;           /* see http_set_subject; empty when unknown */
    ost_text reason;            /* see http_set_reason: for the operator, empty when all was well */
    const http_detail *details; /* see http_add_detail */
    size_t detail_count;
    const struct trace_span *span; /* NULL: it is part of no trace. Where nothing is traced here,
                                      the number in it is its parent's */
    const char *route;             /* the route's path, braces and all; NULL: none fits */
} http_log_entry;

/* A handler answers with http_respond (now, or later after http_defer or http_suspend). One that
 * returns having done neither is answered 500. Runs on the exchange's loop thread. */
typedef void (*http_handler)(http_exchange *exchange, void *user);

typedef struct http_route {
    http_method method; /* HEAD is served by GET */
    const char *path;   /* "/items/{id}": a segment in braces is a parameter; a last "{rest...}"
                           takes what remains */
    http_handler handler;
    void *user;
    size_t max_body; /* 0: the server's; GET, HEAD and DELETE take none unless stated */
} http_route;

/* Paths of PEM files: the chain, leaf first, and its key. */
typedef struct http_certificate {
    const char *certificate;
    const char *key;
} http_certificate;

typedef struct http_config {
    const http_route *routes; /* copied; must outlive nothing */
    size_t route_count;
    bool loose_slashes;    /* slashes at the end of a path, and several in a row, find the route
                              without them */
    http_handler fallback; /* no route fits the path (404), or its method (405, `Allow` is set):
                              see http_fallback_status. NULL: {"detail":"Not Found"},
                              {"detail":"Method Not Allowed"}, 204 for OPTIONS */
    void *fallback_user;
    http_limits limits;
    void (*together)(void *const *users, size_t count); /* of http_gather; NULL: nobody calls it */
    unsigned loops; /* event loops, one thread each; 0: one per core */
    void (*log)(const http_log_entry *entry, void *user); /* any loop's thread; NULL: no log */
    void *log_user;
    const struct trace_sampler *sampler; /* which requests are traced (base/trace); NULL: none */
    void (*traced)(const http_log_entry *entry, void *user); /* hears of those, on loops' threads */
    void *traced_user;
    const char *const *trusted_proxies; /* addresses or CIDR blocks whose Forwarded and
                                           X-Forwarded-* are believed */
    size_t trusted_proxy_count;
    const char *tls_certificate; /* PEM chain and key: both, or neither for plain HTTP */
    const char *tls_key;
    const char *tls_protocols;                 /* see tls_offer_read; NULL: TLS 1.2 and 1.3, */
    const char *tls_cipher_suites;             /* and all that have forward secrecy and AEAD */
    const http_certificate *more_certificates; /* chosen by the name a client asks for (SNI) */
    size_t more_certificate_count;
    bool client_certificates; /* ask TLS clients for a certificate: see http_client_certificate */
    bool client_certificates_required; /* and refuse those without one that client_authorities vouch
                                          for, which has to be there then */
    const char *client_authorities; /* PEM file, see http_client_certificate_vouched; NULL: none */
    const char *client_certificate_field; /* where trusted proxies tell it; NULL: nowhere */
    bool client_certificate_base64;       /* as base64 alone, whatever the field's name */
    void (*reload)(void *user); /* http_server_run calls it on SIGHUP, after the certificates, on
                                   its own thread; NULL: there is nothing else to read again */
    void *reload_user;
    bool proxy_protocol;       /* a PROXY protocol v2 header is required on every connection */
    const http_field *headers; /* added to every response that does not set them */
    size_t header_count;
} http_config;

OST_MUST_CHECK ost_result http_server_new(const http_config *config, http_server **ret_server,
                                          ost_error *error);

/* Binds `address` ("127.0.0.1", "::1", "0.0.0.0", "unix:/path", or "passed" for the sockets of
 * systemd's socket activation) and port (0: any free one; *ret_port tells which). May be called
 * several times. OST_E_SYSTEM with a sentence that names the port when it is taken. `ret_port` may
 * be NULL. */
OST_MUST_CHECK ost_result http_server_listen(http_server *server, const char *address,
                                             unsigned port, unsigned *ret_port, ost_error *error);

/* Whether a TCP port could be bound now, for who makes files only if it can run; sockets of other
 * kinds are not tried. Errors as above. */
OST_MUST_CHECK ost_result http_port_check(const char *address, unsigned port, ost_error *error);

/* Starts the loops and returns. */
OST_MUST_CHECK ost_result http_server_start(http_server *server, ost_error *error);

/* Begins a graceful stop: no new connections, what is in flight is answered, within the bounded
 * time. Any thread, but not a signal handler. */
void http_server_stop(http_server *server);

/* Waits until every loop has ended. */
void http_server_join(http_server *server);
void http_server_free(http_server *server);

/* Reads the certificates and keys, and the clients' authorities, again, for new connections; on
 * failure the old ones stay. Does nothing without such files. Any thread, but not a signal handler.
 */
OST_MUST_CHECK ost_result http_server_reload(http_server *server, ost_error *error);

/* start, then stop on SIGINT or SIGTERM, then join: what a program's main does. `serving` is called
 * once every loop has started; NULL is fine. SIGHUP reloads the certificates; a failure of that is
 * told to config.log, as an entry with status 0. Then config.reload is called. SIGPIPE, SIGALRM,
 * SIGUSR1 and SIGUSR2, where they would end the process, are ignored from then on. Raises the
 * process's soft limit of descriptors to its hard one. */
OST_MUST_CHECK ost_result http_server_run(http_server *server, void (*serving)(void *user),
                                          void *user, ost_error *error);

/* How long requests took: as many as took at most each bound, and those that took longer. */
#define HTTP_DURATIONS 12
extern const uint64_t http_duration_bounds_us[HTTP_DURATIONS - 1];

typedef struct http_counters {
    uint64_t connections, requests, responses_2xx, responses_3xx, responses_4xx, responses_5xx;
    uint64_t refused_requests; /* not readable: 400, 413, 431, 501 from the engine itself */
    uint64_t open_connections;
    uint64_t refused_connections; /* there were too many, in all or of the address */
    uint64_t ended_connections;   /* idle ones that have made room for others */
    uint64_t ended_responses;     /* HTTP/2: taken too slowly, or given up for others */
    uint64_t durations[HTTP_DURATIONS], duration_us; /* of requests that have been answered */
    int64_t certificate_expiry; /* seconds since 1970, the first of the certificates; 0: no TLS */
} http_counters;
void http_server_counters(const http_server *server, http_counters *ret);

/* ---- one exchange ---- */

const http_request *http_request_of(const http_exchange *exchange);

/* Lives until the exchange has been answered; wiped then. */
ost_arena *http_arena(http_exchange *exchange);

/* The first field of that (lower-case) name; empty text with NULL data when absent. */
ost_text http_request_field(const http_request *request, const char *name);
size_t http_request_field_count(const http_request *request, const char *name);

/* The certificate of the TLS client, DER, in the exchange's arena; NULL data: none. From a trusted
 * proxy it is what client_certificate_field says (Client-Cert as in RFC 9440, Envoy's
 * X-Forwarded-Client-Cert, any other with URL-encoded PEM); such
 * fields from others are taken out of every request. That the client has the key is proven; that
 * anybody vouches for it is not: for comparing with what a token is bound to (RFC 8705 §3).
 * OST_E_FORMAT: the field is unreadable, or there twice; OST_E_MEMORY. */
OST_MUST_CHECK ost_result http_client_certificate(http_exchange *exchange, ost_text *ret_der);

/* Whether one of the server's client_authorities has signed that certificate, and it holds today.
 * With TLS of its own the server goes by the handshake, where certificates between the two may come
 * along; of a proxy's word it checks the certificate itself, and what stands between is in the
 * authorities' file. Without such a file nobody vouches. Like http_client_certificate, on the
 * loop's thread. */
bool http_client_certificate_vouched(http_exchange *exchange, ost_text der);

/* Which of them does: the subject of the one that ends the chain, as DER in the exchange's arena.
 * Untouched when nobody vouches. OST_E_MEMORY. */
OST_MUST_CHECK ost_result http_client_certificate_authority(http_exchange *exchange, ost_text der,
                                                            ost_text *ret_name);

/* In a fallback: 404, 405, or 204 when OPTIONS asks about a path that exists. */
int http_fallback_status(const http_exchange *exchange);

/* In a fallback: the methods of the path, as in `Allow`; empty for 404, and without memory. */
ost_text http_fallback_methods(http_exchange *exchange);

/* The methods of another path, which is decoded, as in `Allow`; empty when no route fits it, and
 * without memory. */
ost_text http_path_methods(http_exchange *exchange, ost_text path);

/* A path parameter of the route, decoded; NULL data when there is none of that name. */
ost_text http_parameter(const http_exchange *exchange, const char *name);

/* One cookie's value (RFC 6265), NULL data when absent. The first of several. */
ost_text http_request_cookie(const http_request *request, const char *name);

/* Response fields gather until the response is sent. CR, LF or NUL in a value, or a name that is
 * no token, is the caller's error: OST_E_ARGUMENT, and the response becomes a 500. */
OST_MUST_CHECK ost_result http_set_field(http_exchange *exchange, const char *name, ost_text value);
OST_MUST_CHECK ost_result http_add_field(http_exchange *exchange, const char *name, ost_text value);

/* Keeps what a handler has borrowed until the exchange is over; then `release` is called with it,
 * on the loop's thread. OST_E_MEMORY: it is not kept. */
OST_MUST_CHECK ost_result http_hold(http_exchange *exchange, void (*release)(void *held),
                                    void *held);
/* What the exchange keeps for that function, the last of them; NULL: nothing. */
void *http_held(const http_exchange *exchange, void (*release)(void *held));

/* For the access log only. */
void http_set_subject(http_exchange *exchange, ost_text subject);
void http_set_reason(http_exchange *exchange, const char *format, ...) OST_PRINTF(2, 3);
/* A member of the line beside those that every line has; of at most HTTP_DETAILS. `name` is a
 * literal; an empty value is left out. */
#define HTTP_DETAILS 8
void http_add_detail(http_exchange *exchange, const char *name, ost_text value);

/* Sends the response; Content-Length, Date and framing come by themselves. `type` may be NULL for
 * an empty body. The body is copied or sent before this returns. A second call is ignored. */
void http_respond(http_exchange *exchange, int status, const char *type, ost_text body);
void http_respond_json(http_exchange *exchange, int status, ost_json_writer *writer);
void http_redirect(http_exchange *exchange, int status, ost_text location); /* 302, 303, 307 */

/* Runs `work` on the bounded pool while the connection waits, then `done` on the exchange's loop.
 * A full queue answers 503 with Retry-After by itself (and neither is called). `work` must touch
 * the exchange's arena and request only; it may not respond. */
void http_defer(http_exchange *exchange, void (*work)(http_exchange *exchange, void *user),
                http_handler done, void *user);

/* Threads of their own for work that must not hold up other work, and a queue of at most `queue`
 * waiting exchanges. Free it after the server. Any thread. */
typedef struct pool http_pool;
OST_MUST_CHECK ost_result http_pool_new(unsigned threads, size_t queue, http_pool **ret_pool,
                                        ost_error *error);
void http_pool_free(http_pool *pool); /* NULL is fine */

/* As http_defer, on that pool. False: its queue is full; nothing was called, nothing answered. */
OST_MUST_CHECK bool http_defer_to(http_pool *pool, http_exchange *exchange,
                                  void (*work)(http_exchange *exchange, void *user),
                                  http_handler done, void *user);

/* Leaves the exchange open; someone calls http_resume later, from any thread, exactly once, and
 * `done` runs on the exchange's loop. It runs even if the client is gone by then; responding is
 * harmless. */
void http_suspend(http_exchange *exchange);
void http_resume(http_exchange *exchange, http_handler done, void *user);

/* For work that costs less for many exchanges than for each of them: leaves the exchange open until
 * its loop has read what there is to read, or HTTP_TOGETHER wait; then config.together gets the
 * `user` of each, and after it `done` runs for each. Everything on the loop's thread. */
#define HTTP_TOGETHER 16
void http_gather(http_exchange *exchange, http_handler done, void *user);

/* ---- forms and queries (application/x-www-form-urlencoded) ---- */

typedef struct http_pair {
    ost_text name, value; /* decoded, UTF-8, no NUL */
} http_pair;
typedef struct http_form {
    const http_pair *pairs;
    size_t count;
} http_form;

/* Reads a query or a form body of at most 200 pairs. OST_E_FORMAT, OST_E_UTF8, OST_E_CEILING. */
OST_MUST_CHECK ost_result http_form_read(ost_text encoded, ost_arena *arena, http_form *ret_form);
/* One name or value of such: '+' and %XX decoded, into the arena. OST_E_FORMAT, OST_E_UTF8,
 * OST_E_MEMORY. */
OST_MUST_CHECK ost_result http_form_decode(ost_text encoded, ost_arena *arena, ost_text *ret);
/* The first of that name; NULL data when absent. */
ost_text http_form_get(const http_form *form, const char *name);
size_t http_form_count(const http_form *form, const char *name);
/* True when the request has one Content-Type, and it is `type`, whatever its parameters. */
bool http_request_is_of(const http_request *request, const char *type);
/* The same for application/x-www-form-urlencoded. */
bool http_request_is_form(const http_request *request);

/* Text for HTML content and quoted attributes. */
ost_text http_html_escape(ost_arena *arena, ost_text text);

#endif
