/* SPDX-License-Identifier: Apache-2.0 */
/* What is sent to another machine, and what it answers. */
#ifndef NET_MESSAGE_H
#define NET_MESSAGE_H

#include <sys/socket.h>

#include <ostiary/types.h>

/* Zero takes the default named. Coded answers (gzip, deflate) are decoded; `max_body` is the
 * ceiling of what comes out, and a coding that is not known is OST_E_UNSUPPORTED. Redirects are
 * never followed: a 3xx but for 304 is OST_E_REDIRECT. TLS 1.2 at least, always verified. A proxy
 * makes tunnels to https elsewhere and nothing else: plain http and this machine are reached
 * without it. Those of the environment are not used. */
typedef struct net_request {
    const char *url;
    const char *method;         /* NULL: GET, or POST when there is a body */
    const char *const *headers; /* "Name: value", NULL-terminated; may be NULL */
    ost_text body;
    const char *ca_file;  /* PEM, and no other authorities; NULL: the system's */
    const char *proxy;    /* as net_proxy_check accepts it; NULL: none */
    const char *no_proxy; /* hosts reached without it, as in NO_PROXY: names, which stand for those
                             below them too, and addresses, separated by commas; NULL: none */
    unsigned timeout_ms;  /* connecting and all; 5000 */
    size_t max_body;      /* 256 KiB: OST_E_CEILING beyond */
    bool insecure_http;   /* plain http to hosts that are not loopback */
    /* Judges every address before it is connected to, of all that the host's name has; NULL: any
     * is good. `user` is that of net_fetch; on the client's thread. The connection is a new one and
     * is not kept. Not with a proxy, which would connect in our place: OST_E_ARGUMENT. */
    bool (*allows)(const struct sockaddr *address, void *user);
} net_request;

typedef struct net_response {
    ost_result result; /* OST_OK: an answer was read, whatever its status */
    long status;
    ost_text body;         /* borrowed until the callback returns */
    ost_text content_type; /* empty when absent */
    long max_age;          /* of Cache-Control, less Age; -1 when absent */
    long retry_after;      /* seconds, of Retry-After; -1 when absent */
    const char *detail;    /* a sentence when result is not OST_OK */
    const char *redirect;  /* OST_E_REDIRECT: where to, without query and what is not visible */
} net_response;

/* How a mail server is spoken to. */
typedef enum net_mail_security {
    NET_MAIL_TLS,      /* from the first byte (RFC 8314 §3.3) */
    NET_MAIL_STARTTLS, /* before anything else is said, or not at all (RFC 3207) */
    NET_MAIL_INSECURE, /* without */
} net_mail_security;

/* One message for one recipient. TLS as above, always verified. */
typedef struct net_mail {
    const char *host; /* a name, or an address without brackets */
    unsigned port;
    net_mail_security security;
    const char *user, *password; /* NULL: nobody is named */
    const char *from, *to;       /* of the envelope: no brackets */
    ost_text message;            /* whole, with its header (RFC 5322) */
    const char *ca_file;         /* as above */
    unsigned timeout_ms;         /* for everything; 5000 */
} net_mail;

/* Seconds for which the server asks to be left alone, by 429 or 503 with Retry-After, at most
 * `longest`; 0: it does not. */
unsigned net_retry_after(const net_response *response, unsigned longest);

#endif
